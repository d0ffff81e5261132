/** How good a picture is, by measures that no contender chose: shared by the benchmarks of UMAP. */
import { measureQuality, type Metric } from "../../scan/projection/mod.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import { createRandom } from "../../scan/onnx/random.ts";
import { type Row, row } from "./harness.ts";

/** What is pictured. */
export interface Codes {
  /** [n, d] float32 */
  readonly points: Float32Array;
  readonly n: number;
  readonly d: number;
  readonly metric: Metric;
}

/** Each 0 … 1 (the correlation −1 … 1), larger is better. */
export interface Verdict {
  /** At k = 15: do neighbours in the picture belong together? */
  readonly trustworthiness: number;
  /** At k = 15: are neighbours still neighbours? */
  readonly neighbourRecall: number;
  /** Spearman's correlation of distances before and after: is far apart still far apart? */
  readonly rankCorrelation: number;
}

/** @param positions [n, 3] float32, compared by Euclidean distance */
export async function judgePicture(
  engine: Engine,
  codes: Codes,
  positions: Float32Array,
  seed: number,
): Promise<Verdict> {
  const { points, n, d, metric } = codes;
  const quality = await measureQuality(engine, points, n, d, positions, 3, metric, { seed });
  return { ...quality, rankCorrelation: correlateDistances(codes, positions, seed) };
}

/** Rows of what is missing to perfection, so that a ratio above 1 means ahead as everywhere. */
export function compareVerdicts(
  { name, size, rivalName }: Pick<Row, "name" | "size" | "rivalName">,
  ours: Verdict,
  rival: Verdict,
): Row[] {
  const names = {
    trustworthiness: "1 − trustworthiness",
    neighbourRecall: "1 − neighbour recall",
    rankCorrelation: "1 − global rank correlation",
  } as const;
  return (Object.keys(names) as (keyof Verdict)[]).map((key) =>
    row({
      name: `${name}, ${names[key]}`,
      size,
      ours: 1 - ours[key],
      rival: 1 - rival[key],
      rivalName,
      unit: "share",
    })
  );
}

const nPairs = 20_000;

/** Spearman's rank correlation of the distances of a seeded sample of pairs. */
function correlateDistances(
  { points, n, d, metric }: Codes,
  positions: Float32Array,
  seed: number,
): number {
  const random = createRandom(seed);
  const before = new Float64Array(nPairs);
  const after = new Float64Array(nPairs);
  const distance = metric === "cosine" ? cosineDistance : euclideanDistance;
  const vector = (i: number) => points.subarray(i * d, (i + 1) * d);
  const place = (i: number) => positions.subarray(i * 3, (i + 1) * 3);
  for (let pair = 0; pair < nPairs; pair++) {
    const [i, j] = [random.nextIndex(n), random.nextIndex(n)];
    before[pair] = distance(vector(i), vector(j));
    after[pair] = euclideanDistance(place(i), place(j));
  }
  const [a, b] = [rank(before), rank(after)];
  const mean = (nPairs - 1) / 2;
  let [product, square] = [0, 0];
  for (let pair = 0; pair < nPairs; pair++) {
    product += (a[pair] - mean) * (b[pair] - mean);
    square += (a[pair] - mean) ** 2;
  }
  return product / square;
}

/** Place of each value in ascending order. */
function rank(values: Float64Array): Float64Array {
  const ranks = new Float64Array(values.length);
  Array.from(values.keys()).sort((a, b) => values[a] - values[b])
    .forEach((index, place) => ranks[index] = place);
  return ranks;
}

/** 1 − cosine of the angle, as `umap-js` and umap-learn compute it. */
export function cosineDistance(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let [dot, xx, yy] = [0, 0, 0];
  for (let c = 0; c < x.length; c++) {
    dot += x[c] * y[c];
    xx += x[c] * x[c];
    yy += y[c] * y[c];
  }
  return 1 - dot / Math.sqrt(xx * yy);
}

function euclideanDistance(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let c = 0; c < x.length; c++) sum += (x[c] - y[c]) ** 2;
  return Math.sqrt(sum);
}
