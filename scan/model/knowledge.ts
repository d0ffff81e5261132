import * as v from "valibot";
import { readFacts } from "./config.ts";
import { bundledName, locateModel } from "./folder.ts";
import { isMissing } from "./missing.ts";
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

const cardSchema = v.object({ architecture: v.object({ context: v.number() }) });

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
  try {
    const files = locateModel(name);
    const config = readJson(files.config);
    const context = name === bundledName
      ? v.parse(cardSchema, config).architecture.context
      : readFacts(config as object, files.config).context;
    const settings = readJson(files.tokenizerConfig, {});
    const tokenizer = createTokenizer(readJson(files.tokenizer) as object, settings as object);
    return { tokenizer, context };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Who asks has named the model already.
    return { reason: message.replace(/^Cannot find the model "[^"]*": /, "") };
  }
}

function readJson(path: string, otherwise?: unknown): unknown {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (otherwise !== undefined && isMissing(error)) return otherwise;
    throw error;
  }
}
