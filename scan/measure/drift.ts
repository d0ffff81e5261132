import type { Tensor } from "../onnx/tensor.ts";
import { type LayerMeasure, meanOfRows, sizesOfStates } from "./types.ts";

/**
 * Cosine between each hidden state and the same token's state one frame before. It says how much a
 * layer turned a state, whatever it did to its length.
 *
 * @param states [nFrames, nTokens, dModel]
 * @returns [nFrames, nTokens], −1 … 1; 1 in the first frame, and where both states are zero; 0 where
 *   one is. The caller owns it.
 */
export function tokenCosines(states: Tensor<"float32">): Float64Array {
  const { nTokens, dModel } = sizesOfStates(states);
  const { data } = states;
  const cosines = new Float64Array(states.shape[0] * nTokens).fill(1);
  for (let row = nTokens; row < cosines.length; row++) {
    const now = row * dModel;
    const before = (row - nTokens) * dModel;
    let dot = 0;
    let nowSquare = 0;
    let beforeSquare = 0;
    for (let i = 0; i < dModel; i++) {
      dot += data[now + i] * data[before + i];
      nowSquare += data[now + i] ** 2;
      beforeSquare += data[before + i] ** 2;
    }
    if (nowSquare > 0 && beforeSquare > 0) {
      const cosine = dot / Math.sqrt(nowSquare) / Math.sqrt(beforeSquare);
      cosines[row] = Math.min(1, Math.max(-1, cosine));
    } else if (nowSquare !== beforeSquare) {
      cosines[row] = 0;
    }
  }
  return cosines;
}

/** Mean cosine between a token's hidden state here and in the frame before. */
export const cosineToPrevious: LayerMeasure = {
  title: "Cosine to the layer before",
  unit: "",
  compute: ({ states }) => meanOfRows(tokenCosines(states), states.shape[0]),
};
