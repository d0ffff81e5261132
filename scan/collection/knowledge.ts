/** What the checks have to know of the models that a collection names, read without their weights. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { bundledArchitecture } from "../bundled/architecture.ts";
import { createTokenizer, type Tokenizer } from "../model/tokenizer.ts";
import type { CollectionFile, ModelKnowledge } from "./family.ts";
import { parseSource } from "./syntax.ts";

interface Model {
  readonly tokenizer: Tokenizer;
  readonly maxTokens: number;
}

const bundledTokenizer = fileURLToPath(
  new URL("../bundled/tokenizer/tokenizer.json", import.meta.url),
);

/**
 * Reads tokenizer and context of every model that files name, and of others. Throws nothing: what
 * cannot be read is the reason why a model cannot be used.
 *
 * @param others names from elsewhere, such as the command line
 */
export async function readModelKnowledge(
  files: readonly CollectionFile[],
  others: readonly string[] = [],
): Promise<ModelKnowledge> {
  const names = new Set(["bundled", ...others, ...files.flatMap(listModels)]);
  const models = new Map<string, Model | string>();
  for (const name of names) {
    models.set(name, await readModel(name).catch((error) => reasonOf(error)));
  }
  const known = (name: string) => {
    const model = models.get(name);
    return typeof model === "object" ? model : null;
  };
  return {
    knownModel: (name) => {
      const model = models.get(name);
      return typeof model === "object" ? null : model ?? "nothing is known of it";
    },
    tokenize: (name, text) => known(name)?.tokenizer.encode(text).map(({ id }) => id) ?? null,
    maxTokens: (name) => known(name)?.maxTokens ?? null,
  };
}

/** Names in a file's `models`, whatever else is wrong with the file. */
function listModels(file: CollectionFile): string[] {
  const { value } = parseSource(file.path, file.text);
  const models = value instanceof Object && "models" in value ? value.models : [];
  return Array.isArray(models) ? models.filter((name) => typeof name === "string") : [];
}

const configSchema = v.object({
  max_position_embeddings: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

async function readModel(name: string): Promise<Model> {
  if (name === "bundled") {
    const tokenizer = createTokenizer(await readJson(bundledTokenizer));
    return { tokenizer, maxTokens: bundledArchitecture.context };
  }
  const stat = await Deno.stat(name).catch(() => null);
  if (!stat?.isDirectory) throw new Error("there is no such folder");
  const config = v.safeParse(configSchema, await readJson(join(name, "config.json")));
  if (!config.success) throw new Error('its config.json lacks "max_position_embeddings"');
  if (!(await Deno.stat(join(name, "model.onnx")).catch(() => null))?.isFile) {
    throw new Error("its folder lacks model.onnx");
  }
  const options = await readJson(join(name, "tokenizer_config.json")).catch(() => ({}));
  const tokenizer = createTokenizer(await readJson(join(name, "tokenizer.json")), options);
  return { tokenizer, maxTokens: config.output.max_position_embeddings };
}

/** @throws {Error} with the file's name if it is not there or no JSON object */
async function readJson(path: string): Promise<object> {
  const name = path.replace(/^.*[/\\]/, "");
  const text = await Deno.readTextFile(path).catch(() => {
    throw new Error(`its folder lacks ${name}`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`its ${name} is not JSON`);
  }
  if (!(value instanceof Object)) throw new Error(`its ${name} holds no object`);
  return value;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
