import { sizeOf } from "../onnx/tensor.ts";
import { type Architecture, type Named, parametersOf, rotaryAngle } from "./architecture.ts";

/** Uniform numbers in [0, 1) that repeat for a seed (mulberry32, public domain algorithm). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Weights before training: normal with deviation 1 / √(rows), those that write into the residual
 * stream divided by √(2 · nLayers) more (as GPT-2 does), norms at 1. Attention starts close to what it
 * will have to do (mimetic initialisation, Trockman & Kolter 2023, arXiv 2305.09828): keys resemble queries, so that
 * a head looks at tokens like its own; what it writes resembles what it read; and the first head of
 * every layer looks at the token before, by its biases. Without this start, looking things up in the
 * text takes longer to form than the whole training lasts.
 */
export function initialWeights(architecture: Architecture, seed: number): Named<Float32Array> {
  const random = seededRandom(seed);
  const { dModel, nLayers } = architecture;
  const weights = Object.fromEntries(
    parametersOf(architecture).map(({ name, shape }) => {
      const size = sizeOf(shape);
      if (name.endsWith("_bias")) return [name, new Float32Array(size)];
      if (shape.length === 1) return [name, new Float32Array(size).fill(1)];
      const fanIn = name === "embedding" ? dModel : shape[0];
      const writes = name.endsWith(".attention_out") || name.endsWith(".down");
      const deviation = fanIn ** -0.5 / (writes ? Math.sqrt(2 * nLayers) : 1);
      return [name, Float32Array.from({ length: size }, () => deviation * normal(random))];
    }),
  );
  for (let layer = 0; layer < nLayers; layer++) {
    const joined = weights[`layers.${layer}.query_key_value`];
    likenKeysToQueries(joined, dModel);
    likenWritingToReading(joined, weights[`layers.${layer}.attention_out`], architecture);
    lookOneBack(joined, weights[`layers.${layer}.query_key_value_bias`], architecture, random);
  }
  return weights;
}

/** Correlation of keys with queries, and of what a head writes with what it read. */
const likeness = 0.7;
const rest = Math.sqrt(1 - likeness ** 2);

/** @param joined [dModel, 3 · dModel]: queries, keys, values */
function likenKeysToQueries(joined: Float32Array, dModel: number): void {
  for (let row = 0; row < dModel; row++) {
    const at = row * 3 * dModel;
    for (let i = at; i < at + dModel; i++) {
      joined[i + dModel] = likeness * joined[i] + rest * joined[i + dModel];
    }
  }
}

/** @param out [dModel, dModel], its rows are the values' columns */
function likenWritingToReading(
  joined: Float32Array,
  out: Float32Array,
  { dModel, nLayers }: Architecture,
): void {
  const scale = likeness / Math.sqrt(2 * nLayers);
  for (let row = 0; row < dModel; row++) {
    for (let value = 0; value < dModel; value++) {
      const read = joined[row * 3 * dModel + 2 * dModel + value];
      out[value * dModel + row] = scale * read + rest * out[value * dModel + row];
    }
  }
}

/** What the tokens are matters this much less to the head that looks one token back. */
const contentScale = 0.2;
/** Sizes of its biases: about 3 nats between the token before and its neighbours. */
const positionScale = 5;

/** The first head's bias of queries is that of keys turned back by one token. */
function lookOneBack(
  joined: Float32Array,
  bias: Float32Array,
  { dModel, nHeads }: Architecture,
  random: () => number,
): void {
  const dHead = dModel / nHeads;
  for (let row = 0; row < dModel; row++) {
    for (const at of [row * 3 * dModel, row * 3 * dModel + dModel]) {
      for (let i = at; i < at + dHead; i++) joined[i] *= contentScale;
    }
  }
  const half = dHead / 2;
  for (let i = 0; i < half; i++) {
    const angle = rotaryAngle(i, half);
    const phase = 2 * Math.PI * random();
    // Low frequencies do not tell neighbours apart.
    const size = positionScale * Math.sqrt(Math.min(1, 2 * angle));
    bias[i] = size * Math.cos(phase - angle);
    bias[i + half] = size * Math.sin(phase - angle);
    bias[dModel + i] = size * Math.cos(phase);
    bias[dModel + i + half] = size * Math.sin(phase);
  }
}
