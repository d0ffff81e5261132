import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { bundledName } from "./source.ts";
import { createTokenizer, type Tokenizer } from "./tokenizer.ts";

/** What can be said of a model by its small files, without reading its weights. */
export interface ModelKnowledge {
  /** Why a model cannot be used and what to do, or null where it can. */
  readonly knownModel: (name: string) => string | null;
  /** Token ids of a text as the model reads it, those included that the tokenizer adds itself; null for a model that cannot be used. */
  readonly tokenize: (name: string, text: string) => readonly number[] | null;
  /** Longest prompt in tokens, null for a model that cannot be used. */
  readonly maxTokens: (name: string) => number | null;
}

const bundledFolder = fileURLToPath(new URL("../bundled/", import.meta.url));

const contextSchema = v.union([
  v.object({ max_position_embeddings: v.number() }),
  v.object({ architecture: v.object({ context: v.number() }) }),
]);

type Known = { tokenizer: Tokenizer; context: number } | { reason: string };

/**
 * Looks models up by name, each once. It reads synchronously, because a collection is checked in one
 * go and names its models as it is read.
 */
export function createModelKnowledge(): ModelKnowledge {
  const known = new Map<string, Known>();
  const find = (name: string): Known => {
    let found = known.get(name);
    if (!found) known.set(name, found = lookUp(name));
    return found;
  };
  return {
    knownModel: (name) => {
      const found = find(name);
      return "reason" in found ? found.reason : null;
    },
    tokenize: (name, text) => {
      const found = find(name);
      return "reason" in found ? null : found.tokenizer.encode(text).map(({ id }) => id);
    },
    maxTokens: (name) => {
      const found = find(name);
      return "reason" in found ? null : found.context;
    },
  };
}

function lookUp(name: string): Known {
  const bundled = name === bundledName;
  const folder = bundled ? bundledFolder : name;
  const paths = {
    weights: join(folder, "model.onnx"),
    tokenizer: bundled
      ? join(folder, "tokenizer", "tokenizer.json")
      : join(folder, "tokenizer.json"),
    config: join(folder, bundled ? "card.json" : "config.json"),
  };
  for (const path of Object.values(paths)) {
    try {
      if (Deno.statSync(path).isFile) continue;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
        throw error;
      }
    }
    return {
      reason: bundled
        ? "the weights are missing: restore scan/bundled, or run deno task train"
        : `expected bundled, or a folder that holds model.onnx, tokenizer.json and config.json; ` +
          `there is no file ${path}`,
    };
  }
  try {
    const config = v.parse(contextSchema, JSON.parse(Deno.readTextFileSync(paths.config)));
    const context = "architecture" in config
      ? config.architecture.context
      : config.max_position_embeddings;
    const tokenizer = createTokenizer(JSON.parse(Deno.readTextFileSync(paths.tokenizer)));
    return { tokenizer, context };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
