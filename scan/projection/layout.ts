import type { FuzzyGraph } from "./fuzzy_set.ts";
import { createRandom } from "../onnx/random.ts";

/** Directed edges, lightest first, with the number of epochs between two visits. */
export interface EdgeSchedule {
  /** [nEdges] int32: the point that is moved, and pushed away from others */
  readonly heads: Int32Array;
  /** [nEdges] int32: the point that it is pulled to, moved as well */
  readonly tails: Int32Array;
  /** [nEdges] float32, ≥ 1; 1 for the heaviest edge */
  readonly epochsPerSample: Float32Array;
}

/** How the optimiser pulls and pushes. */
export interface LayoutForces {
  /** Parameters of the low-dimensional membership 1 / (1 + a d²ᵇ). */
  readonly a: number;
  readonly b: number;
  readonly repulsion: number;
  readonly learningRate: number;
  /** Points pushed away for each point pulled. */
  readonly nNegatives: number;
  readonly seed: number;
}

/** An optimiser over positions that it moves in place. */
export interface Layout {
  /** Makes one pass over the edges that are due. @param epoch 0 … nEpochs − 1, in order */
  runEpoch(epoch: number, nEpochs: number): void;
}

/** No component of a force exceeds this, as in umap-learn. */
const maxForce = 4;
/** Keeps the repulsion of close points finite, as in umap-learn. */
const softening = 1e-3;

/**
 * Lists the edges in the order in which an epoch visits them: by ascending weight, then by row and
 * column. Edges too light to be visited once are left out.
 */
export function scheduleEdges(graph: FuzzyGraph, nEpochs: number): EdgeSchedule {
  const { n, starts, columns, weights } = graph;
  let heaviest = 0;
  for (const weight of weights) heaviest = Math.max(heaviest, weight);
  const lightest = heaviest / nEpochs;

  const rows = new Int32Array(columns.length);
  const kept = new Uint32Array(columns.length);
  let nEdges = 0;
  for (let row = 0; row < n; row++) {
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      rows[e] = row;
      if (weights[e] >= lightest) kept[nEdges++] = e;
    }
  }
  const order = sortByWeight(kept.subarray(0, nEdges), weights);
  const heads = new Int32Array(nEdges);
  const tails = new Int32Array(nEdges);
  const epochsPerSample = new Float32Array(nEdges);
  for (let i = 0; i < nEdges; i++) {
    const e = order[i];
    heads[i] = rows[e];
    tails[i] = columns[e];
    epochsPerSample[i] = heaviest / weights[e];
  }
  return { heads, tails, epochsPerSample };
}

/** Stable radix sort of entries by weight: the bits of positive floats are in their order. */
function sortByWeight(entries: Uint32Array, weights: Float32Array): Uint32Array {
  const bits = new Uint32Array(weights.buffer, weights.byteOffset, weights.length);
  let from = entries;
  for (const shift of [0, 16]) {
    const to = new Uint32Array(from.length);
    const next = new Uint32Array(2 ** 16 + 1);
    for (const e of from) next[((bits[e] >>> shift) & 0xffff) + 1]++;
    for (let i = 0; i < 2 ** 16; i++) next[i + 1] += next[i];
    for (const e of from) to[next[(bits[e] >>> shift) & 0xffff]++] = e;
    from = to;
  }
  return from;
}

/**
 * UMAP's stochastic gradient descent over the edges (McInnes, Healy & Melville 2018, algorithm 5)
 * on one Float32Array.
 *
 * The force of a squared distance is looked up in a table whose cells are a 128th of an octave
 * wide (the top bits of the float), half a percent of the force; powers are what the plain loop
 * spends its time on.
 *
 * @param positions [n, 3] float32, changed in place; for a flat layout the third column is 0
 * @param nDims 2 or 3: a flat layout stays flat
 */
export function createLayout(
  positions: Float32Array,
  n: number,
  nDims: number,
  schedule: EdgeSchedule,
  forces: LayoutForces,
): Layout {
  const { heads, tails, epochsPerSample } = schedule;
  const nextEpoch = epochsPerSample.slice();
  const table = tabulateForces(forces);
  const { attraction, repulsion } = table;
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  const { nNegatives } = forces;
  const forceZ = nDims > 2 ? maxForce : 0;
  let state = createRandom(forces.seed).nextUint32() | 1;

  const runEpoch = (epoch: number, nEpochs: number): void => {
    // The first epoch visits nothing (every edge is due after 1 or later), as in umap-js.
    const alpha = forces.learningRate * (1 - Math.max(0, epoch - 1) / nEpochs);
    const limit = maxForce * alpha;
    const nEdges = heads.length;
    let s = state;
    for (let e = 0; e < nEdges; e++) {
      const due = nextEpoch[e];
      if (due > epoch) continue;
      nextEpoch[e] = due + epochsPerSample[e];

      const head = heads[e] * 3;
      const tail = tails[e] * 3;
      let x = positions[head];
      let y = positions[head + 1];
      let z = positions[head + 2];
      let dx = x - positions[tail];
      let dy = y - positions[tail + 1];
      let dz = z - positions[tail + 2];
      float[0] = dx * dx + dy * dy + dz * dz;
      let cell = (bits[0] >> cellShift) - firstCell;
      cell = cell < 0 ? 0 : cell > lastCell ? lastCell : cell;
      let force = attraction[cell] * alpha;
      dx *= force;
      dy *= force;
      dz *= force;
      dx = dx > limit ? limit : dx < -limit ? -limit : dx;
      dy = dy > limit ? limit : dy < -limit ? -limit : dy;
      dz = dz > limit ? limit : dz < -limit ? -limit : dz;
      x += dx;
      y += dy;
      z += dz;
      positions[tail] -= dx;
      positions[tail + 1] -= dy;
      positions[tail + 2] -= dz;

      for (let p = 0; p < nNegatives; p++) {
        s ^= s << 13;
        s ^= s >>> 17;
        s ^= s << 5;
        const other = ((s >>> 0) * 2 ** -32 * n | 0) * 3;
        if (other === head) continue;
        dx = x - positions[other];
        dy = y - positions[other + 1];
        dz = z - positions[other + 2];
        const squared = dx * dx + dy * dy + dz * dz;
        if (squared === 0) {
          // Points on top of each other have no direction to part in.
          x += limit;
          y += limit;
          z += forceZ * alpha;
          continue;
        }
        float[0] = squared;
        cell = (bits[0] >> cellShift) - firstCell;
        cell = cell < 0 ? 0 : cell > lastCell ? lastCell : cell;
        force = repulsion[cell] * alpha;
        dx *= force;
        dy *= force;
        dz *= force;
        x += dx > limit ? limit : dx < -limit ? -limit : dx;
        y += dy > limit ? limit : dy < -limit ? -limit : dy;
        z += dz > limit ? limit : dz < -limit ? -limit : dz;
      }
      positions[head] = x;
      positions[head + 1] = y;
      positions[head + 2] = z;
    }
    state = s;
  };
  return { runEpoch };
}

/** Mantissa bits that a cell keeps. */
const cellBits = 7;
const cellShift = 23 - cellBits;
/** Squared distances below 2⁻³⁰ and above 2³⁰ share the outermost cells. */
const firstCell = (127 - 30) << cellBits;
const lastCell = (60 << cellBits) - 1;

/**
 * Forces at the middle of every cell.
 *
 * @returns [nCells] float32 each, to be multiplied by the difference of positions: attraction is
 * negative (towards the other point), repulsion positive
 */
export function tabulateForces(
  { a, b, repulsion: gamma }: Pick<LayoutForces, "a" | "b" | "repulsion">,
): { attraction: Float32Array; repulsion: Float32Array } {
  const nCells = lastCell + 1;
  const attraction = new Float32Array(nCells);
  const repulsion = new Float32Array(nCells);
  for (let cell = 0; cell < nCells; cell++) {
    const index = cell + firstCell;
    const octave = (index >> cellBits) - 127;
    const squared = 2 ** octave * (1 + ((index & (2 ** cellBits - 1)) + 0.5) / 2 ** cellBits);
    const power = a * squared ** b;
    attraction[cell] = -2 * b * (power / squared) / (power + 1);
    repulsion[cell] = 2 * gamma * b / ((softening + squared) * (power + 1));
  }
  return { attraction, repulsion };
}
