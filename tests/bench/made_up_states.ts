import type { EncoderMember } from "../../scan/encoder/mod.ts";
import { createRandom } from "../../scan/onnx/random.ts";

/** Sizes of states that no model made. */
export interface StateSizes {
  /** nLayers + 1 */
  readonly nStates: number;
  readonly nTokens: number;
  readonly dModel: number;
}

/** Directions that carry the states; a few carry most, as in trained models. */
const nDirections = 48;
/** Share of each token's size that is noise of its own. */
const noise = 0.05;

/**
 * Normed states of a made-up model, of any size: each token's place among a few fading directions
 * wanders from layer to layer, more for some directions than for others, tokens share a part of the
 * motion, and every vector has the root mean square 1 of a final norm.
 */
export function makeStates({ nStates, nTokens, dModel }: StateSizes, seed: number): EncoderMember {
  const random = createRandom(seed);
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const strengths = Float32Array.from({ length: nDirections }, (_, i) => 1 / (1 + i / 4));
  const directions = Float32Array.from({ length: nDirections * dModel }, normal);
  const places = Float32Array.from({ length: nTokens * nDirections }, normal);
  const states = new Float32Array(nStates * nTokens * dModel);
  for (let state = 0; state < nStates; state++) {
    for (let i = 0; i < nDirections; i++) {
      const shared = 0.3 * normal();
      for (let token = 0; token < nTokens; token++) {
        places[token * nDirections + i] += shared + 0.15 * normal();
      }
    }
    for (let token = 0; token < nTokens; token++) {
      const from = (state * nTokens + token) * dModel;
      const vector = states.subarray(from, from + dModel);
      for (let i = 0; i < nDirections; i++) {
        const weight = strengths[i] * places[token * nDirections + i];
        const direction = directions.subarray(i * dModel, (i + 1) * dModel);
        for (let c = 0; c < dModel; c++) vector[c] += weight * direction[c];
      }
      const size = rootMeanSquare(vector);
      for (let c = 0; c < dModel; c++) vector[c] = vector[c] / size + noise * normal();
      const scale = 1 / rootMeanSquare(vector);
      for (let c = 0; c < dModel; c++) vector[c] *= scale;
    }
  }
  return { states, nTokens, dModel };
}

function rootMeanSquare(vector: Float32Array): number {
  let squares = 0;
  for (const x of vector) squares += x * x;
  return Math.sqrt(squares / vector.length);
}
