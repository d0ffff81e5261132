import { createHash } from "node:crypto";
import { basename, dirname, join, relative } from "node:path";
import { listExternalFiles } from "../external_data.ts";
import { locateModel } from "../folder.ts";
import { isMissing } from "../missing.ts";
import { readOnnx } from "../source.ts";
import { repoFolder } from "./cache.ts";
import { findFetched } from "./fetch_model.ts";
import type { ModelId } from "./model_id.ts";

/** What the cache has of one repository. */
export interface CachedRepo {
  /** `org/name` */
  readonly repo: string;
  /** Of all contents, those included that were fetched in part. */
  readonly sizeBytes: number;
  /** ONNX files of all its snapshots, by their paths in the repository. */
  readonly models: readonly string[];
  /** Contents that were fetched in part. */
  readonly incomplete: readonly { readonly path: string; readonly sizeBytes: number }[];
}

/** Lists what is in a cache, in the order of names; nothing where there is no such folder. */
export function listCached(cache: string): CachedRepo[] {
  const repos = listFolder(cache).filter(({ name }) => name.startsWith("models--"));
  return repos.map(({ name }): CachedRepo => {
    const folder = join(cache, name);
    const blobs = listFolder(join(folder, "blobs")).filter((entry) => entry.isFile);
    const sized = blobs.map((blob) => {
      const path = join(folder, "blobs", blob.name);
      return { path, sizeBytes: Deno.statSync(path).size };
    });
    const models = listFolder(join(folder, "snapshots")).flatMap((snapshot) => {
      const root = join(folder, "snapshots", snapshot.name);
      return listPaths(root).filter((path) => path.endsWith(".onnx"))
        .map((path) => relative(root, path).replaceAll("\\", "/"));
    });
    return {
      repo: name.slice("models--".length).replace("--", "/"),
      sizeBytes: sized.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      models: [...new Set(models)].toSorted(),
      incomplete: sized.filter(({ path }) => path.endsWith(".incomplete")),
    };
  }).toSorted((a, b) => a.repo < b.repo ? -1 : 1);
}

/** A file of a model in the cache, looked at. */
export interface VerifiedFile {
  /** Its path in the repository. */
  readonly path: string;
  readonly sizeBytes: number;
  /** What is wrong with it and what to do, or null. */
  readonly fault: string | null;
}

/** A model in the cache, looked at. */
export interface Verified {
  readonly commit: string;
  /** Path of the ONNX file. */
  readonly model: string;
  readonly files: readonly VerifiedFile[];
}

/**
 * Reads every file that a scan with a model needs and compares it with its digest, which is the name
 * that its contents have in the cache. No request is made.
 *
 * @throws {RangeError} if the model is not in the cache, or lacks its ONNX file, tokenizer or description
 * @throws {SyntaxError} if the ONNX file is none
 */
export async function verifyFetched(id: ModelId, cache: string): Promise<Verified> {
  const { commit, model } = findFetched(id, cache);
  const snapshot = join(repoFolder(cache, id.repo), "snapshots", commit);
  const { tokenizer, tokenizerConfig, config } = locateModel(model);
  const files: VerifiedFile[] = [];
  const verify = async (path: string) => {
    const fault = await findFault(path, cache, id);
    files.push({
      path: relative(snapshot, path).replaceAll("\\", "/"),
      sizeBytes: sizeOf(path) ?? 0,
      fault,
    });
  };
  for (const path of [config, tokenizer, model]) await verify(path);
  if (sizeOf(tokenizerConfig) !== null) await verify(tokenizerConfig);
  // A file with another digest may be none that can be read.
  if (files.some(({ fault }) => fault !== null)) return { commit, model, files };
  const view = readOnnx(await Deno.readFile(model), model);
  for (const { location } of listExternalFiles(view, model)) {
    await verify(join(dirname(model), location));
  }
  return { commit, model, files };
}

async function findFault(path: string, cache: string, { repo }: ModelId): Promise<string | null> {
  const again = `run deno task model ${repo} again`;
  if (sizeOf(path) === null) return `its contents are not in the cache: ${again}`;
  const blobs = join(repoFolder(cache, repo), "blobs");
  const real = await Deno.realPath(path);
  const digests = await digestBoth(real);
  if (dirname(real) === await Deno.realPath(blobs)) {
    return digests.includes(basename(real))
      ? null
      : `its contents are others than were fetched: delete ${real} and ${again}`;
  }
  // Where the system has no links the snapshot holds copies.
  const known = digests.some((digest) => sizeOf(join(blobs, digest)) !== null);
  return known ? null : `its contents are others than were fetched: delete ${path} and ${again}`;
}

/** The names that contents may have: Git's digest of a small file, SHA-256 of a large one. */
async function digestBoth(path: string): Promise<[git: string, sha256: string]> {
  const git = createHash("sha1").update(`blob ${sizeOf(path)}\0`);
  const sha256 = createHash("sha256");
  const buffer = new Uint8Array(1 << 20);
  using file = await Deno.open(path);
  for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
    git.update(buffer.subarray(0, n));
    sha256.update(buffer.subarray(0, n));
  }
  return [git.digest("hex"), sha256.digest("hex")];
}

function listPaths(folder: string): string[] {
  return listFolder(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory ? listPaths(path) : [path];
  });
}

function listFolder(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** null where there is no such file, or a link to none. */
function sizeOf(path: string): number | null {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
