import assert from "node:assert/strict";
import { judgeMemory } from "./judge_memory.ts";

Deno.test("judgeMemory() compares the medians of the first and the last quarter", () => {
  const { first, last, isFlat } = judgeMemory([1, 2, 99, 50, 50, 50, 50, 50, 50, 3, 4, 5]);
  assert.deepEqual({ first, last, isFlat }, { first: 2, last: 4, isFlat: false });
});

Deno.test("judgeMemory() calls noise and a fall flat, and steady growth not", () => {
  const flat = Array.from({ length: 100 }, (_, i) => 400 + 10 * (i % 2));
  assert.equal(judgeMemory(flat).isFlat, true);
  assert.ok(Math.abs(judgeMemory(flat).perScanMiB) < 0.02);
  assert.equal(judgeMemory(flat.map((x, i) => x - i)).isFlat, true);
  const leak = judgeMemory(flat.map((_, i) => 400 + 3 * i));
  assert.equal(leak.isFlat, false);
  assert.ok(Math.abs(leak.perScanMiB - 3) < 1e-9);
});

Deno.test("judgeMemory() throws for too few scans", () => {
  assert.throws(() => judgeMemory([1, 2, 3, 4, 5, 6, 7]), /expected at least 8 scans, got 7/);
});
