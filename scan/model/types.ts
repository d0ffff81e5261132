import type { Guess, Token } from "../format/types.ts";
import type { Tensor } from "../onnx/tensor.ts";

/** Which model this is, without loading it. */
export interface ModelIdentity {
  readonly name: string;
  readonly revision: string;
  /** `sha256:` and 64 hex digits of the weights. */
  readonly digest: string;
}

/** What a model made of one prompt. nFrames = nLayers + 1. */
export interface Reading {
  readonly tokens: readonly Token[];
  /** Residual stream, the embedding output first. [nFrames, nTokens, dModel] */
  readonly states: Tensor<"float32">;
  /** The same through the model's final norm. [nFrames, nTokens, dModel] */
  readonly normed: Tensor<"float32">;
  /** The logit lens' best guesses, best first. `guesses[frame][token]` */
  readonly guesses: readonly (readonly (readonly Guess[])[])[];
  /** Entropy of the logit lens. nFrames × [nTokens], in bits */
  readonly entropy: readonly Float32Array[];
  /** The logit lens at the last token. [nFrames, dVocab] */
  readonly lastLogits: Tensor<"float32">;
}

/** The rest of a model from a layer on, loaded, to be run on many altered versions of one prompt. */
export interface BatchTail {
  /**
   * @param states hidden states before the layer, [batch, nTokens, dModel]
   * @param ids of the tokens, [nTokens], the same for the whole batch
   * @returns logits at the last token, [batch, dVocab]; the caller owns them
   * @throws {RangeError} if the shapes do not fit the model or each other
   */
  runBatch(states: Tensor<"float32">, ids: readonly number[]): Promise<Tensor<"float32">>;
  release(): Promise<void>;
}

/** A decoder-only language model, loaded. */
export interface LanguageModel extends ModelIdentity {
  readonly nLayers: number;
  readonly dModel: number;
  readonly dVocab: number;
  /** Longest prompt, in tokens, the one that the tokenizer puts first included. */
  readonly context: number;
  /**
   * Largest difference that rounding alone may make between two runs of the same tokens, as a share of a
   * layer's mean norm, see `rounding.ts`.
   */
  readonly rounding: number;
  /** Tokens of a text, as the model would read them. */
  tokenize(text: string): Token[];
  /** Text of a token of the vocabulary, as the tokenizer decodes it alone. */
  textOf(id: number): string;
  /**
   * Runs one prompt and looks at every layer of it.
   *
   * @returns arrays that the caller owns
   * @throws {RangeError} if the text has no token or more than the context
   */
  read(text: string): Promise<Reading>;
  /**
   * Loads the part of the model from the hidden states before a layer to the last token's logits, for
   * activation patching. Models whose graph takes no batch run one by one.
   *
   * @param layer 0 … nLayers
   * @throws {RangeError} if there is no such layer
   */
  openPatchTail(layer: number): Promise<BatchTail>;
  /** Frees the memory; the model cannot be used afterwards. */
  release(): Promise<void>;
}
