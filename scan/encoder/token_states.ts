import { checkFinite, checkMembers, differs, type FamilySizes } from "./members.ts";
import type { EncoderMember } from "./types.ts";

/** A family's token states, brought to a common centre and scale. */
export interface TokenStates extends FamilySizes {
  /** Of the longest member. */
  readonly nTokens: number;
  /** Tokens × states of all members. */
  readonly nReal: number;
  /** [nMembers, nStates, nTokens, dModel] float32, mean 0 and variance 1 over real tokens; 0 elsewhere */
  readonly x: Float32Array;
  /** Variance around the mean, per entry, before scaling; 0 where all states are equal. */
  readonly variance: number;
}

/**
 * Takes the mean of all token states of all members away and divides by one number, the root of the
 * mean variance, so that directions keep their weight and the mean squared error of a reconstruction
 * is the share of variance that it misses.
 *
 * @throws {TypeError} if members differ in `dModel` or number of states, or a length does not fit
 * @throws {RangeError} if there is no member, or a state is not finite
 */
export function gatherTokenStates(members: readonly EncoderMember[]): TokenStates {
  const { nStates, dModel } = checkMembers(members);
  const nTokens = Math.max(...members.map((member) => member.nTokens));
  const nReal = members.reduce((sum, member) => sum + member.nTokens * nStates, 0);
  const mean = new Float64Array(dModel);
  let size = 0;
  for (const { states } of members) {
    for (let i = 0; i < states.length; i++) {
      mean[i % dModel] += states[i] / nReal;
      size += states[i] ** 2;
    }
  }
  checkFinite(size);

  const x = new Float32Array(members.length * nStates * nTokens * dModel);
  let squares = 0;
  const eachState = (visit: (from: number, to: number, states: Float32Array) => void) =>
    members.forEach(({ states, nTokens: own }, member) => {
      for (let state = 0; state < nStates; state++) {
        for (let token = 0; token < own; token++) {
          const row = (member * nStates + state) * nTokens + token;
          visit((state * own + token) * dModel, row * dModel, states);
        }
      }
    });
  eachState((from, to, states) => {
    for (let c = 0; c < dModel; c++) squares += (x[to + c] = states[from + c] - mean[c]) ** 2;
  });
  const variance = differs(squares, size) ? squares / (nReal * dModel) : 0;
  const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0;
  for (let i = 0; i < x.length; i++) x[i] *= scale;
  return { nStates, dModel, nTokens, nReal, x, variance };
}
