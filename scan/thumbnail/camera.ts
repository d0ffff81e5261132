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

/** Tilt from the cloud's flattest view, so that its depth shows: the three-quarter view. */
const yaw = 0.42;
const pitch = 0.3;
const fieldOfView = 0.7;
/** Share of the picture, across or down, that the particles fill. */
const fill = 0.86;

/**
 * Finds a view that fills a picture: the cloud's longest axis lies across it, its shortest points
 * to the eye, both then turned by a quarter; nearly all particles are inside the margins.
 *
 * @param clouds [nParticles, nDims] each: one frame, or all that are to be shown in the same view
 * @param aspect width / height
 */
export function fitView(clouds: readonly Float32Array[], nDims: number, aspect: number): View {
  const points = clouds.map((cloud) => toSpace(cloud, nDims));
  const total = points.reduce((sum, cloud) => sum + cloud.length / 3, 0);
  const centre = [0, 1, 2].map((dim) => {
    let sum = 0;
    for (const cloud of points) for (let i = dim; i < cloud.length; i += 3) sum += cloud[i];
    return sum / total;
  });
  const axes = nDims === 2 ? identity : tilt(principalAxes(points, centre));

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
  const x = extent(seen.map((eye) => eye.x));
  const y = extent(seen.map((eye) => eye.y));
  const zoom = fill / 2 / Math.max(x.half / aspect, y.half, 1e-6);
  return { ...rough, zoom, shift: [-x.middle * zoom, -(y.middle - 0.5) * zoom] };
}

/** Where nearly all numbers lie. */
function extent(parts: readonly Float32Array[]): { middle: number; half: number } {
  const sorted = Float32Array.from(parts.flatMap((part) => [...part])).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const [low, high] = [at(0.004), at(0.996)];
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

const identity = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];

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

/**
 * Eigenvectors of the covariance, largest first, by Jacobi rotations. Each points to where its
 * largest component is positive, so that like clouds get like views.
 */
function principalAxes(points: readonly Float32Array[], centre: readonly number[]): number[][] {
  const a = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
  for (const cloud of points) {
    for (let i = 0; i < cloud.length; i += 3) {
      for (let row = 0; row < 3; row++) {
        for (let column = 0; column < 3; column++) {
          a[row][column] += (cloud[i + row] - centre[row]) * (cloud[i + column] - centre[column]);
        }
      }
    }
  }
  const vectors = identity.map((row) => [...row]);
  for (let sweep = 0; sweep < 12; sweep++) {
    for (const [p, q] of [[0, 1], [0, 2], [1, 2]]) {
      if (a[p][q] === 0) continue;
      const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
      const cos = 1 / Math.sqrt(t * t + 1);
      const sin = t * cos;
      for (let k = 0; k < 3; k++) {
        [a[k][p], a[k][q]] = [cos * a[k][p] - sin * a[k][q], sin * a[k][p] + cos * a[k][q]];
      }
      for (let k = 0; k < 3; k++) {
        [a[p][k], a[q][k]] = [cos * a[p][k] - sin * a[q][k], sin * a[p][k] + cos * a[q][k]];
        const [vp, vq] = [vectors[p][k], vectors[q][k]];
        [vectors[p][k], vectors[q][k]] = [cos * vp - sin * vq, sin * vp + cos * vq];
      }
    }
  }
  const order = [0, 1, 2].sort((i, j) => a[j][j] - a[i][i]);
  const [first, second] = order.slice(0, 2).map((i) => {
    const largest = vectors[i].reduce((best, x) => Math.abs(x) > Math.abs(best) ? x : best, 0);
    return vectors[i].map((x) => largest < 0 ? -x : x);
  });
  return [first, second, cross(first, second)];
}

/** Turns the axes by yaw about up, then by pitch about right. */
function tilt([right, up, toEye]: number[][]): number[][] {
  const mix = (a: number[], b: number[], angle: number) =>
    a.map((x, i) => Math.cos(angle) * x + Math.sin(angle) * b[i]);
  const side = mix(right, toEye, yaw);
  const eye = mix(toEye, right, -yaw);
  return [side, mix(up, eye, pitch), mix(eye, up, -pitch)];
}

function cross(a: number[], b: number[]): number[] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
