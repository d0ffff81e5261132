import { displacements } from "./displacement.ts";

/**
 * How much of the motion that a picture shows between two members of a family is motion in code
 * space: R² of the best proportional fit of the displacements in the picture by those of the codes,
 * over all particles of all frames. 1 where everything moves in the picture as far as it does in code
 * space (up to one factor), small where the picture moves what stands still or hides what moves.
 *
 * @param codes [n, dCode] of either member
 * @param positions [n, nDims] of either member, in projection units
 * @returns 0 … 1, or null where nothing is displaced in either space
 * @throws {TypeError} if the members or the spaces differ in their number of points
 */
export function visibleChange(
  codes: readonly [Float32Array, Float32Array],
  dCode: number,
  positions: readonly [Float32Array, Float32Array],
  nDims: number,
): number | null {
  const moved = displacements(...codes, dCode);
  const seen = displacements(...positions, nDims);
  if (moved.length !== seen.length) {
    throw new TypeError(
      `Cannot compare displacements: expected ${moved.length} points in the picture, got ${seen.length}`,
    );
  }
  let [product, movedSquares, seenSquares] = [0, 0, 0];
  for (let i = 0; i < moved.length; i++) {
    product += moved[i] * seen[i];
    movedSquares += moved[i] ** 2;
    seenSquares += seen[i] ** 2;
  }
  return movedSquares > 0 && seenSquares > 0 ? product ** 2 / movedSquares / seenSquares : null;
}
