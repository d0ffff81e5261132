import { dirname, join } from "node:path";
import * as v from "valibot";
import { bfloat16Type, float16Type, readTensorHead } from "../onnx/declarations.ts";
import type { ModelView } from "../onnx/read_model.ts";
import { type ModelFacts, readFacts } from "./config.ts";
import { listExternalFiles } from "./external_data.ts";
import type { ModelSizes, WeightSizes } from "./fit.ts";
import { bundledName, locateModel } from "./folder.ts";
import { roundsTokensTogether } from "./logit_lens.ts";
import { isMissing } from "./missing.ts";
import { readOnnx } from "./source.ts";

const cardSchema = v.object({
  architecture: v.object({
    nLayers: v.number(),
    dModel: v.number(),
    dVocab: v.number(),
    nHeads: v.number(),
  }),
});

/** What is known of a model's sizes before it is loaded. */
export interface SizedModel {
  /** Weights as a CPU holds them. */
  readonly weights: WeightSizes;
  /** Null where the description does not say all. */
  readonly sizes: ModelSizes | null;
}

/**
 * Sizes up a model by its description and the heads of its weights.
 *
 * @param name as for `locateModel()`
 * @throws as `readModelSource()`
 */
export async function sizeUpModel(name: string): Promise<SizedModel> {
  const files = locateModel(name);
  const config: unknown = JSON.parse(await Deno.readTextFile(files.config));
  const sizes = name === bundledName
    ? v.parse(cardSchema, config).architecture
    : sizesOf(readFacts(config as object, files.config));
  const model = await Deno.readFile(files.model);
  const view = readOnnx(model, files.model);
  return {
    weights: await sizeUpWeights(view, model.length, files.model),
    sizes: sizes && { ...sizes, tokensTogether: roundsTokensTogether(view) },
  };
}

function sizesOf(facts: ModelFacts): ModelSizes | null {
  const { nLayers, dModel, dVocab, nHeads, nKeyValueHeads, dHead } = facts;
  if (!nLayers || !dModel || !dVocab) return null;
  const dCache = nKeyValueHeads && dHead ? nKeyValueHeads * dHead : dModel;
  return { nLayers, dModel, dVocab, nHeads, dCache };
}

async function sizeUpWeights(
  view: ModelView,
  fileBytes: number,
  path: string,
): Promise<WeightSizes> {
  let loadedBytes = 0;
  for (const { bytes } of view.initializers) {
    const { elementType, external } = readTensorHead(bytes);
    // A CPU has no arithmetic of 16 bits: the runtime keeps such weights as float32.
    const growth = elementType === float16Type || elementType === bfloat16Type ? 2 : 1;
    loadedBytes += growth * (external ? external.lengthBytes : bytes.length);
  }
  // Files that do not state lengths are as large as they are.
  let externalBytes = 0;
  for (const { location } of listExternalFiles(view, path)) {
    externalBytes += await sizeOf(join(dirname(path), location));
  }
  return { fileBytes, loadedBytes: Math.max(loadedBytes, externalBytes) };
}

/** 0 for a file that is not there, which loading will refuse. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
