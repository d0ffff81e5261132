import { createRandom } from "../onnx/random.ts";

/** Principal axes of a cloud, strongest first. */
export interface PrincipalAxes {
  /** [nAxes, d] unit vectors; each one's largest component is positive. */
  readonly axes: Float64Array;
  /** [nAxes] variance along each axis (divided by n, not n − 1). */
  readonly variances: Float64Array;
  /** [d] */
  readonly mean: Float64Array;
}

/**
 * Principal component analysis: eigenvectors of the d × d covariance by Jacobi rotations, in
 * float64. Deterministic, signs included. Costs O(n d² + d³): meant for codes, d up to a few hundred.
 *
 * @param points [n, d] float32, row-major
 * @param nAxes axes wanted; axes past d are zero with variance 0
 */
export function computePrincipalAxes(
  points: Float32Array,
  n: number,
  d: number,
  nAxes: number,
): PrincipalAxes {
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < d; c++) mean[c] += points[i * d + c];
  }
  for (let c = 0; c < d; c++) mean[c] /= Math.max(1, n);

  const covariance = new Float64Array(d * d);
  const row = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < d; c++) row[c] = points[i * d + c] - mean[c];
    for (let r = 0; r < d; r++) {
      const x = row[r];
      for (let c = r; c < d; c++) covariance[r * d + c] += x * row[c];
    }
  }
  for (let r = 0; r < d; r++) {
    for (let c = r; c < d; c++) {
      covariance[r * d + c] /= Math.max(1, n);
      covariance[c * d + r] = covariance[r * d + c];
    }
  }

  const { values, vectors } = decomposeSymmetric(covariance, d);
  const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a] || a - b);
  const axes = new Float64Array(nAxes * d);
  const variances = new Float64Array(nAxes);
  for (let k = 0; k < Math.min(nAxes, d); k++) {
    const column = order[k];
    let strongest = 0;
    for (let c = 0; c < d; c++) {
      const component = vectors[c * d + column];
      axes[k * d + c] = component;
      // Ties of rounding must not decide the sign: a later component has to be clearly larger.
      if (Math.abs(component) > Math.abs(strongest) * (1 + 1e-9)) strongest = component;
    }
    if (strongest < 0) {
      for (let c = 0; c < d; c++) axes[k * d + c] = -axes[k * d + c];
    }
    variances[k] = Math.max(0, values[column]);
  }
  return { axes, variances, mean };
}

/**
 * Coordinates of points along principal axes.
 *
 * @param points [n, d] float32
 * @returns [n, nAxes] float32, in the points' own unit
 */
export function projectOntoAxes(
  points: Float32Array,
  n: number,
  d: number,
  { axes, mean }: PrincipalAxes,
): Float32Array {
  const nAxes = axes.length / Math.max(1, d);
  const positions = new Float32Array(n * nAxes);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < nAxes; k++) {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += (points[i * d + c] - mean[c]) * axes[k * d + c];
      positions[i * nAxes + k] = sum;
    }
  }
  return positions;
}

/**
 * A layout to start UMAP from: principal components, each stretched to the box −5 … 5 with a
 * noise of 0.0001 that keeps equal points apart (umap-learn 0.5, `init="pca"` and the final
 * rescaling in `simplicial_set_embedding`; ours is centred).
 *
 * @returns [n, nDims] float32
 */
export function createStartLayout(
  points: Float32Array,
  n: number,
  d: number,
  nDims: number,
  seed: number,
): Float32Array {
  const layout = projectOntoAxes(points, n, d, computePrincipalAxes(points, n, d, nDims));
  const random = createRandom(seed);
  for (let k = 0; k < nDims; k++) {
    let min = Infinity;
    let max = -Infinity;
    for (let i = k; i < layout.length; i += nDims) {
      min = Math.min(min, layout[i]);
      max = Math.max(max, layout[i]);
    }
    const scale = max > min ? 10 / (max - min) : 0;
    const centre = (min + max) / 2;
    for (let i = k; i < layout.length; i += nDims) {
      layout[i] = (layout[i] - centre) * scale + (random.next() - 0.5) * 2e-4;
    }
  }
  return layout;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub & Van Loan,
 * Matrix Computations, 8.5).
 *
 * @param matrix [d, d] float64, symmetric; not changed
 * @returns values [d] and vectors [d, d], one vector a column, in no particular order
 */
export function decomposeSymmetric(
  matrix: Float64Array,
  d: number,
): { values: Float64Array; vectors: Float64Array } {
  const a = matrix.slice();
  const vectors = new Float64Array(d * d);
  for (let i = 0; i < d; i++) vectors[i * d + i] = 1;
  let total = 0;
  for (const x of a) total += x * x;

  for (let sweep = 0; sweep < 60; sweep++) {
    let offDiagonal = 0;
    for (let p = 0; p < d; p++) {
      for (let q = p + 1; q < d; q++) offDiagonal += a[p * d + q] ** 2;
    }
    if (offDiagonal <= 1e-30 * total) break;
    for (let p = 0; p < d; p++) {
      for (let q = p + 1; q < d; q++) rotate(a, vectors, d, p, q);
    }
  }
  return { values: Float64Array.from({ length: d }, (_, i) => a[i * d + i]), vectors };
}

/** Turns axes p and q so that a[p, q] becomes 0, and the vectors with them. */
function rotate(a: Float64Array, vectors: Float64Array, d: number, p: number, q: number): void {
  const apq = a[p * d + q];
  if (apq === 0) return;
  const theta = (a[q * d + q] - a[p * d + p]) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cos = 1 / Math.sqrt(t * t + 1);
  const sin = t * cos;
  for (let i = 0; i < d; i++) {
    const x = a[i * d + p];
    const y = a[i * d + q];
    a[i * d + p] = cos * x - sin * y;
    a[i * d + q] = sin * x + cos * y;
  }
  for (let i = 0; i < d; i++) {
    const x = a[p * d + i];
    const y = a[q * d + i];
    a[p * d + i] = cos * x - sin * y;
    a[q * d + i] = sin * x + cos * y;
  }
  for (let i = 0; i < d; i++) {
    const x = vectors[i * d + p];
    const y = vectors[i * d + q];
    vectors[i * d + p] = cos * x - sin * y;
    vectors[i * d + q] = sin * x + cos * y;
  }
}
