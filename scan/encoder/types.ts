import type { Engine, StageOptions } from "../onnx/engine.ts";

/** One prompt of a family, as the encoders read it. */
export interface EncoderMember {
  /** [nStates, nTokens, dModel] float32, normed states, nStates = nLayers + 1. Not changed, not kept. */
  readonly states: Float32Array;
  readonly nTokens: number;
  readonly dModel: number;
  /** The tokens, by which members of unequal length are laid along each other. [nTokens] */
  readonly tokenIds?: readonly number[];
}

/** What an encoder can be told. Names as in a prompt's YAML. */
export interface EncoderParameters {
  readonly encoder: EncoderName;
  /** Particles of each layer; `tokens` has one for each token instead. */
  readonly particles: number;
  /** Dimensions of a particle's code; `tokens` has `dModel` instead. */
  readonly code: number;
  /** Width of the hidden dense layers. */
  readonly hidden: number;
  /** Adam's step size at the start, which falls to a tenth of it by `maxSteps`; 0 takes the encoder's own. */
  readonly learningRate: number;
  /** Training ends here at the latest. */
  readonly maxSteps: number;
  readonly seed: number;
}

export type EncoderName = "slots" | "pooled" | "tokens";

/** What an encoder made of one member. The caller owns the arrays. */
export interface EncodedMember {
  readonly nParticles: number;
  readonly dCode: number;
  /** [nStates, nParticles, dCode] float32 */
  readonly codes: Float32Array;
  /**
   * With which weight each particle reads each token, [nStates, nParticles, nTokens] float32, rows add up
   * to 1; null where every particle reads every token alike.
   */
  readonly attention: Float32Array | null;
}

/** What an encoder made of a family. */
export interface Encoding {
  /** In the order of the members. */
  readonly members: readonly EncodedMember[];
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
