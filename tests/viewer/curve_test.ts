import assert from "node:assert/strict";
import { areaPath, crossings, frameChart, linePath, valueAt } from "../../site/viewer/curve.ts";

const size = { width: 100, height: 50, inset: 5 };

Deno.test("frameChart() keeps every value and the base inside the insets", () => {
  const frame = frameChart(size, 3, [1, 4, NaN, 2], 0);
  assert.deepEqual([frame.min, frame.max], [0, 4]);
  assert.deepEqual([frame.y(4), frame.y(0)], [5, 45]);
  assert.deepEqual([frame.x(0), frame.x(1), frame.x(2)], [5, 50, 95]);
});

Deno.test("frameChart() stands for a single layer, equal values and none", () => {
  assert.equal(frameChart(size, 1, [2]).x(0), 50);
  assert.ok(Number.isFinite(frameChart(size, 2, [3, 3]).y(3)));
  assert.deepEqual([frameChart(size, 0, []).min, frameChart(size, 0, []).max], [0, 0]);
});

Deno.test("linePath() breaks where a value is missing", () => {
  const frame = frameChart(size, 4, [0, 1, 1, 0]);
  assert.equal(linePath(frame, [0, 1, NaN, 0]), "M5 45L35 5M95 45");
  assert.equal(linePath(frame, []), "");
});

Deno.test("areaPath() closes over the base, and gives nothing where a value is missing", () => {
  const frame = frameChart(size, 2, [0, 1]);
  assert.equal(areaPath(frame, [1, 0], 0), "M5 5L95 45L95 45L5 45Z");
  assert.equal(areaPath(frame, [1, NaN], 0), "");
  assert.equal(areaPath(frame, [], 0), "");
});

Deno.test("crossings() finds where a line passes a level, not where it touches it", () => {
  assert.deepEqual(crossings([1, -1]), [0.5]);
  assert.deepEqual(crossings([1, 0, 1]), []);
  assert.deepEqual(crossings([1, 0, -1]), [1]);
  assert.deepEqual(crossings([0, 0, 1]), []);
  assert.deepEqual(crossings([1, NaN, -1]), []);
  assert.deepEqual(crossings([3, 1, 3], 2), [0.5, 1.5]);
});

Deno.test("crossings() lie on the line through the values", () => {
  const values = [0.3, -1.2, 0.8, 2, -0.1];
  for (const place of crossings(values)) assert.ok(Math.abs(valueAt(values, place)) < 1e-12);
});

Deno.test("valueAt() runs straight between layers and stops at the ends", () => {
  assert.deepEqual([-1, 0, 0.5, 1, 9].map((at) => valueAt([2, 4], at)), [2, 2, 3, 4, 4]);
});
