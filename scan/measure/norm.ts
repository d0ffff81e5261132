import type { Tensor } from "../onnx/tensor.ts";
import { type LayerMeasure, meanOfRows, sizesOfStates } from "./types.ts";

/**
 * Euclidean norm of every hidden state. A few channels can dominate it ("massive activations", Sun et
 * al. 2024, arXiv 2402.17762), most often at the first token.
 *
 * @param states [nFrames, nTokens, dModel]
 * @returns [nFrames, nTokens], owned by the caller
 */
export function tokenNorms(states: Tensor<"float32">): Float64Array {
  const { nFrames, nTokens, dModel } = sizesOfStates(states);
  const norms = new Float64Array(nFrames * nTokens);
  for (let row = 0; row < norms.length; row++) {
    let square = 0;
    for (let i = row * dModel; i < (row + 1) * dModel; i++) square += states.data[i] ** 2;
    norms[row] = Math.sqrt(square);
  }
  return norms;
}

/** Mean Euclidean norm of the hidden states, over tokens. */
export const meanNorm: LayerMeasure = {
  title: "Norm of the hidden states",
  unit: "",
  compute: ({ states }) => meanOfRows(tokenNorms(states), states.shape[0]),
};
