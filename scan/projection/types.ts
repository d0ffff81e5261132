import type { Engine, StageOptions } from "../onnx/engine.ts";

export type ProjectionName = "umap" | "pca";

/** Distance between codes. */
export type Metric = "cosine" | "euclidean";

/** What a projection can be told. Names as in a prompt's YAML. */
export interface ProjectionParameters {
  readonly projection: ProjectionName;
  /** Dimensions of the picture. */
  readonly dims: 2 | 3;
  /** UMAP: neighbours of a point, itself included. */
  readonly neighbours: number;
  /** UMAP: how close points may lie, in projection units. */
  readonly minDist: number;
  /** UMAP: the scale of the picture, in projection units. */
  readonly spread: number;
  readonly metric: Metric;
  /** UMAP: passes over the graph; 0 chooses by the number of points, half as many as `umap-js` does. */
  readonly epochs: number;
  readonly seed: number;
}

/** How far a picture can be trusted: see `quality.ts`. */
export interface ProjectionQuality {
  /** Venna & Kaski 2001 at k = 15, 0 … 1. */
  readonly trustworthiness: number;
  /** Share of the 15 nearest in code space that are among the 15 nearest in the picture, 0 … 1. */
  readonly neighbourRecall: number;
  /** Points that both were averaged over: all, or a seeded sample of them. */
  readonly nSampled: number;
}

/** A picture and how far to trust it. */
export interface Projected extends ProjectionQuality {
  /** [n, dims] float32, row-major, in projection units. The caller owns it. */
  readonly positions: Float32Array;
}

/**
 * Makes positions of codes.
 *
 * @param codes [n, dCode] float32, not changed, not kept
 * @returns [n, dims] float32, in projection units
 */
export type Projection = (
  engine: Engine,
  codes: Float32Array,
  n: number,
  dCode: number,
  parameters: ProjectionParameters,
  options?: StageOptions,
) => Promise<Float32Array>;
