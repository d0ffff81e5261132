import { join } from "node:path";
import type { OnProgress } from "../../onnx/engine.ts";
import { listExternalFiles } from "../external_data.ts";
import { locateModel } from "../folder.ts";
import { readOnnx } from "../source.ts";
import { blobPath, findCached, linkBlob, snapshotFolder, writeRef } from "./cache.ts";
import { chooseModel, chooseSmallFiles, chooseWeights } from "./choose_files.ts";
import type { HubClient, RemoteFile } from "./client.ts";
import { downloadFile } from "./download.ts";
import type { ModelId } from "./model_id.ts";

/** A model that is in the cache with all that a scan needs. */
export interface FetchedModel {
  readonly commit: string;
  /** Path of the ONNX file. */
  readonly model: string;
  /** Files by their path in the repository, and their sizes. */
  readonly files: readonly Pick<RemoteFile, "path" | "sizeBytes">[];
}

/** What a file's progress is told to. */
export type OnFile = (file: RemoteFile) => OnProgress;

/**
 * Fetches a model into the cache: its ONNX file, the weights beside it, its tokenizer and its
 * description. What is there already is not fetched again, what was begun is gone on with.
 *
 * @throws {RangeError} if the model cannot be had; the message says what to do
 */
export async function fetchModel(
  id: ModelId,
  client: HubClient,
  cache: string,
  onFile: OnFile = () => () => {},
): Promise<FetchedModel> {
  const { repo } = id;
  const { commit, files } = await client.describe(id);
  const model = chooseModel(files, id.file, repo);
  const small = chooseSmallFiles(files, model, repo);
  const snapshot = snapshotFolder(cache, repo, commit);
  const fetch = async (file: RemoteFile) => {
    const blob = blobPath(cache, repo, file.digest);
    await downloadFile(client, repo, commit, file, blob, onFile(file));
    await linkBlob(snapshot, file.path, blob);
  };
  // The small ones first: a tokenizer that cannot be had should show before gigabytes are fetched.
  for (const file of [...small, model]) await fetch(file);
  const path = join(snapshot, model.path);
  const view = readOnnx(await Deno.readFile(path), path);
  const locations = listExternalFiles(view, path).map(({ location }) => location);
  const weights = chooseWeights(files, model, locations, repo);
  for (const file of weights) await fetch(file);
  await writeRef(cache, id, commit);
  return { commit, model: path, files: [...small, model, ...weights] };
}

/**
 * Finds a model in the cache, without any request.
 *
 * @throws {RangeError} if a file of it is missing
 */
export function findFetched(id: ModelId, cache: string): FetchedModel {
  const cached = findCached(cache, id);
  if (!cached) {
    throw new RangeError(
      `Cannot find the model "${id.repo}" at ${id.revision}: expected it in ${cache}, got none. ` +
        `Fetch it with: deno task model ${id.repo}`,
    );
  }
  const name = id.file === null ? cached.folder : join(cached.folder, id.file);
  return { commit: cached.commit, model: locateModel(name).model, files: [] };
}
