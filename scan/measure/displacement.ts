import { type LayerMeasure, meanOfRows } from "./types.ts";

/**
 * How far each point moved: particles between two frames, or between two members of a family, in the
 * picture or in code space.
 *
 * @param before [n, nDims] float32
 * @param now the same points
 * @returns [n], in the points' own unit; the caller owns it
 * @throws {TypeError} if the two differ in length
 */
export function displacements(
  before: Float32Array,
  now: Float32Array,
  nDims: number,
): Float64Array {
  if (before.length !== now.length) {
    throw new TypeError(
      `Cannot compare two clouds: expected equally many coordinates, got ${before.length} and ` +
        `${now.length}. Pass frames of one scan, or members encoded together.`,
    );
  }
  return Float64Array.from({ length: now.length / nDims }, (_, particle) => {
    let square = 0;
    for (let i = particle * nDims; i < (particle + 1) * nDims; i++) {
      square += (now[i] - before[i]) ** 2;
    }
    return Math.sqrt(square);
  });
}

/** Mean distance that a particle moved since the frame before, 0 for the first. */
export const meanDisplacement: LayerMeasure = {
  title: "Motion of the particles",
  unit: "projection units",
  compute: ({ positions, nDims }) =>
    Float64Array.from(positions, (now, frame) => {
      return frame === 0 ? 0 : meanOfRows(displacements(positions[frame - 1], now, nDims), 1)[0];
    }),
};
