/**
 * What a frame file holds, decoded. The bytes are described in `spec.md`; `encode.ts` writes them
 * and `decode.ts` reads them. This folder is all that the viewer knows of the scan.
 */

/** A token of the prompt, with its text exactly as the tokenizer decodes it alone. */
export interface Token {
  readonly id: number;
  readonly text: string;
}

/** One guess of the next token. */
export interface Guess {
  readonly id: number;
  readonly text: string;
  /** Probability, 0 … 1. */
  readonly p: number;
}

/** Figures that say how far a picture can be trusted. */
export interface Quality {
  /** Share of the normed states' variance that the decoder rebuilds from the particles, ≤ 1. */
  readonly explainedVariance: number;
  /** Trustworthiness of the projection at k = 15 over all of the family's frames (Venna & Kaski 2001), 0 … 1. */
  readonly trustworthiness: number;
  /** Share of the 15 nearest neighbours in code space that are among the 15 nearest in the picture, 0 … 1. */
  readonly neighbourRecall: number;
  /** Mean way of a particle from one frame to the next, as a share of the cloud's radius (root mean square). */
  readonly meanStep?: number;
  /**
   * Share of the picture's motion between this member and the family's base (for the base: to its
   * variants, on average) that is motion of the codes, 0 … 1; absent where there is nothing to compare.
   */
  readonly visibleChange?: number;
}

/** Which model it was, and its sizes. */
export interface ModelFacts {
  readonly name: string;
  readonly revision: string;
  /** `sha256:` and 64 hex digits of the weights. */
  readonly digest: string;
  readonly nLayers: number;
  readonly dModel: number;
  readonly dVocab: number;
}

/** Everything about a scan that is known before its first frame. */
export interface Header {
  readonly prompt: {
    /** `family`, or `family/variant`. */
    readonly id: string;
    readonly family: string;
    readonly title: string;
    readonly text: string;
  };
  /** The prompt as the model reads it, the first token included that the tokenizer adds itself. */
  readonly tokens: readonly Token[];
  readonly model: ModelFacts;
  /** All that the result depends on besides prompt and model: encoder, projection, seed, … */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly quality: Quality;
  readonly nParticles: number;
  /** 2 or 3. */
  readonly nDims: number;
  /** Layer names in frame order, `embedding`, `layer 1`, …; one for each frame. */
  readonly layers: readonly string[];
  /** Bounding box that positions are quantised in, shared by a family's members. [nDims] each, in projection units */
  readonly box: { readonly min: readonly number[]; readonly max: readonly number[] };
  /** Program and version that wrote the file. */
  readonly writer: string;
}

/** Scalar measures of a layer. */
export interface LayerMeasures {
  /** Mean Euclidean norm of the hidden states, over tokens. */
  readonly meanNorm: number;
  /** Entropy of the logit lens at the last token, in bits. */
  readonly lensEntropy: number;
  /** Mean cosine between a token's hidden state here and in the frame before, 1 for the first. */
  readonly cosineToPrevious: number;
  /** Mean distance that a particle moved since the frame before, in projection units, 0 for the first. */
  readonly meanDisplacement: number;
}

/** What the particles of a layer read of the prompt. */
export interface Reads {
  /** [nParticles] uint16, index of the token that is read most */
  readonly tokens: Uint16Array;
  /** [nParticles] uint8, the weight with which it is read in steps of 1/255 */
  readonly weights: Uint8Array;
}

/** One layer. */
export interface Frame {
  /** 0 for the embedding output … nLayers. */
  readonly layer: number;
  /** [nParticles, nDims] float32, row-major, in projection units. The receiver owns it. */
  readonly positions: Float32Array;
  /** Which token each particle reads most; absent where all tokens are read alike. */
  readonly reads?: Reads;
  /** The logit lens at the prompt's last token, best first. */
  readonly guesses: readonly Guess[];
  readonly measures: LayerMeasures;
}

/** A whole scan. `frames.length === header.layers.length`. */
export interface Scan {
  readonly header: Header;
  readonly frames: readonly Frame[];
}

/**
 * Side file `<key>.lens.msgpack`: the logit lens at every token of every layer, for the panel
 * that is fetched only when it is opened.
 */
export interface LensGrid {
  readonly promptId: string;
  readonly tokens: readonly Token[];
  readonly layers: readonly string[];
  /** `guesses[layer][token]`, best first. */
  readonly guesses: readonly (readonly (readonly Guess[])[])[];
  /** `entropy[layer][token]`, in bits. */
  readonly entropy: readonly Float32Array[];
}
