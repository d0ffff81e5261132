import { needInAll, type NeedPart, needToScan, requireFit } from "./model/fit.ts";
import type { SizedModel } from "./model/size_up.ts";
import type { LanguageModel } from "./model/types.ts";
import type { Engine } from "./onnx/engine.ts";
import type { Job } from "./plan.ts";
import { freeMemoryBytes } from "./runtime/memory.ts";

/**
 * Refuses a job that does not fit into memory.
 *
 * @param model the job's model once it is loaded: the memory that it holds counts no more, and its sizes
 *   are known whatever its description says
 * @throws {RangeError} if the job needs more than there is
 */
export type FitCheck = (job: Job, engine: Engine, model?: LanguageModel) => Promise<void>;

/**
 * A check against the memory of this machine.
 *
 * @param memoryBytes most that a scan may take, or null for what is free when it is asked for
 */
export function createFitCheck(
  memoryBytes: number | null,
  freeBytes: () => number = freeMemoryBytes,
): FitCheck {
  let sized: (SizedModel & { readonly name: string }) | null = null;
  return async ({ family, modelName, parameters }, engine, model) => {
    if (sized?.name !== modelName) {
      const { sizeUpModel } = await import("./model/size_up.ts");
      sized = { name: modelName, ...await sizeUpModel(modelName) };
    }
    const { weights, sizes } = sized;
    const texts = family.members.map(({ text }) => text);
    const nTokens = model
      ? texts.map((text) => model.tokenize(text).length)
      : await countTokens(modelName, texts);
    const own = { nTokens, nParticles: parameters.particles };
    // A card holds the weights itself.
    const here = engine.provider === "cpu" ? weights : { ...weights, loadedBytes: 0 };
    const need: NeedPart[] = model
      ? needToScan({ ...sizes, ...sizesOf(model) }, own)
      : needInAll(here, sizes, own);
    const availableBytes = memoryBytes ?? freeBytes();
    requireFit(`scan "${family.id}" with the model "${modelName}"`, need, availableBytes);
  };
}

function sizesOf({ nLayers, dModel, dVocab }: LanguageModel) {
  return { nLayers, dModel, dVocab };
}

async function countTokens(modelName: string, texts: readonly string[]): Promise<number[]> {
  const { createModelKnowledge } = await import("./model/knowledge.ts");
  const { tokenize } = createModelKnowledge();
  return texts.map((text) => tokenize(modelName, text)?.length ?? 0);
}
