import assert from "node:assert/strict";
import { generateExamples, skills, splitOf } from "../../scan/bundled/corpus/mod.ts";
import { hashText, Random } from "../../scan/bundled/corpus/random.ts";
import { relations } from "../../scan/bundled/corpus/facts.ts";
import { loadTokenizer } from "../../scan/bundled/tokenizer/mod.ts";
import tokenizerJson from "../../scan/bundled/tokenizer/tokenizer.json" with { type: "json" };

function textsOf(split: "train" | "held-out", count: number): Set<string> {
  return new Set(generateExamples(11, split).take(count).map(({ text }) => text));
}

Deno.test("generateExamples() shares no text between the splits when both are sampled widely", () => {
  const trained = textsOf("train", 150_000);
  const heldOut = textsOf("held-out", 30_000);
  const shared = [...heldOut].filter((text) => trained.has(text));
  assert.deepEqual(shared, []);
});

Deno.test("generateExamples() repeats itself when the seed is the same", () => {
  const first = [...generateExamples(5, "train").take(300)];
  assert.deepEqual([...generateExamples(5, "train").take(300)], first);
  assert.notDeepEqual([...generateExamples(6, "train").take(300)], first);
});

Deno.test("generateExamples() draws every skill when the stream is long", () => {
  for (const split of ["train", "held-out"] as const) {
    const seen = new Set(generateExamples(3, split).take(3000).map(({ skill }) => skill));
    assert.deepEqual([...seen].sort(), [...skills].sort());
  }
});

Deno.test("generateExamples() keeps to one skill when asked", () => {
  for (const skill of skills) {
    for (const example of generateExamples(2, "held-out", skill).take(50)) {
      assert.equal(example.skill, skill);
    }
  }
  assert.throws(() => generateExamples(1, "train", "dancing").next(), RangeError);
});

Deno.test("generateExamples() marks answers as words with their space when it draws a text", () => {
  for (const { skill, text, answers } of generateExamples(4, "train").take(20_000)) {
    assert.ok(answers.length > 0, text);
    assert.ok(!/[<>]|\s{2}/.test(text), text);
    let last = 0;
    for (const { start, end } of answers) {
      assert.ok(start >= last && end <= text.length, text);
      assert.match(text.slice(start, end), /^ [^ ]+$/, `${skill}: ${text}`);
      last = end;
    }
  }
});

Deno.test("generateExamples() stays within two thirds of the model's context when it draws a text", () => {
  const tokenizer = loadTokenizer(tokenizerJson);
  let longest = 0;
  for (const { text } of generateExamples(12, "train").take(20_000)) {
    longest = Math.max(longest, tokenizer.encode(text).ids.length);
  }
  assert.ok(longest <= 64, `${longest} tokens`);
});

Deno.test("splitOf() leaves every fact several ways to be learned when templates are held out", () => {
  for (const [name, { pairs, templates }] of Object.entries(relations)) {
    const group = name === "capital" || name === "color" ? name : "animal";
    for (const [subject] of pairs) {
      const taught = templates.filter((_, t) =>
        splitOf("facts", `${group} ${t} ${subject}`) === "train"
      );
      assert.ok(taught.length >= 3, `${name} of ${subject}: ${taught.length} templates`);
    }
  }
});

Deno.test("splitOf() holds out about one combination in eight when keys are many", () => {
  let heldOut = 0;
  for (let i = 0; i < 8000; i++) if (splitOf("calendar", `key ${i}`) === "held-out") heldOut++;
  assert.ok(heldOut > 850 && heldOut < 1150, `${heldOut} of 8000`);
});

Deno.test("Random.below() is uniform when drawn often", () => {
  const random = new Random(1);
  const counts = new Array<number>(6).fill(0);
  for (let i = 0; i < 60_000; i++) counts[random.below(6)]++;
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 500, counts.join());
});

Deno.test("Random.sample() gives different items when asked for all", () => {
  const random = new Random(2);
  assert.deepEqual(random.sample([1, 2, 3, 4], 4).sort(), [1, 2, 3, 4]);
  assert.deepEqual(random.sample([1, 2], 0), []);
});

Deno.test("hashText() differs when one character differs", () => {
  assert.notEqual(hashText("facts:a"), hashText("facts:b"));
  assert.equal(hashText(""), hashText(""));
});
