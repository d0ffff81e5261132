/** Numbers that the picture needs besides the positions: what colours say, where a frame lies. */

import type { Neighbours } from "./neighbours.ts";

/** Ends of a colour scale, in the unit of what it shows. */
export type Domain = readonly [low: number, high: number];

/** Where a frame's particles are, in projection units; two dimensions lie in the plane z = 0. */
export interface Extent {
  readonly centre: readonly [number, number, number];
  /** Holds all but the outermost three in a hundred particles. */
  readonly radius: number;
}

/**
 * How far each particle moved since the frame before, in projection units; 0 in the first frame.
 *
 * @returns [nParticles] float32
 */
export function motionOf(
  previous: Float32Array | null,
  positions: Float32Array,
  nDims: number,
): Float32Array {
  const n = positions.length / nDims;
  const moved = new Float32Array(n);
  if (previous === null) return moved;
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let axis = 0; axis < nDims; axis++) {
      const step = positions[i * nDims + axis] - previous[i * nDims + axis];
      square += step * step;
    }
    moved[i] = Math.sqrt(square);
  }
  return moved;
}

/**
 * Mean distance to the found neighbours: small where the cloud is dense. 0 for a lone particle.
 *
 * @returns [nParticles] float32, in projection units
 */
export function spacingOf(neighbours: Neighbours): Float32Array {
  const { k, indices, distances } = neighbours;
  const n = k > 0 ? indices.length / k : 0;
  const spacing = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    let found = 0;
    for (let j = i * k; j < (i + 1) * k; j++) {
      if (indices[j] < 0) continue;
      sum += distances[j];
      found++;
    }
    spacing[i] = found === 0 ? 0 : sum / found;
  }
  return spacing;
}

/**
 * A colour that stays with each particle: its rank along the first frame's longest direction, so
 * that one sees where the embedding's neighbourhoods end up.
 *
 * @returns [nParticles] float32, 0 … 1, evenly spread
 */
export function identityOf(first: Float32Array, nDims: number): Float32Array {
  const n = first.length / nDims;
  const direction = longestDirection(first, nDims);
  const along = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    for (let axis = 0; axis < nDims; axis++) along[i] += first[i * nDims + axis] * direction[axis];
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => along[a] - along[b] || a - b);
  const rank = new Float32Array(n);
  order.forEach((particle, place) => rank[particle] = n > 1 ? place / (n - 1) : 0.5);
  return rank;
}

/** First principal axis by power iteration on the covariance. [nDims], of length 1 */
function longestDirection(positions: Float32Array, nDims: number): Float64Array {
  const n = positions.length / nDims;
  const mean = new Float64Array(nDims);
  for (let i = 0; i < positions.length; i++) mean[i % nDims] += positions[i] / n;
  const covariance = new Float64Array(nDims * nDims);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < nDims; a++) {
      for (let b = 0; b < nDims; b++) {
        covariance[a * nDims + b] += (positions[i * nDims + a] - mean[a]) *
          (positions[i * nDims + b] - mean[b]);
      }
    }
  }
  // Unequal entries, so that no symmetric cloud leaves the start orthogonal to the answer.
  let direction = Float64Array.from({ length: nDims }, (_, axis) => 1 / (axis + 1));
  for (let step = 0; step < 64; step++) {
    const next = new Float64Array(nDims);
    for (let a = 0; a < nDims; a++) {
      for (let b = 0; b < nDims; b++) next[a] += covariance[a * nDims + b] * direction[b];
    }
    const length = Math.hypot(...next);
    if (length === 0) break;
    direction = next.map((value) => value / length);
  }
  return direction;
}

/** Centre and reach of a frame; a radius of at least a small positive number. */
export function extentOf(positions: Float32Array, nDims: number): Extent {
  const n = positions.length / nDims;
  const centre: [number, number, number] = [0, 0, 0];
  if (n === 0) return { centre, radius: 1 };
  for (let axis = 0; axis < Math.min(3, nDims); axis++) {
    // The middle between the outer hundredths, which a far outlier does not pull along.
    const column = Float32Array.from({ length: n }, (_, i) => positions[i * nDims + axis]).sort();
    centre[axis] = (quantileOfSorted(column, 0.02) + quantileOfSorted(column, 0.98)) / 2;
  }
  const reach = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let axis = 0; axis < Math.min(3, nDims); axis++) {
      square += (positions[i * nDims + axis] - centre[axis]) ** 2;
    }
    reach[i] = Math.sqrt(square);
  }
  return { centre, radius: Math.max(1e-6, quantileOfSorted(reach.sort(), 0.97)) };
}

/** @param q 0 … 1 @returns 0 where there are no values */
export function quantile(values: Float32Array, q: number): number {
  return quantileOfSorted(Float32Array.from(values).sort(), q);
}

function quantileOfSorted(sorted: Float32Array, q: number): number {
  if (sorted.length === 0) return 0;
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}
