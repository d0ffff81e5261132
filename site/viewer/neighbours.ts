/**
 * Nearest neighbours within one frame, for the edges and the density colouring: a k-d tree over typed
 * arrays, built and queried in slices so that the page never stops.
 */

/** Every particle's nearest neighbours, nearest first. */
export interface Neighbours {
  readonly k: number;
  /** [nParticles, k] indices; where there are fewer than k others, the rest is −1. */
  readonly indices: Int32Array;
  /** [nParticles, k] Euclidean distances in projection units; Infinity where the index is −1. */
  readonly distances: Float32Array;
}

/** Particles in a leaf: below this a plain loop is quicker than the tree. */
const leafSize = 12;
/** Queries between two chances to stop. */
const queriesPerSlice = 48;

/**
 * Searches bit by bit: every `next()` does a few tenths of a millisecond of work, the last one returns
 * the result. Ties go to the lower index. Friedman, Bentley & Finkel 1977 with median splits.
 *
 * @param positions [nParticles, nDims] float32, row-major, finite; only read
 */
export function* searchNeighbours(
  positions: Float32Array,
  nDims: number,
  k: number,
): Generator<void, Neighbours, void> {
  const n = nDims > 0 ? Math.floor(positions.length / nDims) : 0;
  const indices = new Int32Array(n * k).fill(-1);
  const distances = new Float32Array(n * k).fill(Infinity);
  if (n < 2 || k < 1) return { k, indices, distances };

  const order = Int32Array.from({ length: n }, (_, i) => i);
  const nodes: Node[] = [];
  const root = yield* build(positions, nDims, order, nodes);
  const best = { indices: new Int32Array(k), squares: new Float64Array(k) };

  for (let i = 0; i < n; i++) {
    best.indices.fill(-1);
    best.squares.fill(Infinity);
    query(positions, nDims, order, nodes, root, i, best);
    for (let j = 0; j < k; j++) {
      indices[i * k + j] = best.indices[j];
      distances[i * k + j] = Math.sqrt(best.squares[j]);
    }
    if (i % queriesPerSlice === queriesPerSlice - 1) yield;
  }
  return { k, indices, distances };
}

/** A range of `order`, split along an axis unless it is a leaf (axis −1). */
interface Node {
  readonly start: number;
  readonly end: number;
  readonly axis: number;
  readonly split: number;
  left: number;
  right: number;
}

function* build(
  positions: Float32Array,
  nDims: number,
  order: Int32Array,
  nodes: Node[],
): Generator<void, number, void> {
  /** Ranges still to split, with the node and side that wait for them. */
  const open = [{ start: 0, end: order.length, parent: -1, isLeft: false }];
  let sinceYield = 0;
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const { start, end, parent, isLeft } = range;
    const axis = end - start > leafSize ? widestAxis(positions, nDims, order, start, end) : -1;
    const middle = (start + end) >> 1;
    if (axis >= 0) select(positions, nDims, axis, order, start, end - 1, middle);
    const split = axis >= 0 ? positions[order[middle] * nDims + axis] : 0;
    const at = nodes.push({ start, end, axis, split, left: -1, right: -1 }) - 1;
    if (parent >= 0) {
      if (isLeft) nodes[parent].left = at;
      else nodes[parent].right = at;
    }
    if (axis >= 0) {
      open.push({ start: middle, end, parent: at, isLeft: false });
      open.push({ start, end: middle, parent: at, isLeft: true });
    }
    sinceYield += axis >= 0 ? end - start : 0;
    if (sinceYield > 4096) {
      sinceYield = 0;
      yield;
    }
  }
  return 0;
}

/** The axis along which a range is widest, −1 where all its particles are in one place. */
function widestAxis(
  positions: Float32Array,
  nDims: number,
  order: Int32Array,
  start: number,
  end: number,
): number {
  let widest = -1;
  let width = 0;
  for (let axis = 0; axis < nDims; axis++) {
    let min = Infinity;
    let max = -Infinity;
    for (let i = start; i < end; i++) {
      const value = positions[order[i] * nDims + axis];
      if (value < min) min = value;
      if (value > max) max = value;
    }
    if (max - min > width) {
      width = max - min;
      widest = axis;
    }
  }
  return widest;
}

/** Puts the `middle`-th smallest coordinate in its place, smaller ones before it. Hoare 1961. */
function select(
  positions: Float32Array,
  nDims: number,
  axis: number,
  order: Int32Array,
  low: number,
  high: number,
  middle: number,
): void {
  while (low < high) {
    const pivot = positions[order[(low + high) >> 1] * nDims + axis];
    let i = low;
    let j = high;
    while (i <= j) {
      while (positions[order[i] * nDims + axis] < pivot) i++;
      while (positions[order[j] * nDims + axis] > pivot) j--;
      if (i <= j) {
        const swapped = order[i];
        order[i++] = order[j];
        order[j--] = swapped;
      }
    }
    if (middle <= j) high = j;
    else if (middle >= i) low = i;
    else return;
  }
}

interface Best {
  readonly indices: Int32Array;
  readonly squares: Float64Array;
}

function query(
  positions: Float32Array,
  nDims: number,
  order: Int32Array,
  nodes: readonly Node[],
  at: number,
  particle: number,
  best: Best,
): void {
  const node = nodes[at];
  if (node.axis < 0) {
    for (let i = node.start; i < node.end; i++) {
      const other = order[i];
      if (other === particle) continue;
      let square = 0;
      for (let axis = 0; axis < nDims; axis++) {
        const step = positions[other * nDims + axis] - positions[particle * nDims + axis];
        square += step * step;
      }
      offer(best, other, square);
    }
    return;
  }
  const beyond = positions[particle * nDims + node.axis] - node.split;
  const near = beyond < 0 ? node.left : node.right;
  const far = beyond < 0 ? node.right : node.left;
  query(positions, nDims, order, nodes, near, particle, best);
  // "≤", because an equally near particle with a lower index wins.
  if (beyond * beyond <= best.squares[best.squares.length - 1]) {
    query(positions, nDims, order, nodes, far, particle, best);
  }
}

function offer(best: Best, index: number, square: number): void {
  const { indices, squares } = best;
  let at = squares.length;
  while (
    at > 0 && (square < squares[at - 1] || (square === squares[at - 1] && index < indices[at - 1]))
  ) at--;
  // Infinity means an empty place, and every found neighbour is nearer than that.
  if (at === squares.length) return;
  for (let j = squares.length - 1; j > at; j--) {
    squares[j] = squares[j - 1];
    indices[j] = indices[j - 1];
  }
  squares[at] = square;
  indices[at] = index;
}

/**
 * The edges of a frame: each pair of neighbours once, however many of the two name the other.
 *
 * @returns [nEdges, 2] indices, and [nEdges] lengths in projection units
 */
export function edgesOf(
  neighbours: Neighbours,
): { readonly ends: Int32Array; readonly lengths: Float32Array } {
  const { k, indices, distances } = neighbours;
  const n = k > 0 ? indices.length / k : 0;
  const ends = new Int32Array(n * k * 2);
  const lengths = new Float32Array(n * k);
  let count = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < k; j++) {
      const other = indices[i * k + j];
      if (other < 0) continue;
      if (other < i && names(neighbours, other, i)) continue;
      ends[count * 2] = i;
      ends[count * 2 + 1] = other;
      lengths[count++] = distances[i * k + j];
    }
  }
  return { ends: ends.slice(0, count * 2), lengths: lengths.slice(0, count) };
}

function names(neighbours: Neighbours, particle: number, other: number): boolean {
  const { k, indices } = neighbours;
  for (let j = 0; j < k; j++) if (indices[particle * k + j] === other) return true;
  return false;
}
