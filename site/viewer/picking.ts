/** Which particle lies under a pointer. */

import type { FrameShape } from "./session.ts";
import type { Playhead } from "./timeline.ts";

/** Columns of a 4 × 4 matrix, as WebGL has them. [16] */
export type Matrix = ArrayLike<number>;

/**
 * Where a scan's particles are at a playhead; null while its frames have not arrived.
 *
 * @returns [nParticles, 3] float32, in projection units
 */
export function placesAt(
  shapes: readonly FrameShape[],
  { from, to, mix }: Playhead,
  nDims: number,
): Float32Array | null {
  const [a, b] = [shapes[from]?.frame.positions, shapes[to]?.frame.positions];
  if (a === undefined || b === undefined) return null;
  const n = a.length / nDims;
  const places = new Float32Array(n * 3);
  for (let i = 0; i < n; i++) {
    for (let axis = 0; axis < Math.min(3, nDims); axis++) {
      const start = a[i * nDims + axis];
      places[i * 3 + axis] = start + (b[i * nDims + axis] - start) * mix;
    }
  }
  return places;
}

/** Between two sets of places of the same particles. @param share 0 … 1 */
export function mixPlaces(from: Float32Array, to: Float32Array, share: number): Float32Array {
  return from.map((value, i) => value + (to[i] - value) * share);
}

/**
 * The particle whose picture is nearest to a point. Of those about as near the one in front counts.
 *
 * @param places [nParticles, 3]
 * @param matrix from places to clip coordinates
 * @param box size of the picture in CSS pixels
 * @param at the point in the picture, in CSS pixels from its top left corner
 * @param reachPx how far away it may be
 * @returns its index, null where none is in reach
 */
export function nearestParticle(
  places: Float32Array,
  matrix: Matrix,
  box: { readonly width: number; readonly height: number },
  at: { readonly x: number; readonly y: number },
  reachPx: number,
): number | null {
  let best: number | null = null;
  let least = Infinity;
  for (let i = 0; i < places.length / 3; i++) {
    const [x, y, z] = [places[3 * i], places[3 * i + 1], places[3 * i + 2]];
    const clip = (row: number) =>
      matrix[row] * x + matrix[4 + row] * y + matrix[8 + row] * z + matrix[12 + row];
    const w = clip(3);
    if (w <= 0) continue;
    const dx = (clip(0) / w + 1) / 2 * box.width - at.x;
    const dy = (1 - clip(1) / w) / 2 * box.height - at.y;
    const distance = Math.hypot(dx, dy);
    if (distance > reachPx) continue;
    // A pixel off counts as much as a hundredth of the depth.
    const cost = distance + w * 2;
    if (cost < least) [best, least] = [i, cost];
  }
  return best;
}
