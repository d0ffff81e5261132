import assert from "node:assert/strict";
import { gatherRows, sharePoints } from "../../scan/projection/mod.ts";

Deno.test("sharePoints() takes once what is the same in two clouds, up to rounding", () => {
  const first = Float32Array.of(1, 2, 3, 4, 5, 6);
  const second = Float32Array.of(1, 2 + 1e-6, 3, 5, 5, 6);
  const third = Float32Array.of(1, 2, 3, 5, 6, 6);
  const { points, n, rows } = sharePoints([first, second, third], 2);
  assert.deepEqual(rows.map((row) => [...row]), [[0, 1, 2], [0, 3, 2], [0, 3, 4]]);
  assert.equal(n, 5);
  assert.deepEqual([...points], [1, 2, 3, 4, 5, 6, 3, 5, 6, 6]);
  assert.deepEqual([...gatherRows(points, 2, rows[2])], [1, 2, 3, 5, 6, 6]);
});

Deno.test("sharePoints() compares points that correspond, and clouds of one size only", () => {
  const { rows } = sharePoints([Float32Array.of(1, 2), Float32Array.of(2, 1)], 1);
  assert.deepEqual(rows.map((row) => [...row]), [[0, 1], [2, 3]]);
  const other = sharePoints([Float32Array.of(1, 2), Float32Array.of(1)], 1);
  assert.deepEqual(other.rows.map((row) => [...row]), [[0, 1], [2]]);
  assert.equal(sharePoints([new Float32Array(0)], 3).n, 0);
  assert.deepEqual([...sharePoints([new Float32Array(2), new Float32Array(2)], 1).rows[1]], [0, 1]);
});
