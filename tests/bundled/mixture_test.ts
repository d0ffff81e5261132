import assert from "node:assert/strict";
import { skills } from "../../scan/bundled/corpus/mod.ts";
import { bundledFocus, mixExamples, sharesOf } from "../../scan/bundled/mixture.ts";

Deno.test("sharesOf() gives every skill a share, all together 1", () => {
  for (const focus of [{}, bundledFocus]) {
    const shares = sharesOf(focus);
    assert.deepEqual(Object.keys(shares), [...skills]);
    const total = Object.values(shares).reduce((sum, share) => sum + share, 0);
    assert.ok(Math.abs(total - 1) < 1e-12);
  }
});

Deno.test("bundledFocus names skills of the corpus alone", () => {
  assert.deepEqual(Object.keys(bundledFocus).filter((name) => !skills.includes(name)), []);
});

Deno.test("mixExamples() mixes by the shares and repeats for a seed", () => {
  const shares = { calendar: 0.75, facts: 0.25 };
  const take = (seed: number) => {
    const texts = mixExamples(seed, "train", shares);
    return Array.from({ length: 1000 }, () => texts.next().value);
  };
  const calendar = take(1).filter(({ skill }) => skill === "calendar").length;
  assert.ok(Math.abs(calendar - 750) < 60, `${calendar} of 1000`);
  assert.deepEqual(take(1), take(1));
  assert.notDeepEqual(take(1), take(2));
});
