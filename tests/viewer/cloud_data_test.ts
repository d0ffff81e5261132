import assert from "node:assert/strict";
import {
  extentOf,
  identityOf,
  motionOf,
  quantile,
  spacingOf,
} from "../../site/viewer/cloud_data.ts";

Deno.test("motionOf() measures the way of each particle", () => {
  const before = Float32Array.from([0, 0, 0, 1, 1, 1]);
  const after = Float32Array.from([3, 4, 0, 1, 1, 1]);
  assert.deepEqual([...motionOf(before, after, 3)], [5, 0]);
  assert.deepEqual([...motionOf(null, after, 3)], [0, 0]);
  assert.deepEqual([...motionOf(null, new Float32Array(0), 3)], []);
});

Deno.test("spacingOf() is the mean distance to those that were found", () => {
  const indices = Int32Array.from([1, 2, 0, -1]);
  const distances = Float32Array.from([1, 3, 1, Infinity]);
  assert.deepEqual([...spacingOf({ k: 2, indices, distances })], [2, 1]);
  const none = { k: 2, indices: Int32Array.of(-1, -1), distances: Float32Array.of(9, 9) };
  assert.deepEqual([...spacingOf(none)], [0]);
});

Deno.test("identityOf() ranks along the longest direction, evenly", () => {
  const along = Float32Array.from([5, 0.1, -2, 0, 9, 0.2, 1, -0.1]);
  const rank = [...identityOf(along, 2)].map((value) => Math.round(value * 3));
  const up = [2, 0, 3, 1];
  // A direction has two signs; either is right.
  assert.ok([up, up.map((value) => 3 - value)].some((want) => String(want) === String(rank)));
  assert.deepEqual([...identityOf(Float32Array.of(1, 2, 3), 3)], [0.5]);
  assert.deepEqual([...identityOf(new Float32Array(0), 3)], []);
  assert.ok(identityOf(new Float32Array(30), 3).every(Number.isFinite));
});

Deno.test("extentOf() does not follow a far outlier", () => {
  const n = 200;
  const positions = new Float32Array(n * 3);
  for (let i = 0; i < n; i++) positions.set([Math.cos(i), Math.sin(i), 0], i * 3);
  const calm = extentOf(positions, 3);
  positions.set([500, 0, 0], 0);
  const pulled = extentOf(positions, 3);
  assert.ok(Math.abs(calm.radius - pulled.radius) < 0.1);
  assert.ok(Math.hypot(...pulled.centre) < 0.1);
});

Deno.test("extentOf() has a radius above 0 for no particle, one, and many in one place", () => {
  for (const n of [0, 1, 2, 50]) {
    for (const nDims of [2, 3]) {
      const { centre, radius } = extentOf(new Float32Array(n * nDims).fill(3), nDims);
      assert.ok(radius > 0 && centre.every(Number.isFinite));
    }
  }
});

Deno.test("quantile() interpolates and leaves its input alone", () => {
  const values = Float32Array.of(3, 1, 2);
  assert.equal(quantile(values, 0.5), 2);
  assert.equal(quantile(values, 0.25), 1.5);
  assert.equal(quantile(new Float32Array(0), 0.5), 0);
  assert.deepEqual([...values], [3, 1, 2]);
});
