import { sizeOf } from "../onnx/tensor.ts";
import { type Architecture, type Named, parametersOf } from "./architecture.ts";

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
 * stream divided by √(2 · nLayers) more (as GPT-2 does), norms at 1.
 */
export function initialWeights(architecture: Architecture, seed: number): Named<Float32Array> {
  const random = seededRandom(seed);
  return Object.fromEntries(
    parametersOf(architecture).map(({ name, shape }) => {
      const size = sizeOf(shape);
      if (shape.length === 1) return [name, new Float32Array(size).fill(1)];
      const fanIn = name === "embedding" ? architecture.dModel : shape[0];
      const writes = name.endsWith(".attention_out") || name.endsWith(".down");
      const deviation = fanIn ** -0.5 / (writes ? Math.sqrt(2 * architecture.nLayers) : 1);
      return [name, Float32Array.from({ length: size }, () => deviation * normal(random))];
    }),
  );
}
