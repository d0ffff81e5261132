import type { EncodedMember } from "../encoder/mod.ts";
import { type PrincipalAxes, projectOntoAxes } from "../projection/pca.ts";
import { findStrongestAxes } from "./strongest_axes.ts";
import type { DifferenceView } from "./types.ts";

/**
 * Both clouds seen along the three directions in which they differ most: the strongest principal
 * directions of the differences b − a of all particles at all frames. The differences are not centred,
 * since what all of them have in common is part of the difference; particles that stand still add
 * nothing. The clouds are centred on their common mean and share one box.
 *
 * @param a codes [nFrames, nParticles, dCode]
 * @param b codes of the same particles
 * @param seed for the search among many dimensions
 * @returns frames that the caller owns; `explained` is the directions' share of the differences' squared
 *   length, 0 where nothing differs. Axes past dCode are 0 everywhere
 * @throws {TypeError} if the two differ in particles, dimensions or frames
 */
export function viewDifference(
  a: EncodedMember,
  b: EncodedMember,
  nFrames: number,
  seed: number,
): DifferenceView {
  const { nParticles, dCode, codes } = a;
  if (b.nParticles !== nParticles || b.dCode !== dCode || b.codes.length !== codes.length) {
    throw new TypeError(
      `Cannot view a difference: expected ${nParticles} particles of ${dCode} numbers at ${nFrames} ` +
        `frames in both, got ${b.nParticles} of ${b.dCode}. Encode the two together.`,
    );
  }
  const n = nFrames * nParticles;
  const difference = codes.map((x, i) => b.codes[i] - x);
  const { axes, explained } = findStrongestAxes(difference, n, dCode, 3, seed);
  const frame: PrincipalAxes = {
    axes,
    variances: new Float64Array(3),
    mean: commonMean([codes, b.codes], dCode),
  };
  const cut = (whole: Float32Array) =>
    Array.from(
      { length: nFrames },
      (_, i) => whole.slice(i * nParticles * 3, (i + 1) * nParticles * 3),
    );
  const clouds = [codes, b.codes].map((points) => projectOntoAxes(points, n, dCode, frame));
  return { a: cut(clouds[0]), b: cut(clouds[1]), box: boxOf(clouds), explained };
}

function commonMean(clouds: readonly Float32Array[], d: number): Float64Array {
  const mean = new Float64Array(d);
  let count = 0;
  for (const cloud of clouds) {
    for (let i = 0; i < cloud.length; i++) mean[i % d] += cloud[i];
    count += cloud.length / d;
  }
  return mean.map((sum) => sum / Math.max(1, count));
}

/** @param clouds [n, 3] each */
function boxOf(clouds: readonly Float32Array[]): DifferenceView["box"] {
  const some = clouds.some(({ length }) => length > 0);
  const min = [0, 1, 2].map(() => some ? Infinity : 0);
  const max = [0, 1, 2].map(() => some ? -Infinity : 0);
  for (const cloud of clouds) {
    for (let i = 0; i < cloud.length; i++) {
      min[i % 3] = Math.min(min[i % 3], cloud[i]);
      max[i % 3] = Math.max(max[i % 3], cloud[i]);
    }
  }
  return { min, max };
}
