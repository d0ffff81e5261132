import { checkFinite, checkMembers, differs, type FamilySizes } from "./members.ts";
import { type Rows, rowsOf } from "./rows.ts";
import type { EncoderMember } from "./types.ts";

/** A family's token states, brought to a common centre and scale, and made when they are wanted. */
export interface CentredStates extends FamilySizes {
  /** Of the longest member. */
  readonly nTokens: number;
  /** Tokens × states of all members. */
  readonly nReal: number;
  /** [nMembers × nStates × nTokens, dModel], mean 0 and variance 1 over real tokens; 0 elsewhere */
  readonly rows: Rows;
  /** Variance around the mean, per entry, before scaling; 0 where all states are equal. */
  readonly variance: number;
}

/** The same in memory. */
export interface TokenStates extends CentredStates {
  /** [nMembers, nStates, nTokens, dModel] float32 */
  readonly x: Float32Array;
}

/**
 * Takes the mean of all token states of all members away and divides by one number, the root of the
 * mean variance, so that directions keep their weight and the mean squared error of a reconstruction
 * is the share of variance that it misses.
 *
 * @throws {TypeError} if members differ in `dModel` or number of states, or a length does not fit
 * @throws {RangeError} if there is no member, or a state is not finite
 */
export function centreTokenStates(members: readonly EncoderMember[]): CentredStates {
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

  let squares = 0;
  for (const { states } of members) {
    for (let i = 0; i < states.length; i++) squares += (states[i] - mean[i % dModel]) ** 2;
  }
  const variance = differs(squares, size) ? squares / (nReal * dModel) : 0;
  const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0;
  const n = members.length * nStates * nTokens;
  const fill = (into: Float32Array, first: number, count: number) => {
    for (let row = 0; row < count; row++) {
      const token = (first + row) % nTokens;
      const state = Math.floor((first + row) / nTokens) % nStates;
      const { states, nTokens: own } = members[Math.floor((first + row) / (nTokens * nStates))];
      const to = row * dModel;
      if (token >= own) {
        into.fill(0, to, to + dModel);
        continue;
      }
      const from = (state * own + token) * dModel;
      // Rounded to float32 before it is scaled, as everything that is kept.
      for (let c = 0; c < dModel; c++) {
        into[to + c] = Math.fround(states[from + c] - mean[c]) * scale;
      }
    }
  };
  return { nStates, dModel, nTokens, nReal, variance, rows: { n, d: dModel, fill } };
}

/** {@linkcode centreTokenStates}, all of them in memory. @throws as that */
export function gatherTokenStates(members: readonly EncoderMember[]): TokenStates {
  const centred = centreTokenStates(members);
  const { n, d } = centred.rows;
  const x = new Float32Array(n * d);
  centred.rows.fill(x, 0, n);
  return { ...centred, x, rows: rowsOf(x, n, d) };
}
