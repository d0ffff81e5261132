import assert from "node:assert/strict";
import { summarizeLogits } from "../../scan/model/logit_lens.ts";

Deno.test("summarizeLogits() gives probabilities and entropy of a known distribution", () => {
  const logits = Float32Array.from([0.25, 0.5, 0.125, 0.125], Math.log);
  const { best, entropy } = summarizeLogits(logits, 3);
  assert.deepEqual(best.map(({ id }) => id), [1, 0, 2]);
  best.forEach(({ p }, i) => assert.ok(Math.abs(p - [0.5, 0.25, 0.125][i]) < 1e-6));
  assert.ok(Math.abs(entropy - 1.75) < 1e-6);
});

Deno.test("summarizeLogits() gives all tokens when there are fewer than asked for", () => {
  const { best, entropy } = summarizeLogits(Float32Array.of(3), 8);
  assert.deepEqual(best, [{ id: 0, p: 1 }]);
  assert.equal(entropy, 0);
});

Deno.test("summarizeLogits() does not overflow for large logits and copes with minus infinity", () => {
  const { best, entropy } = summarizeLogits(Float32Array.of(1e30, 1e30, -Infinity), 3);
  assert.deepEqual(best.map(({ p }) => p), [0.5, 0.5, 0]);
  assert.ok(Math.abs(entropy - 1) < 1e-12);
});

Deno.test("summarizeLogits() agrees with sorting", () => {
  const logits = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i * 7.3) * 4);
  const sorted = [...logits.keys()].sort((a, b) => logits[b] - logits[a]);
  assert.deepEqual(summarizeLogits(logits, 20).best.map(({ id }) => id), sorted.slice(0, 20));
});

Deno.test("summarizeLogits() refuses NaN", () => {
  assert.throws(() => summarizeLogits(Float32Array.of(1, NaN), 2), RangeError);
});
