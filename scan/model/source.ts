import { basename, dirname } from "node:path";
import * as v from "valibot";
import { type ModelView, readModel } from "../onnx/read_model.ts";
import { type ModelFacts, readFacts } from "./config.ts";
import {
  checkExternalFiles,
  digestModel,
  type ExternalFile,
  listExternalFiles,
  placeExternalFiles,
} from "./external_data.ts";
import { bundledName, locateModel, type ModelFiles } from "./folder.ts";
import { isMissing } from "./missing.ts";
import type { ModelIdentity } from "./types.ts";

export { bundledName } from "./folder.ts";

/** A model's files, read. */
export interface ModelSource extends ModelFacts {
  readonly identity: ModelIdentity;
  /** The ONNX file. */
  readonly model: Uint8Array<ArrayBuffer>;
  /** Folder with the weights that are not in the ONNX file, null where all are. */
  readonly dataFolder: string | null;
  /** Parsed `tokenizer.json`. */
  readonly tokenizer: object;
  /** Parsed `tokenizer_config.json`, empty where there is none. */
  readonly tokenizerConfig: object;
  /** Where they were read from, for messages. */
  readonly files: ModelFiles;
}

/** What is read of the bundled model's card; `scan/bundled/card.ts` describes all of it. */
const cardSchema = v.object({
  name: v.string(),
  revision: v.string(),
  digest: v.string(),
  architecture: v.object({ context: v.number() }),
});

/**
 * Finds a model and says which it is, without loading it onto an engine. Reads the weights once, for
 * their digest.
 *
 * @param name as for {@linkcode locateModel}
 * @throws {RangeError} if there is no such model
 */
export async function identifyModel(name: string): Promise<ModelIdentity> {
  const files = locateModel(name);
  if (name === bundledName) {
    const { digest, name, revision } = await readBundledCard(files);
    return { name, revision, digest };
  }
  const { revision } = readFacts(await readJson(files.config), files.config);
  return await identify(files, revision, await Deno.readFile(files.model));
}

async function identify(
  files: ModelFiles,
  revision: string,
  model: Uint8Array,
): Promise<ModelIdentity> {
  let external: readonly ExternalFile[] = [];
  try {
    external = listExternalFiles(readModel(model), files.model);
  } catch (error) {
    // A broken file has a digest too; what is wrong with it is told when it is loaded.
    if (!(error instanceof SyntaxError)) throw error;
  }
  const digest = await digestModel(model, external, dirname(files.model));
  return { name: files.name, revision: files.commit ?? revision, digest };
}

/**
 * Reads a model's files.
 *
 * @param name as for {@linkcode locateModel}
 * @throws {RangeError} if there is no such model, or a file of it is missing or cut off
 * @throws {SyntaxError} if a file cannot be read; if the bundled weights are not those of their card
 * @throws {TypeError} if its description is that of an encoder
 */
export async function readModelSource(name: string): Promise<ModelSource> {
  const files = locateModel(name);
  if (name === bundledName) return await readBundled(files);
  const tokenizer = await readJson(files.tokenizer);
  const facts = readFacts(await readJson(files.config), files.config);
  const model = await Deno.readFile(files.model);
  const external = listExternalFiles(readOnnx(model, files.model), files.model);
  await checkExternalFiles(external, files.model);
  return {
    ...facts,
    identity: await identify(files, facts.revision, model),
    ...await placeExternalFiles(model, external, files.model),
    tokenizer,
    tokenizerConfig: await readJson(files.tokenizerConfig, {}),
    files,
  };
}

/**
 * Reads an ONNX file's structure.
 *
 * @param path for messages
 * @throws {SyntaxError} if it is no ONNX file, or only the beginning of one
 */
export function readOnnx(model: Uint8Array, path: string): ModelView {
  const start = new TextDecoder("latin1").decode(model.subarray(0, 64)).trimStart();
  const mistaken = model.length === 0
    ? "an empty file"
    : start.startsWith("version https://git-lfs")
    ? "a pointer of Git LFS: fetch the file itself with git lfs pull"
    : /^(<|\{)/.test(start)
    ? "a text"
    : null;
  try {
    if (mistaken) throw new SyntaxError(mistaken);
    return readModel(model);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new SyntaxError(
      `Cannot read "${path}": expected an ONNX file, got ${
        mistaken ?? `${model.length} bytes that are none or are cut off (${cause.message})`
      }. Fetch or export it anew.`,
      { cause },
    );
  }
}

async function readBundledCard(files: ModelFiles) {
  return v.parse(cardSchema, await readJson(files.config));
}

async function readBundled(files: ModelFiles): Promise<ModelSource> {
  const { name, revision, digest, architecture } = await readBundledCard(files);
  const model = await Deno.readFile(files.model);
  const actual = await digestModel(model, [], dirname(files.model));
  if (actual !== digest) {
    throw new SyntaxError(
      `Cannot load the bundled model: expected weights with ${digest}, got ${actual}. ` +
        "Restore scan/bundled/model.onnx, or train anew with `deno task train`.",
    );
  }
  return {
    identity: { name, revision, digest },
    revision,
    model,
    dataFolder: null,
    tokenizer: await readJson(files.tokenizer),
    tokenizerConfig: {},
    context: architecture.context,
    files,
  };
}

/** @param otherwise what a missing file counts as; an error by default */
async function readJson(path: string, otherwise?: object): Promise<object> {
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    if (isMissing(cause) && otherwise) return otherwise;
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new SyntaxError(`Cannot read "${path}": expected JSON, got ${cause.message}`, { cause });
  }
  if (typeof value === "object" && value !== null) return value;
  throw new SyntaxError(`Cannot read "${basename(path)}": expected an object, got ${typeof value}`);
}
