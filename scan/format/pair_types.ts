/**
 * What a pair's side file holds, decoded: two prompts of one family compared, layer by layer. The bytes
 * are described in `spec.md`. nFrames = nLayers + 1; a rung is a place of the token ladder.
 */
import type { ModelFacts, Token } from "./types.ts";

/** One of the two prompts. `a` is the one that comes first in the family. */
export interface PairMember {
  readonly promptId: string;
  readonly title: string;
  readonly text: string;
  readonly tokens: readonly Token[];
}

/**
 * A place of the token ladder: a token of each prompt where they are aligned, of one where a token is
 * inserted. Both rise along the ladder, and every token stands on exactly one rung.
 */
export interface Rung {
  /** Index in a's tokens, or null where b alone has a token. */
  readonly a: number | null;
  readonly b: number | null;
}

/** Whether the states before the first change agree, as they must in a causal model. */
export interface Soundness {
  /** Largest deviation between two states before the change, relative to the layer's mean norm; 0 where none stands there. */
  readonly largest: number;
  /** States that were compared. */
  readonly nStates: number;
  /** Largest deviation that passes. */
  readonly tolerance: number;
}

/** The two answers between which the race is run. */
export interface Contrast {
  /**
   * `answers`: the best guesses after the last layer differ. `rival`: they are the same, and `b` is the
   * token whose logit gained most on it from a to b among the best guesses of both.
   */
  readonly kind: "answers" | "rival";
  /** a's best guess. */
  readonly a: Token;
  readonly b: Token;
  /** Logit of `contrast.a` minus logit of `contrast.b` after the last layer, under either prompt, in nats. */
  readonly logitDifference: { readonly a: number; readonly b: number };
}

/** Turning points of a curve over the layers; null where it has none. */
export interface TurningPoints {
  /** First frame at which the curve has reached half of its peak. */
  readonly onset: number | null;
  readonly peak: number | null;
  /** First frame after the peak from which on the curve stays below half of it. */
  readonly reconvergence: number | null;
}

/** What a patched cell says, see `Finding`. */
export interface Carrier {
  /** Rung of the token. */
  readonly rung: number;
  /** First and last frame of the stretch. */
  readonly from: number;
  readonly to: number;
  /** Mean share of the answers' logit difference that a patch in the stretch restores. */
  readonly share: number;
}

/** The comparison in a few numbers, and in words. */
export interface Finding {
  /**
   * `turns`: the answer changes and patching tells where. `stays`: both prompts have the same answer.
   * `spread`: it changes, and no single cell carries it.
   */
  readonly kind: "turns" | "stays" | "spread";
  /** Plain text, one to three sentences, with its numbers. */
  readonly sentence: string;
  /**
   * First frame from which on each prompt's lens prefers its own answer for good, the same whichever
   * prompt is `a`; null where that is never so, and where both have the same answer.
   */
  readonly turnsAt: number | null;
  /** Tokens that carry the difference, in the order of the layers. */
  readonly carriers: readonly Carrier[];
  /** Share of the displacement of all particles that belongs to the changed tokens and those after them, 0 … 1; null where the encoder does not say. */
  readonly displacedAfter: number | null;
}

/** A control pair's divergence: what a change that does not matter looks like. */
export interface NullBand {
  /** Ids of the control pair's prompts. */
  readonly a: string;
  readonly b: string;
  /** Its `spread` at every layer. [nFrames] */
  readonly spread: readonly number[];
}

/** All of a pair that does not depend on the layer. */
export interface PairHeader {
  readonly family: string;
  readonly a: PairMember;
  readonly b: PairMember;
  /** Whether the collection calls this a change that should not matter. */
  readonly control: boolean;
  readonly model: ModelFacts;
  /** Names of the frames, as in the frame files. */
  readonly layers: readonly string[];
  readonly ladder: readonly Rung[];
  /** First rung whose tokens differ; the ladder's length where the prompts are the same. */
  readonly firstChange: number;
  readonly soundness: Soundness;
  readonly contrast: Contrast;
  /** Channels of massive activation that `quiet…` leaves out, in rising order. */
  readonly massiveChannels: readonly number[];
  /** Of the curve `spread`. */
  readonly divergence: TurningPoints;
  readonly nullBand: NullBand | null;
  /** Steps of the cheapest path through `match`: [frame of a, frame of b], both rise, from [0, 0] to the last of both. */
  readonly warp: readonly (readonly [number, number])[];
  readonly nParticles: number;
  /** Share of the difference's variance that its three strongest directions hold, 0 … 1; null where the particles do not correspond. */
  readonly differenceExplained: number | null;
  /** As in {@linkcode Quality}; null where the particles do not correspond. */
  readonly visibleChange: number | null;
  readonly finding: Finding;
  readonly writer: string;
}

/** A token whose probability the change moved. */
export interface Mover extends Token {
  /** Probability under a and under b, 0 … 1. */
  readonly a: number;
  readonly b: number;
}

/** One layer of the comparison. Numbers of rungs that are not aligned, and of cells not patched, are NaN. */
export interface PairLayer {
  readonly layer: number;
  /** Norm of the difference of two aligned hidden states, divided by the layer's mean norm over both prompts. [nRungs] */
  readonly relative: Float32Array;
  /** Cosine of two aligned hidden states, −1 … 1. [nRungs] */
  readonly cosine: Float32Array;
  /** Both without the channels of massive activation. [nRungs] */
  readonly quietRelative: Float32Array;
  readonly quietCosine: Float32Array;
  /**
   * How far the change has spread: mean of `quietRelative` over the aligned rungs after the first change
   * whose tokens are the same; over all aligned rungs from the first change on where there are none; 0
   * where no rung from the first change on is aligned.
   */
  readonly spread: number;
  /** The logit lens at the last tokens. */
  readonly race: {
    /** Logit of `contrast.a` minus that of `contrast.b`, under either prompt, in nats. */
    readonly a: number;
    readonly b: number;
    /** Jensen–Shannon divergence of the two guesses, 0 … 1 bit. */
    readonly jensenShannon: number;
    /** Tokens whose probability moved most, the largest change first. */
    readonly movers: readonly Mover[];
  };
  /**
   * This layer of a against every layer of b, over the aligned tokens from the first change on where
   * they are at least four, else over all aligned ones, without the channels of massive activation.
   */
  readonly match: {
    /** Share of nearest neighbours in common, 0 … 1; 1 with fewer than three tokens. [nFrames] */
    readonly overlap: Float32Array;
    /** Procrustes distance of the centred, scaled states, 0 … 1. [nFrames] */
    readonly procrustes: Float32Array;
    /** Debiased linear CKA, at most 1; NaN with fewer than four tokens. [nFrames] */
    readonly cka: Float32Array;
  };
  /** Activation patching at single cells, as shares of the answers' logit difference. */
  readonly cause: {
    /** Denoising: a's state put into b's run; how much of a's answer comes back. [nRungs] */
    readonly restored: Float32Array;
    /** Noising: b's state put into a's run; how much of a's answer is lost. [nRungs] */
    readonly lost: Float32Array;
  };
  /** How far each particle is displaced between the two in code space. [nParticles]; null where they do not correspond */
  readonly displaced: Float32Array | null;
  /**
   * Rank of a particle's displacement relative to its nearest neighbours': the share of the other
   * particles that stand out less, 0 … 1. [nParticles]
   */
  readonly standout: Float32Array | null;
}

/** A whole comparison. `layers.length === header.layers.length`. */
export interface Pair {
  readonly header: PairHeader;
  readonly layers: readonly PairLayer[];
}
