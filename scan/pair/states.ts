import type { Rung } from "../format/pair_types.ts";
import type { Tensor } from "../onnx/tensor.ts";

/** The hidden states of two prompts, each [nFrames, nTokens, dModel], that a measure compares. */
export interface BothStates {
  readonly a: Tensor<"float32">;
  readonly b: Tensor<"float32">;
}

/** A rung that holds a token of both prompts. */
export interface AlignedRung {
  readonly rung: number;
  readonly a: number;
  readonly b: number;
}

/** Rungs that hold a token of both prompts, in order, from one rung on. */
export function alignedRungs(ladder: readonly Rung[], from = 0): AlignedRung[] {
  return ladder.flatMap(({ a, b }, rung) =>
    rung < from || a === null || b === null ? [] : [{ rung, a, b }]
  );
}

/** One token's state at one frame, a view. [dModel] */
export function stateAt(states: Tensor<"float32">, frame: number, token: number): Float32Array {
  const [, nTokens, dModel] = states.shape;
  const at = (frame * nTokens + token) * dModel;
  return states.data.subarray(at, at + dModel);
}

/** Channels that are counted, as 1, and those left out, as 0. [dModel] */
export function channelMask(dModel: number, without: readonly number[] = []): Uint8Array {
  const mask = new Uint8Array(dModel).fill(1);
  for (const channel of without) mask[channel] = 0;
  return mask;
}

/** Euclidean norm over the channels of a mask. */
export function normOf(state: Float32Array, mask: Uint8Array): number {
  let square = 0;
  for (let c = 0; c < state.length; c++) if (mask[c]) square += state[c] ** 2;
  return Math.sqrt(square);
}

/** Euclidean distance over the channels of a mask. */
export function distanceOf(a: Float32Array, b: Float32Array, mask: Uint8Array): number {
  let square = 0;
  for (let c = 0; c < a.length; c++) if (mask[c]) square += (a[c] - b[c]) ** 2;
  return Math.sqrt(square);
}

/**
 * Cosine over the channels of a mask, −1 … 1: exactly 1 for equal states, zero ones included, and 0
 * where one of the two is zero.
 */
export function cosineOf(a: Float32Array, b: Float32Array, mask: Uint8Array): number {
  let [dot, squareA, squareB, differs] = [0, 0, 0, false];
  for (let c = 0; c < a.length; c++) {
    if (!mask[c]) continue;
    dot += a[c] * b[c];
    squareA += a[c] ** 2;
    squareB += b[c] ** 2;
    differs ||= a[c] !== b[c];
  }
  if (!differs) return 1;
  if (squareA === 0 || squareB === 0) return 0;
  return Math.min(1, Math.max(-1, dot / Math.sqrt(squareA) / Math.sqrt(squareB)));
}

/** Mean norm of all states of a frame, of both prompts, over the channels of a mask; 0 without tokens. */
export function meanNormOf({ a, b }: BothStates, frame: number, mask: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (const states of [a, b]) {
    for (let token = 0; token < states.shape[1]; token++) {
      sum += normOf(stateAt(states, frame, token), mask);
      count++;
    }
  }
  return count > 0 ? sum / count : 0;
}

/** A share of a norm; 0 where both are zero. */
export function shareOf(distance: number, norm: number): number {
  return distance === 0 ? 0 : distance / norm;
}
