import type { Engine } from "../onnx/engine.ts";
import type { Tensor } from "../onnx/tensor.ts";
import { buildSlotMoments, type SlotSizes } from "./slots_graph.ts";

/** Ridge of the least squares, as a share of the mean variance of what is gathered. */
const ridge = 1e-4;

/**
 * Fits the decoder's direct way by least squares: what the particles know of each token, taken to the
 * token's state. Training starts from there instead of from nothing.
 *
 * @param weights by name, as the graph takes them
 * @param batches inputs `x` and `window` of all states of all members, piece by piece
 * @returns [channels, dModel] float32; the caller owns it
 */
export async function fitReadout(
  engine: Engine,
  sizes: SlotSizes,
  weights: Readonly<Record<string, Tensor>>,
  batches: Iterable<Readonly<Record<"x" | "window", Tensor>>>,
): Promise<Float32Array> {
  const { channels, dModel } = sizes;
  const gram = new Float64Array(channels * channels);
  const cross = new Float64Array(channels * dModel);
  const session = await engine.load(buildSlotMoments(sizes));
  try {
    const used = session.inputNames;
    const fixed = Object.fromEntries(
      Object.entries(weights).filter(([name]) => used.includes(name)),
    );
    for (const { x, window } of batches) {
      const sums = await session.run({ ...fixed, x, window });
      (sums.gram.data as Float32Array).forEach((sum, i) => gram[i] += sum);
      (sums.cross.data as Float32Array).forEach((sum, i) => cross[i] += sum);
    }
  } finally {
    await session.release();
  }
  let trace = 0;
  for (let j = 0; j < channels; j++) trace += gram[j * channels + j];
  const extra = ridge * trace / channels || 1;
  for (let j = 0; j < channels; j++) gram[j * channels + j] += extra;
  return Float32Array.from(solveSymmetric(gram, cross, channels, dModel));
}

/**
 * Solves A · X = B for a positive definite A by Cholesky's factorisation (Golub & Van Loan, Matrix
 * Computations, 4.2).
 *
 * @param a [n, n] float64, not changed
 * @param b [n, width] float64, not changed
 * @returns [n, width]
 */
export function solveSymmetric(
  a: Float64Array,
  b: Float64Array,
  n: number,
  width: number,
): Float64Array {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= lower[i * n + k] * lower[j * n + k];
      lower[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-30)) : sum / lower[j * n + j];
    }
  }
  const x = b.slice();
  const subtract = (i: number, k: number, factor: number) => {
    for (let c = 0; c < width; c++) x[i * width + c] -= factor * x[k * width + c];
  };
  const divide = (i: number) => {
    for (let c = 0; c < width; c++) x[i * width + c] /= lower[i * n + i];
  };
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtract(i, k, lower[i * n + k]);
    divide(i);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) subtract(i, k, lower[k * n + i]);
    divide(i);
  }
  return x;
}
