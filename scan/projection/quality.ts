import type { Engine, StageOptions } from "../onnx/engine.ts";
import { createPacer } from "../onnx/pause.ts";
import { float32 } from "../onnx/tensor.ts";
import { findNeighboursOf, gatherRows } from "./neighbours.ts";
import { createRandom } from "../onnx/random.ts";
import { buildComparisonGraph, type ComparablePoints, prepareComparison } from "./similarity.ts";
import type { Metric, ProjectionQuality } from "./types.ts";

export interface QualityOptions extends StageOptions {
  /** Neighbours looked at, 15 unless said; halved down for tiny clouds, see below. */
  readonly k?: number;
  /** Points looked at, at most; 4,096 unless said. */
  readonly maxSampled?: number;
  readonly seed?: number;
}

/** Rows of the similarity matrix that are fetched at once. */
const blockRows = 256;

/**
 * Trustworthiness (Venna & Kaski 2001) and neighbour recall of a picture.
 *
 * For a point i let U be those of its k nearest in the picture that are not among its k nearest in
 * code space, and r(i, j) the rank of j by distance from i in code space, 1 for the nearest. Then
 *
 *     trustworthiness = 1 − 2 / (n k (2n − 3k − 1)) · Σᵢ Σ_{j ∈ U} (r(i, j) − k)
 *
 * and the recall is 1 − |U| / k on average. Ranks count the points that are strictly nearer, plus
 * one, as scikit-learn's do up to ties. Both are exact for each point that is looked at; where there
 * are more than `maxSampled` points, they are averaged over a seeded sample of so many of them, each
 * still compared with all n. A cloud of n ≤ 2k points uses k = ⌈n / 2⌉ − 1, the largest for which the measure is
 * defined; up to two points cannot be wrong and score 1.
 *
 * @param codes [n, dCode] float32
 * @param positions [n, nDims] float32, compared by Euclidean distance
 * @param metric distance of the codes
 * @throws {RangeError} if a length does not fit, or a number is not finite
 */
export async function measureQuality(
  engine: Engine,
  codes: Float32Array,
  n: number,
  dCode: number,
  positions: Float32Array,
  nDims: number,
  metric: Metric,
  options: QualityOptions = {},
): Promise<ProjectionQuality> {
  const { maxSampled = 4096, seed = 0, signal, onProgress } = options;
  const k = Math.min(options.k ?? 15, Math.ceil(n / 2) - 1);
  const inCodes = prepareComparison(codes, n, dCode, metric);
  const inPicture = prepareComparison(positions, n, nDims, "euclidean");
  if (k < 1) return { trustworthiness: 1, neighbourRecall: 1, nSampled: n };

  const rows = sampleRows(n, maxSampled, seed);
  const pictured = await findNeighboursOf(engine, inPicture, rows, k + 1, { signal });
  const { excess, nStrangers } = await rankPictured(
    engine,
    inCodes,
    rows,
    pictured.indices,
    k,
    { signal, onProgress },
  );
  const worst = rows.length * k * (2 * n - 3 * k - 1) / 2;
  return {
    trustworthiness: 1 - excess / worst,
    neighbourRecall: 1 - nStrangers / (rows.length * k),
    nSampled: rows.length,
  };
}

/** All rows, or a seeded sample of them without repetition, ascending. */
export function sampleRows(n: number, maxSampled: number, seed: number): Int32Array {
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  if (n <= maxSampled) return rows;
  const random = createRandom(seed);
  for (let i = 0; i < maxSampled; i++) {
    const j = i + random.nextIndex(n - i);
    [rows[i], rows[j]] = [rows[j], rows[i]];
  }
  return rows.slice(0, maxSampled).sort();
}

/**
 * Ranks in code space of each row's neighbours in the picture.
 *
 * @param pictured [rows.length, k + 1] int32: the point itself, then its neighbours in the picture
 * @returns sum of rank − k, and number, over the neighbours whose rank exceeds k
 */
async function rankPictured(
  engine: Engine,
  points: ComparablePoints,
  rows: Int32Array,
  pictured: Int32Array,
  k: number,
  { signal, onProgress }: StageOptions,
): Promise<{ excess: number; nStrangers: number }> {
  const { n, width } = points;
  const pacer = createPacer(signal);
  const session = await engine.load(buildComparisonGraph(width, 0, ["similarity"]));
  const keys = float32([width, n], points.keys);
  let excess = 0;
  let nStrangers = 0;
  try {
    for (let from = 0; from < rows.length; from += blockRows) {
      const block = rows.subarray(from, from + blockRows);
      const queries = float32([block.length, width], gatherRows(points.queries, width, block));
      const similarity = (await session.run({ queries, keys })).similarity.data as Float32Array;
      block.forEach((row, i) => {
        const near = pictured.subarray((from + i) * (k + 1) + 1, (from + i + 1) * (k + 1));
        const ranks = rankNeighbours(similarity.subarray(i * n, (i + 1) * n), row, near);
        for (const rank of ranks) {
          if (rank <= k) continue;
          excess += rank - k;
          nStrangers++;
        }
      });
      onProgress?.(from + block.length, rows.length, "quality");
      await pacer.breathe();
    }
  } finally {
    await session.release();
  }
  return { excess, nStrangers };
}

/**
 * Ranks of some points by falling similarity.
 *
 * @param similarity [n] of one point to all
 * @param self index of that point, which is not ranked
 * @param near indices of the points whose ranks are wanted
 * @returns [near.length] ranks of the near points in the order of their similarity, 1 for the most similar
 */
function rankNeighbours(similarity: Float32Array, self: number, near: Int32Array): Float64Array {
  const k = near.length;
  const thresholds = Float32Array.from(near, (j) => similarity[j]).sort().reverse();
  const farthest = thresholds[k - 1];
  // counts[j]: points more similar than threshold j but not than threshold j − 1.
  const counts = new Float64Array(k);
  for (let l = 0; l < similarity.length; l++) {
    const s = similarity[l];
    // Nearly all points end here: those in the picture's neighbourhood are near in code space too.
    if (s <= farthest || l === self) continue;
    let j = k - 1;
    while (j > 0 && s > thresholds[j - 1]) j--;
    counts[j]++;
  }
  let above = 0;
  return counts.map((count) => (above += count) + 1);
}
