import assert from "node:assert/strict";
import { skills } from "../../scan/bundled/corpus/mod.ts";
import { generateDrills } from "../../scan/bundled/drills.ts";
import { bundledFocus, mixExamples, sharesOf } from "../../scan/bundled/mixture.ts";
import { loadTokenizer } from "../../scan/bundled/tokenizer/mod.ts";
import tokenizerJson from "../../scan/bundled/tokenizer/tokenizer.json" with { type: "json" };
import { bundledRecipe } from "../../scan/bundled/training.ts";

Deno.test("sharesOf() gives every skill a share, all together 1", () => {
  for (const focus of [{}, bundledFocus]) {
    const shares = sharesOf(focus);
    assert.deepEqual(Object.keys(shares), [...skills, "drills"]);
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

Deno.test("generateDrills() asks at least three times, marks the answers and fits into a row", () => {
  const tokenizer = loadTokenizer(tokenizerJson);
  const drills = generateDrills(5);
  for (let i = 0; i < 500; i++) {
    const { text, answers } = drills.next().value;
    assert.ok(answers.length >= 3, text);
    for (const { start, end } of answers) {
      const answer = text.slice(start, end);
      assert.match(answer, /^ \w+$/);
      // A number is worked out; everything else is looked up in the text.
      const stands = text.slice(0, start).includes(answer.trim());
      assert.ok(stands || /^ \d+$/.test(answer), `${answer} in ${text}`);
    }
    assert.ok(tokenizer.encode(text).ids.length <= bundledRecipe.nTokens + 1, text);
  }
});
