// @ts-nocheck: AssemblyScript, checked by its own compiler. `deno task kernels` makes the bytes.
/**
 * One epoch of UMAP's optimiser, four lanes at a time: what `layout.ts` spends its time on.
 * `tests/projection/plain_layout.ts` is the same in plain TypeScript, bit for bit.
 *
 * Addresses are in bytes. Points have been shuffled, so that any four in a row are a random sample.
 */

/** Mantissa bits of a cell of the force tables, as in `forces.ts`. */
const cellBits: i32 = 6;
const firstCell: i32 = (127 - 20) << cellBits;
const lastCell: i32 = (40 << cellBits) - 1;
/** No component of a push exceeds this, as in umap-learn. */
const maxForce: f32 = 4;

/** Looks up the forces of four squared distances. */

function lookUp(table: usize, squared: v128): v128 {
  let cell = i32x4.sub(i32x4.shr_s(squared, 23 - cellBits), i32x4.splat(firstCell));
  cell = i32x4.min_s(i32x4.max_s(cell, i32x4.splat(0)), i32x4.splat(lastCell));
  const at = i32x4.shl(cell, 2);
  let force = v128.load32_zero(table + <usize> i32x4.extract_lane(at, 0));
  force = v128.load_lane<i32>(table + <usize> i32x4.extract_lane(at, 1), force, 1);
  force = v128.load_lane<i32>(table + <usize> i32x4.extract_lane(at, 2), force, 2);
  return v128.load_lane<i32>(table + <usize> i32x4.extract_lane(at, 3), force, 3);
}

/** Coordinates of the four points whose indices lie at `indices`. */

function gather(coordinates: usize, indices: usize): v128 {
  let four = v128.load32_zero(coordinates + (<usize> load<u32>(indices) << 2));
  four = v128.load_lane<i32>(coordinates + (<usize> load<u32>(indices, 4) << 2), four, 1);
  four = v128.load_lane<i32>(coordinates + (<usize> load<u32>(indices, 8) << 2), four, 2);
  return v128.load_lane<i32>(coordinates + (<usize> load<u32>(indices, 12) << 2), four, 3);
}

function squaredLength(x: v128, y: v128, z: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), f32x4.mul(z, z));
}

function clampForce(force: v128): v128 {
  return f32x4.pmin(f32x4.splat(maxForce), f32x4.pmax(f32x4.splat(-maxForce), force));
}

function sumLanes(v: v128): f32 {
  return (f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/**
 * Lists the tails of a row's edges that are due: those whose weight, added up epoch by epoch in 16
 * bits, has just run over.
 *
 * @param phases 8 × u16, where each of eight edges in a row begins to count
 * @param packings 16 × 16 bytes: shuffles that bring the lanes of a mask to the front
 * @returns address past the last tail
 */

function listDue(
  columns: usize,
  weights: usize,
  from: i32,
  to: i32,
  time: v128,
  phases: v128,
  packings: usize,
  tails: usize,
): usize {
  let end = tails;
  for (let e = from; e < to; e += 8) {
    const weight = v128.load(weights + (<usize> e << 1));
    const counted = i16x8.add(i16x8.mul(time, weight), phases);
    const due = i16x8.bitmask(i16x8.lt_u(counted, weight));
    const low = due & 15;
    const high = due >> 4;
    const at = columns + (<usize> e << 2);
    v128.store(end, i8x16.swizzle(v128.load(at), v128.load(packings + (<usize> low << 4))));
    end += <usize> popcnt(low) << 2;
    v128.store(end, i8x16.swizzle(v128.load(at, 16), v128.load(packings + (<usize> high << 4))));
    end += <usize> popcnt(high) << 2;
  }
  return end;
}

/**
 * Moves every point once.
 *
 * @param xs [nBlocks × 4] f32, then as many y and z; past the last point far away
 * @param starts [n + 1] i32, multiples of 8: a row's edges, filled up with weight 0
 * @param columns [nEdges] i32
 * @param weights [nEdges] u16, 65535 for the heaviest
 * @param attraction [nCells] f32, per unit of distance
 * @param repulsion [nCells] f32, 0 in the last cell
 * @param packings see `listDue`
 * @param tails room for the longest row and four more
 * @param epoch from 1
 * @param alpha learning rate
 * @param damping how far the pulls shorten a step
 * @param seed state of the random numbers, not 0
 * @returns the next epoch's seed
 */
export function runEpoch(
  n: i32,
  nBlocks: i32,
  nNegatives: i32,
  xs: usize,
  starts: usize,
  columns: usize,
  weights: usize,
  attraction: usize,
  repulsion: usize,
  packings: usize,
  tails: usize,
  epoch: i32,
  alpha: f32,
  damping: f32,
  seed: u32,
): u32 {
  const ys = xs + (<usize> nBlocks << 4);
  const zs = ys + (<usize> nBlocks << 4);
  const time = i16x8.splat(<i16> epoch);
  // Multiples of the golden ratio: edges of about the same weight take turns.
  const phases = i16x8(0, -25033, 15470, -9563, 30940, 5907, -19126, 21377);
  const lanes = i32x4(0, 1, 2, 3);
  let random = seed;
  let owed: i32 = 0;

  for (let head: i32 = 0; head < n; head++) {
    const at = <usize> head << 2;
    const from = load<i32>(starts + at);
    const to = load<i32>(starts + at, 4);
    const end = listDue(columns, weights, from, to, time, phases, packings, tails);
    const nDue = <i32> ((end - tails) >> 2);
    if (nDue == 0) continue;
    // Lanes past the last tail read the point itself.
    v128.store(end, i32x4.splat(head));

    const x = v128.load32_splat(xs + at);
    const y = v128.load32_splat(ys + at);
    const z = v128.load32_splat(zs + at);
    let fx = f32x4.splat(0);
    let fy = f32x4.splat(0);
    let fz = f32x4.splat(0);
    let stiffness = f32x4.splat(0);
    for (let j: i32 = 0; j < nDue; j += 4) {
      const four = tails + (<usize> j << 2);
      const dx = f32x4.sub(gather(xs, four), x);
      const dy = f32x4.sub(gather(ys, four), y);
      const dz = f32x4.sub(gather(zs, four), z);
      const isDue = i32x4.lt_s(i32x4.add(lanes, i32x4.splat(j)), i32x4.splat(nDue));
      const pull = v128.and(lookUp(attraction, squaredLength(dx, dy, dz)), isDue);
      fx = f32x4.add(fx, f32x4.mul(pull, dx));
      fy = f32x4.add(fy, f32x4.mul(pull, dy));
      fz = f32x4.add(fz, f32x4.mul(pull, dz));
      stiffness = f32x4.add(stiffness, pull);
    }

    owed += nDue * nNegatives;
    for (; owed >= 4; owed -= 4) {
      random ^= random << 13;
      random ^= random >> 17;
      random ^= random << 5;
      const block = <usize> ((<u64> random * <u64> nBlocks) >> 32) << 4;
      const dx = f32x4.sub(x, v128.load(xs + block));
      const dy = f32x4.sub(y, v128.load(ys + block));
      const dz = f32x4.sub(z, v128.load(zs + block));
      const push = lookUp(repulsion, squaredLength(dx, dy, dz));
      fx = f32x4.add(fx, clampForce(f32x4.mul(push, dx)));
      fy = f32x4.add(fy, clampForce(f32x4.mul(push, dy)));
      fz = f32x4.add(fz, clampForce(f32x4.mul(push, dz)));
    }

    const step = alpha / (1 + damping * sumLanes(stiffness));
    store<f32>(xs + at, f32x4.extract_lane(x, 0) + step * sumLanes(fx));
    store<f32>(ys + at, f32x4.extract_lane(y, 0) + step * sumLanes(fy));
    store<f32>(zs + at, f32x4.extract_lane(z, 0) + step * sumLanes(fz));
  }
  return random;
}
