/** Where the eye stands: an orthonormal frame looking at a centre, and how large the picture is. */
export interface View {
  /** [3] in projection units */
  readonly centre: readonly number[];
  /** Rows are the screen's right, up and towards the eye. [3, 3] */
  readonly axes: readonly (readonly number[])[];
  /** Distance of the eye from the centre, in projection units. */
  readonly distance: number;
  /** Size of one projection unit at the centre's depth, as a share of the picture's height. */
  readonly zoom: number;
  /** Moves the picture to the right and down, as shares of its height. */
  readonly shift: readonly [number, number];
}

/** A particle on the screen. */
export interface Projected {
  /** [nParticles] pixels from the left, from the top */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** [nParticles] 0 nearest … 1 farthest, among these particles */
  readonly depth: Float32Array;
  /** [nParticles] size of things at the particle, 1 at the centre's depth */
  readonly scale: Float32Array;
}

/** The viewer's own first look, from the cloud's principal axes instead of the projection's. */
const azimuth = 0.6;
const polar = 1.25;
const fieldOfView = 34 * Math.PI / 180;
/** Share of the picture, across or down, that the particles fill. */
const fill = 0.86;

/**
 * Finds a view that fills a picture: the cloud's longest axis lies across it and its shortest points to
 * the eye, which then moves a little to the right and up. All particles are in the picture, nearly all
 * within its margins. Two dimensions are seen straight on.
 *
 * @param clouds [nParticles, nDims] each: one frame, or all that are to be shown in the same view
 * @param aspect width / height
 * @param axesFrom what the axes are taken from; all frames of a scan keep it from turning with the shown one
 */
export function fitView(
  clouds: readonly Float32Array[],
  nDims: number,
  aspect: number,
  axesFrom: readonly Float32Array[] = clouds,
): View {
  const points = clouds.map((cloud) => toSpace(cloud, nDims));
  const total = points.reduce((sum, cloud) => sum + cloud.length / 3, 0);
  const centre = [0, 1, 2].map((dim) => {
    let sum = 0;
    for (const cloud of points) for (let i = dim; i < cloud.length; i += 3) sum += cloud[i];
    return sum / total;
  });
  const axes = nDims === 2
    ? axesTowards([0, 0, 1])
    : turn(axesTowards(viewer), principalAxes(axesFrom));

  // In the eye's frame, centred on the middle of what is seen, not on the mean.
  const reach = axes.map((axis) => extent(points.map((cloud) => along(cloud, centre, axis))));
  const moved = centre.map((value, dim) =>
    value + axes.reduce((sum, axis, i) => sum + axis[dim] * reach[i].middle, 0)
  );
  const half = Math.max(reach[0].half / aspect, reach[1].half, 1e-6);
  const distance = half / Math.tan(fieldOfView / 2) + reach[2].half;

  // What stands nearer looks larger: measure what is seen, then shift and enlarge it to fit.
  const rough: View = { centre: moved, axes, distance, zoom: 1, shift: [0, 0] };
  const seen = clouds.map((cloud) => project(rough, cloud, nDims, 0, 1));
  const [xs, ys] = [seen.map((eye) => eye.x), seen.map((eye) => eye.y)];
  const [x, y] = [extent(xs), extent(ys)];
  const farthest = Math.max(farFrom(xs, x.middle) / aspect, farFrom(ys, y.middle), 1e-6);
  const zoom = Math.min(fill / Math.max(x.half / aspect, y.half, 1e-6), 0.96 / farthest) / 2;
  return { ...rough, zoom, shift: [-x.middle * zoom, -(y.middle - 0.5) * zoom] };
}

function farFrom(parts: readonly Float32Array[], middle: number): number {
  return parts.flatMap((part) => [...part])
    .reduce((most, value) => Math.max(most, Math.abs(value - middle)), 0);
}

/** Where nearly all numbers lie. */
function extent(parts: readonly Float32Array[]): { middle: number; half: number } {
  const sorted = Float32Array.from(parts.flatMap((part) => [...part])).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const [low, high] = [at(0.01), at(0.99)];
  return { middle: (low + high) / 2, half: (high - low) / 2 };
}

/** @param positions [nParticles, nDims] float32 */
export function project(
  view: View,
  positions: Float32Array,
  nDims: number,
  width: number,
  height: number,
): Projected {
  const points = toSpace(positions, nDims);
  const n = points.length / 3;
  const [right, up, toEye] = view.axes.map((axis) => along(points, view.centre, axis));
  const x = new Float32Array(n);
  const y = new Float32Array(n);
  const scale = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    scale[i] = view.distance / Math.max(view.distance - toEye[i], view.distance * 0.2);
    const pixels = view.zoom * height * scale[i];
    x[i] = width / 2 + view.shift[0] * height + right[i] * pixels;
    y[i] = height / 2 + view.shift[1] * height - up[i] * pixels;
  }
  let near = -Infinity;
  let far = Infinity;
  for (const z of toEye) {
    near = Math.max(near, z);
    far = Math.min(far, z);
  }
  const range = near - far || 1;
  return { x, y, scale, depth: toEye.map((z) => (near - z) / range) };
}

const viewer = [
  Math.sin(polar) * Math.sin(azimuth),
  Math.cos(polar),
  Math.sin(polar) * Math.cos(azimuth),
];

/** Right, up and towards an eye that looks from a direction of length 1, with y up. */
function axesTowards([x, y, z]: readonly number[]): number[][] {
  const flat = Math.hypot(x, z);
  return [[z / flat, 0, -x / flat], [-x * y / flat, flat, -z * y / flat], [x, y, z]];
}

/** [n, 2 or 3] to [n, 3]. */
function toSpace(cloud: Float32Array, nDims: number): Float32Array {
  if (nDims === 3) return cloud;
  const space = new Float32Array(cloud.length / 2 * 3);
  for (let i = 0; i < cloud.length / 2; i++) {
    space[3 * i] = cloud[2 * i];
    space[3 * i + 1] = cloud[2 * i + 1];
  }
  return space;
}

/** Coordinates along one axis. */
function along(
  points: Float32Array,
  centre: readonly number[],
  axis: readonly number[],
): Float32Array {
  return new Float32Array(points.length / 3).map((_, i) =>
    axis.reduce((sum, share, dim) => sum + (points[3 * i + dim] - centre[dim]) * share, 0)
  );
}

/** Axes that are given in another frame's axes. Rows are vectors. [3, 3] */
function turn(axes: number[][], frame: number[][]): number[][] {
  return axes.map((axis) =>
    [0, 1, 2].map((dim) => axis.reduce((sum, share, i) => sum + share * frame[i][dim], 0))
  );
}

/**
 * Eigenvectors of the covariance as rows, longest first, right-handed. The first two point to where
 * their largest component is positive, so that like clouds get like views.
 */
function principalAxes(clouds: readonly Float32Array[]): number[][] {
  const vectors = eigenvectors(covariance(clouds));
  const [first, second] = vectors.map((vector) => {
    const largest = vector.reduce((best, x) => Math.abs(x) > Math.abs(best) + 1e-9 ? x : best, 0);
    return largest < 0 ? vector.map((x) => -x) : vector;
  });
  const third = [
    first[1] * second[2] - first[2] * second[1],
    first[2] * second[0] - first[0] * second[2],
    first[0] * second[1] - first[1] * second[0],
  ];
  return [first, second, third];
}

/** @param clouds [n, 3] each @returns [3, 3] */
function covariance(clouds: readonly Float32Array[]): number[][] {
  const sums = [0, 0, 0];
  const products = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
  let n = 0;
  for (const cloud of clouds) {
    for (let i = 0; i < cloud.length; i += 3) {
      for (let row = 0; row < 3; row++) {
        sums[row] += cloud[i + row];
        for (let column = 0; column < 3; column++) {
          products[row][column] += cloud[i + row] * cloud[i + column];
        }
      }
      n++;
    }
  }
  return products.map((row, i) => row.map((value, j) => value / n - sums[i] / n * (sums[j] / n)));
}

/** Of a symmetric 3 × 3 matrix by Jacobi's rotations, as rows, largest eigenvalue first. */
function eigenvectors(matrix: number[][]): number[][] {
  const a = matrix.map((row) => [...row]);
  const rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
  for (let sweep = 0; sweep < 12; sweep++) {
    for (const [p, q] of [[0, 1], [0, 2], [1, 2]]) {
      if (Math.abs(a[p][q]) < 1e-12) continue;
      const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
      const cos = 1 / Math.sqrt(t * t + 1);
      const sin = t * cos;
      const rotate = (x: number, y: number): [number, number] => [
        cos * x - sin * y,
        sin * x + cos * y,
      ];
      for (const row of a) [row[p], row[q]] = rotate(row[p], row[q]);
      for (let k = 0; k < 3; k++) [a[p][k], a[q][k]] = rotate(a[p][k], a[q][k]);
      for (let k = 0; k < 3; k++) [rows[p][k], rows[q][k]] = rotate(rows[p][k], rows[q][k]);
    }
  }
  return [0, 1, 2].sort((i, j) => a[j][j] - a[i][i]).map((i) => rows[i]);
}
