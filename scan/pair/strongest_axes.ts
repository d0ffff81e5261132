import { createRandom } from "../onnx/random.ts";
import { decomposeSymmetric } from "../projection/pca.ts";

/** Dimensions up to which all directions are computed. */
const fewDimensions = 192;
/** Directions that are followed beyond those wanted, and rounds, where there are more. */
const [extra, nRounds] = [9, 6];

/** The directions in which vectors are longest. */
export interface StrongestAxes {
  /** [nAxes, d] unit vectors, strongest first; each one's largest component is positive. Past d they are zero. */
  readonly axes: Float64Array;
  /** Share of the vectors' squared length along them, 0 … 1; 0 where all are zero. */
  readonly explained: number;
}

/**
 * Eigenvectors of the second moment XᵀX, which unlike a covariance is not centred. In up to 192
 * dimensions all of them by Jacobi rotations; in more, the strongest by subspace iteration from a
 * seeded start (Halko, Martinsson & Tropp 2011, arXiv 0909.4061), whose cost is linear in d.
 *
 * @param x [n, d] float32, not changed
 * @param seed for the start of the iteration
 */
export function findStrongestAxes(
  x: Float32Array,
  n: number,
  d: number,
  nAxes: number,
  seed: number,
): StrongestAxes {
  let basis = identity(d);
  if (d > fewDimensions) {
    const random = createRandom(seed);
    basis = Float64Array.from({ length: (nAxes + extra) * d }, () => random.next() - 0.5);
    orthonormalise(basis, d);
    for (let round = 0; round < nRounds; round++) {
      basis = turn(x, n, d, basis);
      orthonormalise(basis, d);
    }
  }
  const width = basis.length / Math.max(1, d);
  const turned = d > fewDimensions ? turn(x, n, d, basis) : secondMoment(x, n, d);
  // XᵀX as the basis sees it. [width, width]
  const small = new Float64Array(width * width);
  for (let r = 0; r < width; r++) {
    for (let c = 0; c < width; c++) {
      for (let i = 0; i < d; i++) small[r * width + c] += basis[r * d + i] * turned[c * d + i];
    }
  }
  const { values, vectors } = decomposeSymmetric(small, width);
  const order = Array.from(values.keys()).sort((p, q) => values[q] - values[p] || p - q);
  const axes = new Float64Array(nAxes * d);
  let [held, all] = [0, 0];
  for (const value of x) all += value * value;
  order.slice(0, nAxes).forEach((column, k) => {
    held += Math.max(0, values[column]);
    const axis = axes.subarray(k * d, (k + 1) * d);
    for (let r = 0; r < width; r++) {
      for (let i = 0; i < d; i++) axis[i] += vectors[r * width + column] * basis[r * d + i];
    }
    // Rounding must not decide the sign: a later component has to be clearly larger.
    const strongest = axis.reduce(
      (most, y) => Math.abs(y) > Math.abs(most) * (1 + 1e-9) ? y : most,
      0,
    );
    if (strongest < 0) axis.forEach((y, i) => axis[i] = -y);
  });
  return { axes, explained: all > 0 ? Math.min(1, held / all) : 0 };
}

function identity(d: number): Float64Array {
  const matrix = new Float64Array(d * d);
  for (let i = 0; i < d; i++) matrix[i * d + i] = 1;
  return matrix;
}

function secondMoment(x: Float32Array, n: number, d: number): Float64Array {
  const moment = new Float64Array(d * d);
  for (let row = 0; row < n * d; row += d) {
    for (let r = 0; r < d; r++) {
      const value = x[row + r];
      if (value === 0) continue;
      for (let c = r; c < d; c++) moment[r * d + c] += value * x[row + c];
    }
  }
  for (let r = 0; r < d; r++) for (let c = 0; c < r; c++) moment[r * d + c] = moment[c * d + r];
  return moment;
}

/** Each vector of a basis times XᵀX. [width, d] */
function turn(x: Float32Array, n: number, d: number, basis: Float64Array): Float64Array {
  const turned = new Float64Array(basis.length);
  for (let row = 0; row < n * d; row += d) {
    for (let at = 0; at < basis.length; at += d) {
      let along = 0;
      for (let i = 0; i < d; i++) along += x[row + i] * basis[at + i];
      if (along !== 0) { for (let i = 0; i < d; i++) turned[at + i] += along * x[row + i]; }
    }
  }
  return turned;
}

/** Gram–Schmidt, twice; a vector that depends on those before it becomes zero. */
function orthonormalise(basis: Float64Array, d: number): void {
  for (let at = 0; at < basis.length; at += d) {
    const vector = basis.subarray(at, at + d);
    const before = Math.hypot(...vector);
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < at; other += d) {
        let along = 0;
        for (let i = 0; i < d; i++) along += vector[i] * basis[other + i];
        for (let i = 0; i < d; i++) vector[i] -= along * basis[other + i];
      }
    }
    const norm = Math.hypot(...vector);
    const scale = norm > 1e-10 * before ? 1 / norm : 0;
    for (let i = 0; i < d; i++) vector[i] *= scale;
  }
}
