import { findNearest } from "../measure/mod.ts";

/** A line from a particle to one of its nearest neighbours. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  /** In projection units. */
  readonly distance: number;
}

/**
 * Each particle's nearest neighbours, each pair once.
 *
 * @param positions [nParticles, nDims] float32
 * @param k fewer where there are fewer others
 */
export function nearestNeighbours(positions: Float32Array, nDims: number, k: number): Edge[] {
  const n = positions.length / nDims;
  const most = Math.min(k, n - 1);
  if (most < 1) return [];
  const nearest = findNearest(positions, n, nDims, most);
  const edges = new Map<number, Edge>();
  nearest.forEach((other, at) => {
    const i = Math.floor(at / most);
    const [from, to] = [Math.min(i, other), Math.max(i, other)];
    const key = from * n + to;
    if (!edges.has(key)) {
      edges.set(key, { from, to, distance: distanceOf(positions, nDims, from, to) });
    }
  });
  return [...edges.values()];
}

function distanceOf(positions: Float32Array, nDims: number, i: number, j: number): number {
  let square = 0;
  for (let dim = 0; dim < nDims; dim++) {
    square += (positions[i * nDims + dim] - positions[j * nDims + dim]) ** 2;
  }
  return Math.sqrt(square);
}
