import { Graph } from "../onnx/graph.ts";
import { Ops } from "../onnx/ops.ts";
import type { Metric } from "./types.ts";

/** Points in the form in which one matrix product compares them all. */
export interface ComparablePoints {
  readonly n: number;
  readonly metric: Metric;
  /** Coordinates of a row of `rows`. */
  readonly d: number;
  /** [n, d] float32: unit vectors for cosine, centred points for Euclidean */
  readonly rows: Float32Array;
  /** Coordinates of a row of `queries`. */
  readonly width: number;
  /** [n, width] float32 */
  readonly queries: Float32Array;
  /** [width, n] float32: `queries × keys` is larger for nearer points */
  readonly keys: Float32Array;
}

/**
 * Makes both metrics a matter of the largest product.
 *
 * Cosine: rows become unit vectors, whose cosine distance is half their squared distance. As in
 * `umap-js` a zero vector is at distance 1 from all others and 0 from zero vectors: they share an
 * axis of their own. Euclidean: x·y − |y|²/2 falls with the distance to x; centring first keeps
 * float32 exact enough for clouds far from the origin.
 *
 * @param points [n, d] float32, not changed
 * @throws {RangeError} if the length is not n × d, or a coordinate is not finite
 */
export function prepareComparison(
  points: Float32Array,
  n: number,
  d: number,
  metric: Metric,
): ComparablePoints {
  if (points.length !== n * d) {
    throw new RangeError(
      `Cannot compare points: expected ${n} × ${d} coordinates, got ${points.length}`,
    );
  }
  const broken = points.findIndex((x) => !Number.isFinite(x));
  if (broken >= 0) {
    throw new RangeError(
      `Cannot compare points: expected finite coordinates, got ${points[broken]} in point ${
        Math.floor(broken / d)
      }`,
    );
  }
  return metric === "cosine" ? prepareCosine(points, n, d) : prepareEuclidean(points, n, d);
}

function prepareCosine(points: Float32Array, n: number, d: number): ComparablePoints {
  const norms = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let c = 0; c < d; c++) sum += points[i * d + c] ** 2;
    norms[i] = Math.sqrt(sum);
  }
  const width = norms.includes(0) ? d + 1 : d;
  const rows = new Float32Array(n * width);
  for (let i = 0; i < n; i++) {
    if (norms[i] === 0) rows[i * width + d] = 1;
    else for (let c = 0; c < d; c++) rows[i * width + c] = points[i * d + c] / norms[i];
  }
  const keys = transposeRows(rows, n, width);
  return { n, metric: "cosine", d: width, rows, width, queries: rows, keys };
}

function prepareEuclidean(points: Float32Array, n: number, d: number): ComparablePoints {
  const rows = new Float32Array(n * d);
  for (let c = 0; c < d; c++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += points[i * d + c] / n;
    for (let i = 0; i < n; i++) rows[i * d + c] = points[i * d + c] - mean;
  }
  const width = d + 1;
  const queries = new Float32Array(n * width);
  const keys = new Float32Array(width * n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let c = 0; c < d; c++) {
      const x = rows[i * d + c];
      queries[i * width + c] = x;
      keys[c * n + i] = x;
      sum += x * x;
    }
    queries[i * width + d] = 1;
    keys[d * n + i] = -sum / 2;
  }
  return { n, metric: "euclidean", d, rows, width, queries, keys };
}

function transposeRows(rows: Float32Array, n: number, width: number): Float32Array {
  const columns = new Float32Array(rows.length);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < width; c++) columns[c * n + i] = rows[i * width + c];
  }
  return columns;
}

/** Distance of two points, free of the rounding of the matrix product. */
export function distanceBetween(points: ComparablePoints, i: number, j: number): number {
  const { rows, d, metric } = points;
  let sum = 0;
  for (let c = 0; c < d; c++) {
    const difference = rows[i * d + c] - rows[j * d + c];
    sum += difference * difference;
  }
  return metric === "cosine" ? sum / 2 : Math.sqrt(sum);
}

/**
 * A graph that compares a block of queries with all points.
 *
 * Inputs `queries` [nRows, width] and `keys` [width, n]. Outputs `similarity` [nRows, n], and for
 * k > 0 `nearest` [nRows, k] int32, nearest first.
 *
 * @param wanted outputs that are made
 */
export function buildComparisonGraph(
  width: number,
  k: number,
  wanted: readonly ("similarity" | "nearest")[],
): Uint8Array {
  const graph = new Graph();
  const o = new Ops(graph);
  const queries = graph.input("queries", "float32", ["nRows", width]);
  const keys = graph.input("keys", "float32", [width, "n"]);
  const similarity = o.matmul(queries, keys);
  if (wanted.includes("similarity")) graph.output("similarity", similarity);
  if (wanted.includes("nearest")) {
    const [, nearest] = graph.op("TopK", [similarity, o.ints([k])], {
      axis: -1,
      largest: 1,
      sorted: 1,
    });
    graph.output("nearest", o.cast(nearest, "int32"));
  }
  return graph.toModel();
}
