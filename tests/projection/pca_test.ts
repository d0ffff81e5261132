import assert from "node:assert/strict";
import {
  computePrincipalAxes,
  createStartLayout,
  decomposeSymmetric,
  projectOntoAxes,
} from "../../scan/projection/pca.ts";
import { createRandom } from "../../scan/onnx/random.ts";

/** Sum of independent uniform numbers: near enough to normal, mean 0, variance 1. */
function createNormal(seed: number): () => number {
  const random = createRandom(seed);
  return () => Array.from({ length: 12 }, random.next).reduce((a, b) => a + b) - 6;
}

Deno.test("computePrincipalAxes() finds axes and variances when the covariance is known", () => {
  const normal = createNormal(1);
  const n = 20_000;
  // Standard deviations 3, 2, 0.5 along axes turned by 30° in the plane of the first two.
  const [cos, sin] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
  const points = new Float32Array(n * 3);
  for (let i = 0; i < n; i++) {
    const [u, v, w] = [3 * normal(), 2 * normal(), 0.5 * normal()];
    points.set([cos * u - sin * v + 7, sin * u + cos * v - 2, w], i * 3);
  }
  const { axes, variances, mean } = computePrincipalAxes(points, n, 3, 3);
  const near = (actual: ArrayLike<number>, expected: number[], tolerance: number) =>
    expected.forEach((x, i) =>
      assert.ok(Math.abs(actual[i] - x) < tolerance, `${actual[i]} is not near ${x}`)
    );
  near(mean, [7, -2, 0], 0.1);
  near(variances, [9, 4, 0.25], 0.3);
  near(axes, [cos, sin, 0, -sin, cos, 0, 0, 0, 1], 0.03);
});

Deno.test("decomposeSymmetric() rebuilds the matrix when it is multiplied out", () => {
  const normal = createNormal(2);
  for (const d of [1, 2, 16, 40]) {
    const matrix = new Float64Array(d * d);
    for (let r = 0; r < d; r++) {
      for (let c = r; c < d; c++) matrix[r * d + c] = matrix[c * d + r] = normal();
    }
    const { values, vectors } = decomposeSymmetric(matrix, d);
    for (let r = 0; r < d; r++) {
      for (let c = 0; c < d; c++) {
        let [rebuilt, product] = [0, 0];
        for (let k = 0; k < d; k++) {
          rebuilt += vectors[r * d + k] * values[k] * vectors[c * d + k];
          product += vectors[k * d + r] * vectors[k * d + c];
        }
        assert.ok(Math.abs(rebuilt - matrix[r * d + c]) < 1e-10);
        assert.ok(Math.abs(product - (r === c ? 1 : 0)) < 1e-10);
      }
    }
  }
});

Deno.test("projectOntoAxes() keeps distances when all axes are kept", () => {
  const normal = createNormal(3);
  const points = Float32Array.from({ length: 50 * 4 }, normal);
  const turned = projectOntoAxes(points, 50, 4, computePrincipalAxes(points, 50, 4, 4));
  const distance = (x: Float32Array, i: number, j: number) =>
    Math.hypot(...[0, 1, 2, 3].map((c) => x[i * 4 + c] - x[j * 4 + c]));
  for (let i = 1; i < 50; i++) {
    assert.ok(Math.abs(distance(points, 0, i) - distance(turned, 0, i)) < 1e-5);
  }
});

Deno.test("computePrincipalAxes() chooses the same signs when points are mirrored twice or repeated", () => {
  const normal = createNormal(4);
  const points = Float32Array.from({ length: 60 * 3 }, normal);
  const { axes } = computePrincipalAxes(points, 60, 3, 3);
  for (let k = 0; k < 3; k++) {
    const axis = [...axes.subarray(k * 3, k * 3 + 3)];
    const strongest = axis.reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a);
    assert.ok(strongest > 0);
  }
  const mirrored = computePrincipalAxes(points.map((x) => -x), 60, 3, 3).axes;
  axes.forEach((x, i) => assert.ok(Math.abs(x - mirrored[i]) < 1e-9));
});

Deno.test("computePrincipalAxes() gives zero axes when dimensions or points are missing", () => {
  const { axes, variances } = computePrincipalAxes(Float32Array.of(1, 2, 3), 3, 1, 3);
  assert.deepEqual([...axes], [1, 0, 0]);
  assert.ok(Math.abs(variances[0] - 2 / 3) < 1e-9);
  assert.deepEqual([...variances.subarray(1)], [0, 0]);
  for (const n of [0, 1]) {
    const one = computePrincipalAxes(new Float32Array(n * 2).fill(5), n, 2, 2);
    assert.ok([...one.axes, ...one.variances, ...one.mean].every(Number.isFinite));
  }
});

Deno.test("createStartLayout() fills a centred box of side 10 and parts equal points", () => {
  const normal = createNormal(5);
  const points = Float32Array.from({ length: 200 * 5 }, normal);
  points.copyWithin(0, 5, 10);
  const layout = createStartLayout(points, 200, 5, 3, 1);
  for (let c = 0; c < 3; c++) {
    const column = Array.from({ length: 200 }, (_, i) => layout[i * 3 + c]);
    assert.ok(Math.abs(Math.max(...column) - 5) < 1e-3);
    assert.ok(Math.abs(Math.min(...column) + 5) < 1e-3);
  }
  assert.notDeepEqual(layout.subarray(0, 3), layout.subarray(3, 6));
  assert.deepEqual(layout, createStartLayout(points, 200, 5, 3, 1));
});
