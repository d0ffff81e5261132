import type { Engine, StageOptions } from "../onnx/engine.ts";
import { createPacer } from "../onnx/pause.ts";
import { float32, tensor } from "../onnx/tensor.ts";
import type { NeighbourTable } from "./fuzzy_set.ts";
import {
  buildComparisonGraph,
  type ComparablePoints,
  distanceBetween,
  prepareComparison,
} from "./similarity.ts";
import type { Metric } from "./types.ts";

/** Rows compared with all points in one run. */
const blockRows = 512;

/**
 * Exact nearest neighbours: a matrix product and a top-k on the device, block by block; the
 * distances of the winners are then computed anew, without the rounding of the product, and put in
 * order. Costs O(n² d); 34 thousand points take 1.3 s on two cores.
 *
 * @param points [n, d] float32, not changed
 * @param k neighbours of each point, itself included; n where there are fewer
 * @returns the point itself first with distance 0, then the others by ascending distance. The caller owns it
 * @throws {RangeError} if the length is not n × d, a coordinate is not finite, or k is no whole number above 0
 */
export async function computeNeighbours(
  engine: Engine,
  points: Float32Array,
  n: number,
  d: number,
  k: number,
  metric: Metric,
  options: StageOptions = {},
): Promise<NeighbourTable> {
  if (!Number.isInteger(k) || k < 1) {
    throw new RangeError(`Cannot find ${k} neighbours: expected a whole number of at least 1`);
  }
  const comparable = prepareComparison(points, n, d, metric);
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  return { n, ...await findNeighboursOf(engine, comparable, rows, k, options) };
}

/**
 * Nearest neighbours of some of the points among all of them.
 *
 * @param rows indices of the points asked for
 * @returns indices and distances [rows.length, k] as in {@linkcode computeNeighbours}
 */
export async function findNeighboursOf(
  engine: Engine,
  points: ComparablePoints,
  rows: Int32Array,
  k: number,
  { onProgress, signal }: StageOptions = {},
): Promise<Omit<NeighbourTable, "n">> {
  const { n, width, queries } = points;
  const kept = Math.min(k, n);
  const indices = new Int32Array(rows.length * kept);
  const distances = new Float32Array(rows.length * kept);
  if (rows.length === 0) return { k: kept, indices, distances };

  const pacer = createPacer(signal);
  await pacer.breathe();
  const session = await engine.load(buildComparisonGraph(width, kept, ["nearest"]));
  try {
    const keys = float32([width, n], points.keys);
    for (let from = 0; from < rows.length; from += blockRows) {
      const block = rows.subarray(from, from + blockRows);
      const feed = tensor("float32", [block.length, width], gatherRows(queries, width, block));
      const { nearest } = await session.run({ queries: feed, keys });
      const found = nearest.data as Int32Array;
      block.forEach((row, i) => {
        const at = (from + i) * kept;
        indices.set(found.subarray(i * kept, (i + 1) * kept), at);
        orderRow(points, row, indices.subarray(at, at + kept), distances.subarray(at, at + kept));
      });
      onProgress?.(from + block.length, rows.length, "neighbours");
      await pacer.breathe();
    }
  } finally {
    await session.release();
  }
  return { k: kept, indices, distances };
}

/** Copies rows out of a [n, width] array. */
export function gatherRows(data: Float32Array, width: number, rows: Int32Array): Float32Array {
  const gathered = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    gathered.set(data.subarray(row * width, (row + 1) * width), i * width);
  });
  return gathered;
}

/**
 * Puts the point itself in front and the others in the order of their distances. Where more points
 * lie on top of each other than fit, the point itself may be missing: it takes the last place.
 */
function orderRow(
  points: ComparablePoints,
  self: number,
  indices: Int32Array,
  distances: Float32Array,
): void {
  const at = indices.indexOf(self);
  indices.copyWithin(1, 0, at < 0 ? indices.length - 1 : at);
  indices[0] = self;
  distances[0] = 0;
  for (let j = 1; j < indices.length; j++) {
    const index = indices[j];
    const distance = Math.fround(distanceBetween(points, self, index));
    let place = j;
    while (
      place > 1 &&
      (distances[place - 1] > distance ||
        (distances[place - 1] === distance && indices[place - 1] > index))
    ) {
      indices[place] = indices[place - 1];
      distances[place] = distances[place - 1];
      place--;
    }
    indices[place] = index;
    distances[place] = distance;
  }
}
