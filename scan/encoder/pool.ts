import { checkFinite, checkMembers, differs } from "./members.ts";
import type { EncoderMember } from "./types.ts";

/** A family's states, averaged over tokens and brought to a common scale. */
export interface PooledStates {
  /** Rows: every state of the first member, then every state of the second, … */
  readonly m: number;
  readonly nStates: number;
  readonly dModel: number;
  /** [m, dModel] float32, mean 0 over the rows and variance 1 over all entries */
  readonly vectors: Float32Array;
  /** Variance of the mean states around their mean, per entry, before scaling; 0 where all are equal. */
  readonly variance: number;
}

/**
 * Averages each state over its tokens; then takes the mean of all rows away and divides by one
 * number, the root of the mean variance. One number and not one a dimension, so that directions
 * keep their weight and the mean squared error of a reconstruction is the share of variance that it
 * misses.
 *
 * @throws {TypeError} if members differ in `dModel` or number of states, or a length does not fit
 * @throws {RangeError} if there is no member, or a state is not finite
 */
export function poolStates(members: readonly EncoderMember[]): PooledStates {
  const { nStates, dModel } = checkMembers(members);
  const m = members.length * nStates;
  const sums = new Float64Array(m * dModel);
  members.forEach(({ states, nTokens }, member) => {
    for (let state = 0; state < nStates; state++) {
      const to = (member * nStates + state) * dModel;
      for (let token = 0; token < nTokens; token++) {
        const from = (state * nTokens + token) * dModel;
        for (let c = 0; c < dModel; c++) sums[to + c] += states[from + c] / nTokens;
      }
    }
  });

  let size = 0;
  for (const x of sums) size += x * x;
  let squares = 0;
  for (let c = 0; c < dModel; c++) {
    let mean = 0;
    for (let i = c; i < sums.length; i += dModel) mean += sums[i] / m;
    for (let i = c; i < sums.length; i += dModel) {
      sums[i] -= mean;
      squares += sums[i] ** 2;
    }
  }
  checkFinite(size);
  const variance = differs(squares, size) ? squares / sums.length : 0;
  const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0;
  return { m, nStates, dModel, vectors: Float32Array.from(sums, (x) => x * scale), variance };
}
