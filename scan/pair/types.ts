import type { EncodedMember } from "../encoder/mod.ts";
import type { Pair } from "../format/pair_types.ts";
import type { Guess, Header, ModelFacts, Token } from "../format/types.ts";
import type { Tensor } from "../onnx/tensor.ts";

/** One of two prompts, as the earlier stages left it. */
export interface PairSide {
  readonly prompt: Pick<Header["prompt"], "id" | "title" | "text">;
  readonly tokens: readonly Token[];
  /** Hidden states. [nFrames, nTokens, dModel] */
  readonly states: Tensor<"float32">;
  /** Logit lens at the last token. [nFrames, dVocab] */
  readonly lastLogits: Tensor<"float32">;
  /** Codes and attention of the particles. */
  readonly encoded: EncodedMember;
  /** The lens' best guesses at the last token. `[nFrames]`, best first */
  readonly guesses: readonly (readonly Guess[])[];
}

/** Runs the rest of a model on altered hidden states. */
export interface PatchTail {
  /**
   * @param states hidden states before the layer, [batch, nTokens, dModel]
   * @param ids of the tokens, [nTokens], the same for the whole batch
   * @returns logits at the last token, [batch, dVocab]; the caller owns them
   */
  runBatch(states: Tensor<"float32">, ids: readonly number[]): Promise<Tensor<"float32">>;
  release(): Promise<void>;
}

/** What an analysis of a pair is made from. */
export interface PairInput {
  readonly family: string;
  readonly control: boolean;
  readonly model: ModelFacts;
  readonly layers: readonly string[];
  readonly a: PairSide;
  readonly b: PairSide;
  /** Text of a token of the vocabulary, as the tokenizer decodes it alone. */
  readonly textOf: (id: number) => string;
  /** Whether the particles of the two correspond. */
  readonly corresponding: boolean;
  readonly visibleChange: number | null;
  readonly seed: number;
  /** Largest deviation between states before the change that passes as sound; absent for 1e-3. */
  readonly tolerance?: number;
}

/** Two clouds in the space of their difference, from the same directions and in one box. */
export interface DifferenceView {
  /** [nParticles, 3] for each frame */
  readonly a: readonly Float32Array[];
  readonly b: readonly Float32Array[];
  readonly box: Header["box"];
  /** Share of the difference's variance that the three directions hold, 0 … 1. */
  readonly explained: number;
}

/** What an analysis gives. */
export interface PairAnalysis {
  readonly pair: Pair;
  readonly difference: DifferenceView | null;
}
