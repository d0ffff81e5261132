import { needInAll, totalBytes } from "../model/fit.ts";
import { type LoadedModel, openModel } from "../model/open_model.ts";
import { sizeUpModel } from "../model/size_up.ts";
import { readModelSource } from "../model/source.ts";
import type { Reading } from "../model/types.ts";
import type { Engine } from "../onnx/engine.ts";
import { float32 } from "../onnx/tensor.ts";
import { formatBytes } from "../units.ts";
import { fault, type Finding, messageOf, ok, type Topic } from "./finding.ts";

/** Few tokens of any language model. */
const sample = "The cat sat";

/**
 * Most that logits from the middle may differ from the last layer's, as a share of the largest: 16
 * bits, and 8, round differently in a part of a model.
 */
const mostDifference = 0.02;

/**
 * Opens a model as a scan does and sees whether its parts agree: tails from several layers' hidden
 * states, and the logit lens of the last, must all give the same logits.
 *
 * @param name as for `locateModel()`
 * @param engine what a scan would run on
 * @param freeBytes memory that is free
 * @param topic what the findings are about
 */
export async function checkModel(
  name: string,
  engine: Engine,
  freeBytes: number,
  topic: Topic = "model",
): Promise<Finding[]> {
  const findings: Finding[] = [];
  let model: LoadedModel | null = null;
  try {
    const { weights, sizes } = await sizeUpModel(name);
    const here = engine.provider === "cpu" ? weights : { ...weights, loadedBytes: 0 };
    const need = totalBytes(needInAll(here, sizes, { nTokens: [16], nParticles: 1024 }));
    const says = `${name} needs ${formatBytes(need)} of memory with a short prompt`;
    if (need > freeBytes) {
      return [fault(
        topic,
        `${says}, ${formatBytes(freeBytes)} are free`,
        "Close other programs, or take a smaller or a quantised model.",
      )];
    }
    findings.push(ok(topic, says));
    model = await openModel(engine, await readModelSource(name));
    const { scheme, nLayers, dModel, dVocab, context } = model;
    findings.push(ok(
      topic,
      `opens on ${engine.provider}: ${nLayers} layers of ${dModel}, ${dVocab} tokens, prompts of at ` +
        `most ${context}; hidden states found by ${scheme}`,
    ));
    findings.push(await compareParts(model, topic));
  } catch (error) {
    findings.push(fault(
      topic,
      messageOf(error),
      "Mend what it says, or take another export of the model.",
    ));
  } finally {
    await model?.release();
  }
  return findings;
}

async function compareParts(model: LoadedModel, topic: Topic): Promise<Finding> {
  const reading = await model.read(sample);
  const layers = [...new Set([0, Math.floor(model.nLayers / 2), model.nLayers])];
  const logits: Float32Array[] = [];
  for (const layer of layers) logits.push(await runTail(model, reading, layer));
  const whole = logits[logits.length - 1];
  const size = whole.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6);
  const worst = Math.max(...logits.map((own) => largestDifference(own, whole))) / size;
  const lens = compareLens(reading, whole);
  const says = `logits from states ${layers.join(", ")} differ by at most ${
    (100 * worst).toFixed(2)
  } %, the logit lens by ${(100 * lens).toFixed(2)} %`;
  // Not a number is no agreement either.
  return worst <= mostDifference && lens <= mostDifference ? ok(topic, says) : fault(
    topic,
    `its parts do not agree: ${says}`,
    "Its pictures would be wrong: take another export of the model, and report this one.",
  );
}

/** The last token's logits, by the layers from `layer` on. */
async function runTail(
  model: LoadedModel,
  { states, tokens }: Reading,
  layer: number,
): Promise<Float32Array> {
  const [, nTokens, dModel] = states.shape;
  const size = nTokens * dModel;
  const tail = await model.openTail(layer);
  try {
    const own = states.data.slice(layer * size, (layer + 1) * size);
    const ids = tokens.map(({ id }) => id);
    const { data } = await tail.run(float32([nTokens, dModel], own), ids);
    return data.slice(data.length - model.dVocab);
  } finally {
    await tail.release();
  }
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);
}

/** Largest difference of the last layer's guesses from the softmax of the logits. */
function compareLens({ guesses }: Reading, logits: Float32Array): number {
  const last = guesses[guesses.length - 1];
  const top = logits.reduce((most, x) => Math.max(most, x), -Infinity);
  const total = logits.reduce((sum, x) => sum + Math.exp(x - top), 0);
  const differences = last[last.length - 1].map(({ id, p }) =>
    Math.abs(p - Math.exp(logits[id] - top) / total)
  );
  return Math.max(...differences);
}
