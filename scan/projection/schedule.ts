import type { FuzzyGraph } from "./fuzzy_set.ts";
import { createRandom } from "../onnx/random.ts";

/** A graph in the form in which the optimiser walks it. */
export interface EdgeSchedule {
  readonly n: number;
  /** [n] int32: the point at each place, in shuffled order */
  readonly points: Int32Array;
  /** [n + 1] int32, multiples of {@linkcode rowMultiple}: the edges of each place */
  readonly starts: Int32Array;
  /** [nEdges] int32: the place that an edge leads to */
  readonly columns: Int32Array;
  /** [nEdges] uint16: visits in 65,536 epochs, nearly each for the heaviest edge; 0 fills up a row */
  readonly weights: Uint16Array;
  /** Edges of the longest row. */
  readonly longestRow: number;
}

/** A row's edges are filled up to a multiple of this. */
export const rowMultiple = 8;
const maxWeight = 2 ** 16 - 1;

/**
 * Shuffles the points, so that any few in a row are a random sample of all and no pass favours the
 * order of layers, and counts how often each edge is visited. Edges 65,536 times lighter than the
 * heaviest, or more, are left out.
 */
export function scheduleEdges(graph: FuzzyGraph, seed: number): EdgeSchedule {
  const { n } = graph;
  const points = shufflePoints(n, seed);
  const places = new Int32Array(n);
  points.forEach((point, place) => places[point] = place);
  let heaviest = 0;
  for (const weight of graph.weights) heaviest = Math.max(heaviest, weight);
  const scale = maxWeight / heaviest;

  const starts = new Int32Array(n + 1);
  let longestRow = 0;
  for (let place = 0; place < n; place++) {
    const point = points[place];
    const nEdges = graph.starts[point + 1] - graph.starts[point];
    const room = Math.ceil(nEdges / rowMultiple) * rowMultiple;
    longestRow = Math.max(longestRow, room);
    starts[place + 1] = starts[place] + room;
  }
  const columns = new Int32Array(starts[n]);
  const weights = new Uint16Array(starts[n]);
  for (let place = 0; place < n; place++) {
    const point = points[place];
    let at = starts[place];
    for (let e = graph.starts[point]; e < graph.starts[point + 1]; e++) {
      columns[at] = places[graph.columns[e]];
      weights[at++] = Math.round(graph.weights[e] * scale);
    }
  }
  return { n, points, starts, columns, weights, longestRow };
}

/** Fisher and Yates' shuffle. */
function shufflePoints(n: number, seed: number): Int32Array {
  const random = createRandom(seed);
  const points = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.nextIndex(i + 1);
    const point = points[i];
    points[i] = points[j];
    points[j] = point;
  }
  return points;
}
