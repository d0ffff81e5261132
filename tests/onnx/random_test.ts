import assert from "node:assert/strict";
import { createRandom } from "../../scan/onnx/random.ts";

Deno.test("createRandom() repeats itself for a seed and differs between seeds", () => {
  const draw = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 8 }, () => random.nextUint32());
  };
  const seeds = [0, 1, 2, -1, 2 ** 31, 2 ** 32, 2 ** 40 + 1];
  for (const seed of seeds) assert.deepEqual(draw(seed), draw(seed));
  assert.equal(new Set(seeds.map((seed) => draw(seed).join())).size, seeds.length);
});

Deno.test("createRandom() is uniform: mean, variance and every index of a range", () => {
  const random = createRandom(42);
  const n = 100_000;
  let [sum, squares] = [0, 0];
  const counts = new Float64Array(7);
  for (let i = 0; i < n; i++) {
    const x = random.next();
    assert.ok(x >= 0 && x < 1);
    sum += x;
    squares += x * x;
    counts[random.nextIndex(7)]++;
  }
  assert.ok(Math.abs(sum / n - 1 / 2) < 0.005);
  assert.ok(Math.abs(squares / n - 1 / 3) < 0.005);
  assert.ok(counts.every((count) => Math.abs(count - n / 7) < 600), `${counts}`);
});

Deno.test("createRandom() throws when the seed is not a whole number", () => {
  for (const seed of [0.5, NaN, Infinity]) assert.throws(() => createRandom(seed), RangeError);
});
