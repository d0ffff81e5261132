import type { Tensor } from "../onnx/tensor.ts";

/** All that the measures of a scan are computed from. Nothing is changed by them. */
export interface MeasureInput {
  /** Hidden states before the final norm. [nFrames, nTokens, dModel] */
  readonly states: Tensor<"float32">;
  /** Entropy of the logit lens of every frame and token. nFrames × [nTokens], in bits */
  readonly entropy: readonly Float32Array[];
  /** Particles of every frame. nFrames × [nParticles, nDims] float32, in projection units */
  readonly positions: readonly Float32Array[];
  readonly nDims: number;
}

/** A scalar of each layer. */
export interface LayerMeasure {
  /** What it is, for a legend. */
  readonly title: string;
  /** Unit for an axis, "" where there is none. */
  readonly unit: string;
  /** @returns [nFrames], all finite for finite input */
  compute(input: MeasureInput): Float64Array;
}

/** Sizes of a tensor of hidden states. @throws {TypeError} if it is not [nFrames, nTokens, dModel] */
export function sizesOfStates(
  states: Tensor<"float32">,
): { nFrames: number; nTokens: number; dModel: number } {
  if (states.shape.length !== 3) {
    throw new TypeError(
      `Cannot measure states of shape [${states.shape}]: expected [nFrames, nTokens, dModel]. ` +
        `Stack the layers along a first axis.`,
    );
  }
  const [nFrames, nTokens, dModel] = states.shape;
  return { nFrames, nTokens, dModel };
}

/** Mean of each row; 0 for rows without elements. @param values [nRows, length] @returns [nRows] */
export function meanOfRows(values: ArrayLike<number>, nRows: number): Float64Array {
  const length = nRows > 0 ? values.length / nRows : 0;
  return Float64Array.from({ length: nRows }, (_, row) => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += values[row * length + i];
    return length > 0 ? sum / length : 0;
  });
}
