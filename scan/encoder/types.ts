import type { Engine, StageOptions } from "../onnx/engine.ts";

/** One prompt of a family, as the encoders read it. */
export interface EncoderMember {
  /** [nStates, nTokens, dModel] float32, normed states, nStates = nLayers + 1. Not changed, not kept. */
  readonly states: Float32Array;
  readonly nTokens: number;
  readonly dModel: number;
}

/** What an encoder can be told. Names as in a prompt's YAML. */
export interface EncoderParameters {
  readonly encoder: EncoderName;
  /** Particles of each layer. */
  readonly particles: number;
  /** Dimensions of a particle's code. */
  readonly code: number;
  /** Width of the hidden dense layers on both sides of the particles. */
  readonly hidden: number;
  /** Adam's step size at the start; it falls to a tenth of it by `maxSteps`. */
  readonly learningRate: number;
  /** Training ends here at the latest. */
  readonly maxSteps: number;
  readonly seed: number;
}

export type EncoderName = "pooled";

/** What an encoder made of a family. */
export interface Encoding {
  /** One array for each member: [nStates, particles, code] float32. The caller owns them. */
  readonly codes: readonly Float32Array[];
  /** 1 − residual / variance around the mean, over all states that the encoder is asked to rebuild; ≤ 1. */
  readonly explainedVariance: number;
  /** Steps of Adam that were made. */
  readonly nSteps: number;
  /** [nSteps] mean squared error before each step, in units of the training data's variance. */
  readonly losses: Float32Array;
}

/**
 * Trains on all members together and encodes every one of them, so that particle i means the same
 * in each. The same members, parameters and engine give the same bytes.
 *
 * @throws {TypeError} if members differ in `dModel` or number of states, or a size does not fit
 * @throws {RangeError} if there is nothing to encode, or a state is not finite
 */
export type Encoder = (
  engine: Engine,
  members: readonly EncoderMember[],
  parameters: EncoderParameters,
  options?: StageOptions,
) => Promise<Encoding>;
