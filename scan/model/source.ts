import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import type { ModelIdentity } from "./types.ts";

/** A model's files, read. */
export interface ModelSource {
  readonly identity: ModelIdentity;
  /** The ONNX file. */
  readonly model: Uint8Array<ArrayBuffer>;
  /** Parsed `tokenizer.json`. */
  readonly tokenizer: object;
  /** Parsed `tokenizer_config.json`, empty where there is none. */
  readonly tokenizerConfig: object;
  /** Longest prompt in tokens. */
  readonly context: number;
}

/** Name of the model that ships with the project. */
export const bundledName = "bundled";

const bundledFolder = fileURLToPath(new URL("../bundled/", import.meta.url));

/** What is read of the bundled model's card; `scan/bundled/card.ts` describes all of it. */
const cardSchema = v.object({
  name: v.string(),
  revision: v.string(),
  digest: v.string(),
  architecture: v.object({ context: v.number() }),
});

/** What is read of a folder's `config.json`, Hugging Face's description of a model. */
const configSchema = v.object({
  max_position_embeddings: v.pipe(v.number(), v.integer(), v.minValue(1)),
  _commit_hash: v.optional(v.string()),
});

/**
 * Finds a model and says which it is, without loading it onto an engine. Reads the weights once, for
 * their digest.
 *
 * @param name `bundled`, or the path of a folder with `model.onnx`, `tokenizer.json` and `config.json`
 * @throws {RangeError} if there is no such model
 */
export async function identifyModel(name: string): Promise<ModelIdentity> {
  if (name === bundledName) {
    const { digest, name, revision } = await readBundledCard();
    return { name, revision, digest };
  }
  return (await readModelSource(name)).identity;
}

/**
 * Reads a model's files.
 *
 * @param name as for {@linkcode identifyModel}
 * @throws {RangeError} if there is no such model, or a file of it is missing
 * @throws {SyntaxError} if a file cannot be read; if the bundled weights are not those of their card
 */
export async function readModelSource(name: string): Promise<ModelSource> {
  if (name === bundledName) return await readBundled();
  const folder = name;
  const model = await readFile(name, join(folder, "model.onnx"));
  const tokenizer = parseJson(
    "tokenizer.json",
    await readFile(name, join(folder, "tokenizer.json")),
  );
  const config = parseJson("config.json", await readFile(name, join(folder, "config.json")));
  const parsed = v.safeParse(configSchema, config);
  if (!parsed.success) {
    throw new SyntaxError(
      `Cannot read "${join(folder, "config.json")}": expected max_position_embeddings, got ${
        v.summarize(parsed.issues)
      }`,
    );
  }
  const identity: ModelIdentity = {
    name: basename(folder),
    revision: parsed.output._commit_hash ?? "",
    digest: await digestOf(model),
  };
  return {
    identity,
    model,
    tokenizer,
    tokenizerConfig: await readOptionalJson(join(folder, "tokenizer_config.json")),
    context: parsed.output.max_position_embeddings,
  };
}

async function readBundledCard() {
  const card = parseJson(
    "card.json",
    await readFile(bundledName, join(bundledFolder, "card.json")),
  );
  return v.parse(cardSchema, card);
}

async function readBundled(): Promise<ModelSource> {
  const { name, revision, digest, architecture } = await readBundledCard();
  const model = await readFile(bundledName, join(bundledFolder, "model.onnx"));
  const actual = await digestOf(model);
  if (actual !== digest) {
    throw new SyntaxError(
      `Cannot load the bundled model: expected weights with ${digest}, got ${actual}. ` +
        "Restore scan/bundled/model.onnx, or train anew with `deno task train`.",
    );
  }
  const path = join(bundledFolder, "tokenizer", "tokenizer.json");
  return {
    identity: { name, revision, digest },
    model,
    tokenizer: parseJson("tokenizer.json", await readFile(bundledName, path)),
    tokenizerConfig: {},
    context: architecture.context,
  };
}

async function readFile(model: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory)) {
      throw cause;
    }
    throw new RangeError(
      `Cannot find the model "${model}": expected "bundled" or a folder with model.onnx, ` +
        `tokenizer.json and config.json, got no file ${path}`,
      { cause },
    );
  }
}

async function readOptionalJson(path: string): Promise<object> {
  try {
    return parseJson(basename(path), await Deno.readFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

function parseJson(name: string, bytes: Uint8Array): object {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new SyntaxError(`Cannot read "${name}": expected JSON, got ${(cause as Error).message}`, {
      cause,
    });
  }
  if (typeof value === "object" && value !== null) return value;
  throw new SyntaxError(`Cannot read "${name}": expected an object, got ${typeof value}`);
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha256:${[...digest].map((b) => b.toString(16).padStart(2, "0")).join("")}`;
}
