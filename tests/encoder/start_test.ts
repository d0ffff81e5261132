import assert from "node:assert/strict";
import { poolStates } from "../../scan/encoder/pool.ts";
import { createAnchors } from "../../scan/encoder/anchors.ts";
import { createPooledStart } from "../../scan/encoder/pooled_start.ts";
import { paceOf, type PooledSizes } from "../../scan/encoder/pooled_graph.ts";
import { evaluateHarmonics, placeOnSphere } from "../../scan/encoder/sphere.ts";

const sizes: PooledSizes = { dModel: 32, hidden: 64, particles: 500, code: 8 };

const meanSquare = (values: Float32Array) =>
  values.reduce((sum, x) => sum + x * x, 0) / values.length;

Deno.test("placeOnSphere() spreads points evenly over the unit sphere", () => {
  for (const n of [1, 2, 400]) {
    const points = placeOnSphere(n);
    for (let i = 0; i < n; i++) {
      const [x, y, z] = points.subarray(i * 3, i * 3 + 3);
      assert.ok(Math.abs(x * x + y * y + z * z - 1) < 1e-12);
    }
  }
  const points = placeOnSphere(400);
  for (let i = 0; i < 400; i++) {
    let least = Infinity;
    for (let j = 0; j < 400; j++) {
      const squares = [0, 1, 2].map((c) => (points[i * 3 + c] - points[j * 3 + c]) ** 2);
      if (j !== i) least = Math.min(least, Math.sqrt(squares[0] + squares[1] + squares[2]));
    }
    assert.ok(least > 0.1 && least < 0.2, `${least}`);
  }
});

Deno.test("evaluateHarmonics() is orthonormal over the sphere", () => {
  const n = 5000;
  const nHarmonics = 9;
  const values = evaluateHarmonics(placeOnSphere(n));
  for (let a = 0; a < nHarmonics; a++) {
    for (let b = 0; b < nHarmonics; b++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += values[i * nHarmonics + a] * values[i * nHarmonics + b];
      assert.ok(Math.abs(sum / n - (a === b ? 1 : 0)) < 0.01, `${a}, ${b}`);
    }
  }
});

Deno.test("createPooledStart() has the variance of PyTorch's start in every layer", () => {
  const start = createPooledStart(sizes, 1);
  const fanIn = { read: 32, spread: 64, gather: 4000, rebuild: 64 };
  for (const [layer, n] of Object.entries(fanIn)) {
    const scale = paceOf(layer, sizes) ** 2 * 3 * n;
    const measured = meanSquare(start[`${layer}.weight`]) * scale;
    assert.ok(Math.abs(measured - 1) < 0.1, `${layer}: ${measured}`);
  }
  assert.deepEqual(start, createPooledStart(sizes, 1));
  assert.notDeepEqual(start["read.weight"], createPooledStart(sizes, 2)["read.weight"]);
});

Deno.test("createAnchors() has mean square 1 and is alike for particles that stand together", () => {
  const { particles, code } = sizes;
  const anchors = createAnchors(particles, code, 1);
  assert.ok(Math.abs(meanSquare(anchors) - 1) < 0.35, `${meanSquare(anchors)}`);
  const points = placeOnSphere(particles);
  let [near, nNear, far, nFar] = [0, 0, 0, 0];
  for (let i = 0; i < particles; i++) {
    for (let j = 0; j < i; j++) {
      let [cosine, product] = [0, 0];
      for (let c = 0; c < 3; c++) cosine += points[i * 3 + c] * points[j * 3 + c];
      for (let c = 0; c < code; c++) product += anchors[i * code + c] * anchors[j * code + c];
      if (cosine > 0.95) [near, nNear] = [near + product / code, nNear + 1];
      if (Math.abs(cosine) < 0.1) [far, nFar] = [far + product / code, nFar + 1];
    }
  }
  assert.ok(near / nNear > 0.4, `${near / nNear}`);
  assert.ok(Math.abs(far / nFar) < 0.4, `${far / nFar}`);
});

Deno.test("poolStates() averages over tokens, centres, and scales by one number", () => {
  // Two states of two numbers, two tokens each: means [2, 0] and [6, 0], then [4, 3] and [4, 5].
  const member = (...states: number[]) => ({
    states: Float32Array.from(states),
    nTokens: 2,
    dModel: 2,
  });
  const { m, nStates, vectors, variance } = poolStates([
    member(1, -1, 3, 1, 6, 0, 6, 0),
    member(4, 2, 4, 4, 5, 5, 3, 5),
  ]);
  assert.deepEqual([m, nStates], [4, 2]);
  const centred = [-2, -2, 2, -2, 0, 1, 0, 3];
  const expected = centred.reduce((sum, x) => sum + x * x, 0) / 8;
  assert.equal(variance, expected);
  centred.forEach((x, i) => assert.ok(Math.abs(vectors[i] - x / Math.sqrt(expected)) < 1e-6));
});
