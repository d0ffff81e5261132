/** Several clouds as one, points that are the same in two of them taken once. */
export interface SharedPoints {
  /** [n, d] float32, the points that are projected */
  readonly points: Float32Array;
  readonly n: number;
  /** For each cloud and each of its points, which row of `points` it is. */
  readonly rows: readonly Int32Array[];
}

/** Points closer than this share of the clouds' root mean square norm are the same: float32's rounding, and little more. */
const sameShare = 1e-4;

/**
 * Joins clouds whose points correspond one to one. In a causal model the tokens before a changed word
 * have the same states in every member of a family; their particles are then one point of the picture
 * instead of as many copies as there are members, which would be each other's nearest neighbours and
 * tear the picture into specks. What is the same also lies at exactly the same place.
 *
 * @param clouds [n, d] float32 each, in order; a cloud of another size shares nothing
 * @returns arrays that the caller owns
 */
export function sharePoints(clouds: readonly Float32Array[], d: number): SharedPoints {
  let squares = 0;
  let count = 0;
  for (const cloud of clouds) {
    for (const x of cloud) squares += x * x;
    count += cloud.length / d;
  }
  const limit = sameShare ** 2 * squares / Math.max(1, count);
  const rows = clouds.map((cloud) => new Int32Array(cloud.length / d));
  const points = new Float32Array(count * d);
  let n = 0;
  clouds.forEach((cloud, c) => {
    const earlier = clouds.slice(0, c).map((other, i) => ({ other, rows: rows[i] }))
      .filter(({ other }) => other.length === cloud.length);
    for (let i = 0; i < rows[c].length; i++) {
      const twin = earlier.find(({ other }) => squaredDistance(cloud, other, i, d) <= limit);
      if (twin) rows[c][i] = twin.rows[i];
      else {
        points.set(cloud.subarray(i * d, (i + 1) * d), n * d);
        rows[c][i] = n++;
      }
    }
  });
  return { points: points.slice(0, n * d), n, rows };
}

function squaredDistance(a: Float32Array, b: Float32Array, i: number, d: number): number {
  let sum = 0;
  for (let c = i * d; c < (i + 1) * d; c++) sum += (a[c] - b[c]) ** 2;
  return sum;
}
