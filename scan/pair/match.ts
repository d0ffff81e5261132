import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix";
import type { PairLayer, Rung } from "../format/pair_types.ts";
import { type AlignedRung, alignedRungs, type BothStates, channelMask, stateAt } from "./states.ts";

/** Tokens that are compared at most: costs grow with the third power of their number. */
const mostTokens = 64;
/** Aligned tokens from the change on that are enough to leave out those before it. */
const enoughTokens = 4;

/**
 * Compares every layer of a with every layer of b by how the aligned tokens lie among each other: by
 * neighbours, by shape and by similarity. Tokens before the first change lie alike in both, so that
 * only those from it on are compared where they are at least four, else all; of more than 64, 64 drawn
 * evenly. Channels of massive activation are left out (CKA is sensitive to outliers: Davari et al.
 * 2022, arXiv 2210.16156).
 *
 * - `overlap`: share of a token's k nearest neighbours (Euclidean) that it has in both, over all
 *   tokens; k is a third of the others, at least 1 and at most 8. Two layers that have nothing to do
 *   with each other share k / (n − 1). 1 with fewer than three tokens, which have no other choice.
 * - `procrustes`: what the best rotation or reflection leaves of the distance of the centred states,
 *   scaled to norm 1 (Schönemann 1966; as a measure of layers Ding et al. 2021, arXiv 2108.01661), as a
 *   share of the largest possible: √(1 − ‖XᵀY‖⁎). 0 where both are one point, 1 where one is.
 * - `cka`: linear centred kernel alignment (Kornblith et al. 2019, arXiv 1905.00414) with the unbiased
 *   HSIC of Song et al. 2012, without which it is near 1 for any two layers of few tokens.
 *
 * @param massiveChannels channels that are left out
 * @returns for each frame of a, one number for each frame of b
 */
export function matchLayers(
  states: BothStates,
  ladder: readonly Rung[],
  firstChange: number,
  massiveChannels: readonly number[],
): PairLayer["match"][] {
  const [nFrames, , dModel] = states.a.shape;
  const tokens = chooseTokens(ladder, firstChange);
  const mask = channelMask(dModel, massiveChannels);
  const describe = (side: "a" | "b") =>
    Array.from({ length: nFrames }, (_, frame) => {
      const rows = tokens.map((token) => stateAt(states[side], frame, token[side]));
      return describeCloud(rows, mask);
    });
  const [layersA, layersB] = [describe("a"), describe("b")];
  return layersA.map((a) => {
    const row = (measure: (b: Cloud) => number) => Float32Array.from(layersB, measure);
    return {
      overlap: row((b) => overlapOf(a, b)),
      procrustes: row((b) => procrustesOf(a, b)),
      cka: row((b) => ckaOf(a, b)),
    };
  });
}

/** Tokens over which layers are matched, see {@linkcode matchLayers}. */
export function chooseTokens(ladder: readonly Rung[], firstChange: number): AlignedRung[] {
  const after = alignedRungs(ladder, firstChange);
  const from = after.length >= enoughTokens ? after : alignedRungs(ladder);
  if (from.length <= mostTokens) return from;
  return Array.from(
    { length: mostTokens },
    (_, i) => from[Math.round(i * (from.length - 1) / (mostTokens - 1))],
  );
}

/** How some tokens lie among each other at one layer. */
interface Cloud {
  readonly n: number;
  /** For each token, its nearest neighbours. */
  readonly neighbours: readonly ReadonlySet<number>[];
  /** [n, n] centred points in axes of their own, scaled to norm 1; null where all points are the same */
  readonly shape: Matrix | null;
  /** [n, n] products of the points, centred without their diagonal */
  readonly similarity: Float64Array;
  /** Norm of `similarity`. */
  readonly similarityNorm: number;
}

function describeCloud(rows: readonly Float32Array[], mask: Uint8Array): Cloud {
  const n = rows.length;
  const products = centredProducts(rows, mask);
  const similarity = centreWithoutDiagonal(products, n);
  return {
    n,
    neighbours: findNeighbours(products, n),
    shape: shapeOf(products, n),
    similarity,
    similarityNorm: Math.sqrt(dot(similarity, similarity)),
  };
}

/** Products of the centred points with each other. [n, n] */
function centredProducts(rows: readonly Float32Array[], mask: Uint8Array): Float64Array {
  const n = rows.length;
  const mean = new Float64Array(mask.length);
  for (const row of rows) row.forEach((x, c) => mean[c] += x / n);
  const centred = rows.map((row) =>
    Float64Array.from(row, (x, c) => {
      // Rounding must not leave a shape to points that are all the same.
      return mask[c] && Math.abs(x - mean[c]) > 1e-12 * Math.abs(x) ? x - mean[c] : 0;
    })
  );
  const products = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      products[i * n + j] = products[j * n + i] = dot(centred[i], centred[j]);
    }
  }
  return products;
}

/** Of equally near tokens the earlier one is the neighbour. */
function findNeighbours(products: Float64Array, n: number): Set<number>[] {
  const k = Math.min(8, Math.max(1, Math.floor((n - 1) / 3)));
  return Array.from({ length: n }, (_, i) => {
    const distance = (j: number) => products[j * n + j] - 2 * products[i * n + j];
    const others = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i);
    return new Set(others.sort((x, y) => distance(x) - distance(y) || x - y).slice(0, k));
  });
}

function overlapOf(a: Cloud, b: Cloud): number {
  let [common, all] = [0, 0];
  a.neighbours.forEach((set, i) => {
    for (const j of set) if (b.neighbours[i].has(j)) common++;
    all += set.size;
  });
  return all > 0 ? common / all : 1;
}

/** n points have at most n axes: coordinates along them say all that rotations leave. */
function shapeOf(products: Float64Array, n: number): Matrix | null {
  let square = 0;
  for (let i = 0; i < n; i++) square += products[i * n + i];
  if (!(square > 0)) return null;
  const { realEigenvalues, eigenvectorMatrix: shape } = new EigenvalueDecomposition(
    Matrix.from1DArray(n, n, products),
    { assumeSymmetric: true },
  );
  shape.mulRowVector(realEigenvalues.map((value) => Math.sqrt(Math.max(0, value) / square)));
  return shape;
}

function procrustesOf(a: Cloud, b: Cloud): number {
  if (a.shape === null || b.shape === null) return a.shape === b.shape ? 0 : 1;
  const { diagonal } = new SingularValueDecomposition(a.shape.transpose().mmul(b.shape), {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
  });
  const nuclear = diagonal.reduce((sum, x) => sum + x, 0);
  return Math.sqrt(Math.min(1, Math.max(0, 1 - nuclear)));
}

/**
 * Double centring that leaves the diagonal out (Székely & Rizzo 2014): the product of two such matrices
 * is n (n − 3) times the unbiased HSIC. Zero with fewer than four points.
 */
function centreWithoutDiagonal(products: Float64Array, n: number): Float64Array {
  const centred = new Float64Array(n * n);
  if (n < 4) return centred;
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) if (i !== j) sums[i] += products[i * n + j];
  }
  const total = sums.reduce((sum, x) => sum + x, 0) / (n - 1) / (n - 2);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i !== j) centred[i * n + j] = products[i * n + j] - (sums[i] + sums[j]) / (n - 2) + total;
    }
  }
  return centred;
}

function ckaOf(a: Cloud, b: Cloud): number {
  if (a.n < 4) return NaN;
  const norms = a.similarityNorm * b.similarityNorm;
  if (norms === 0) return a.similarityNorm === b.similarityNorm ? 1 : 0;
  return Math.min(1, dot(a.similarity, b.similarity) / norms);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
