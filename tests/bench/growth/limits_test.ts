import assert from "node:assert/strict";
import { reasonToSkip } from "./limits.ts";

const limits = { seconds: 300, peakMiB: 8000 };

Deno.test("reasonToSkip() starts the first size whatever it is", () => {
  assert.equal(reasonToSkip([], 1e9, limits), null);
});

Deno.test("reasonToSkip() goes on in proportion after one size", () => {
  const before = [{ size: 100, seconds: 10, peakMiB: 100 }];
  assert.equal(reasonToSkip(before, 3000, limits), null);
  assert.match(reasonToSkip(before, 3001, limits) ?? "", /^it would take about 5 min, more than/);
});

Deno.test("reasonToSkip() goes on as between the last two sizes, at most with the square", () => {
  const grow = (exponent: number) => [
    { size: 1, seconds: 1, peakMiB: 1 },
    { size: 10, seconds: 10 ** exponent, peakMiB: 1 },
  ];
  // 10 ** 1.5 × 4 ** 1.5 = 253 s; with the square it would be 506 s.
  assert.equal(reasonToSkip(grow(1.5), 40, limits), null);
  assert.notEqual(reasonToSkip(grow(2), 40, limits), null);
  // 1000 × 0.5 ** 2 = 250 s: a cube is not believed.
  assert.equal(reasonToSkip(grow(3), 5, { ...limits, seconds: 251 }), null);
  // In proportion at least: 10 ** 0.2 × 200 = 317 s.
  assert.notEqual(reasonToSkip(grow(0.2), 2000, limits), null);
});

Deno.test("reasonToSkip() knows memory too, and says how much", () => {
  const before = [{ size: 1, seconds: 1, peakMiB: 4000 }];
  assert.equal(
    reasonToSkip(before, 4, limits),
    "it would need about 15.6 GiB, more than the 7.8 GiB that are free",
  );
});
