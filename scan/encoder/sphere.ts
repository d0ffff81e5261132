/**
 * Points spread evenly over the unit sphere: the Fibonacci lattice (González 2010), neighbours about
 * 3.5 / √n apart.
 *
 * @returns [n, 3] float64
 */
export function placeOnSphere(n: number): Float64Array {
  const goldenAngle = Math.PI * (3 - Math.sqrt(5));
  const points = new Float64Array(n * 3);
  for (let i = 0; i < n; i++) {
    const z = 1 - (2 * i + 1) / n;
    const radius = Math.sqrt(1 - z * z);
    points[i * 3] = radius * Math.cos(goldenAngle * i);
    points[i * 3 + 1] = radius * Math.sin(goldenAngle * i);
    points[i * 3 + 2] = z;
  }
  return points;
}

/**
 * The real spherical harmonics of degrees 0 to 2 at given points, each scaled to a mean square of 1
 * over the sphere: constant, three linear, five quadratic.
 *
 * @param points [n, 3] on the unit sphere
 * @returns [n, 9] float64
 */
export function evaluateHarmonics(points: Float64Array): Float64Array {
  const n = points.length / 3;
  const values = new Float64Array(n * nHarmonics);
  for (let i = 0; i < n; i++) {
    const [x, y, z] = points.subarray(i * 3, i * 3 + 3);
    const mixed = Math.sqrt(15);
    values.set([
      1,
      Math.sqrt(3) * x,
      Math.sqrt(3) * y,
      Math.sqrt(3) * z,
      mixed * x * y,
      mixed * y * z,
      mixed * z * x,
      mixed / 2 * (x * x - y * y),
      Math.sqrt(5) / 2 * (3 * z * z - 1),
    ], i * nHarmonics);
  }
  return values;
}

const nHarmonics = 9;
