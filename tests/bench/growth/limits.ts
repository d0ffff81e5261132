/** Which sizes are worth starting: judged by what the sizes before them took. */

/** What a size took, against how large it was in the one direction that grows. */
export interface Cost {
  /** Particles, or layers. */
  readonly size: number;
  readonly seconds: number;
  readonly peakMiB: number;
}

export interface Limits {
  readonly seconds: number;
  readonly peakMiB: number;
}

/**
 * Why a size should not be started, or null where it may be. Times and memory go on as between the two
 * largest sizes so far, as a power of the size, and no faster than its square nor slower than in
 * proportion; after a single one, in proportion.
 *
 * @param before in ascending order of size
 */
export function reasonToSkip(before: readonly Cost[], size: number, limits: Limits): string | null {
  if (before.length === 0) return null;
  const seconds = foretell(before.map((cost) => [cost.size, cost.seconds]), size);
  if (seconds > limits.seconds) {
    return `it would take about ${Math.round(seconds / 60)} min, more than the ${
      limits.seconds / 60
    } min that a size may take`;
  }
  const peakMiB = foretell(before.map((cost) => [cost.size, cost.peakMiB]), size);
  if (peakMiB > limits.peakMiB) {
    return `it would need about ${(peakMiB / 1024).toFixed(1)} GiB, more than the ${
      (limits.peakMiB / 1024).toFixed(1)
    } GiB that are free`;
  }
  return null;
}

/** @param points [size, value] in ascending order, at least one */
function foretell(points: readonly (readonly [number, number])[], size: number): number {
  const [x, y] = points[points.length - 1];
  let exponent = 1;
  if (points.length > 1) {
    const [x0, y0] = points[points.length - 2];
    exponent = Math.min(2, Math.max(1, Math.log(y / y0) / Math.log(x / x0)));
  }
  return y * (size / x) ** exponent;
}
