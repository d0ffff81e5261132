import assert from "node:assert/strict";
import * as v from "valibot";
import { parse } from "yaml";
import { generateExamples, splitOf } from "../../scan/bundled/corpus/mod.ts";
import { loadTokenizer } from "../../scan/bundled/tokenizer/mod.ts";
import tokenizerJson from "../../scan/bundled/tokenizer/tokenizer.json" with { type: "json" };

const memberSchema = v.object({ text: v.string(), expected: v.string() });
const familySchema = v.object({
  ...memberSchema.entries,
  variants: v.optional(v.record(v.string(), memberSchema), {}),
});

const folder = new URL("../../prompts/", import.meta.url);
const tokenizer = loadTokenizer(tokenizerJson);

/**
 * The families that come with the bundled model, each with the combinations it is made of, as skill
 * and key. Prompts that others add need not follow the corpus.
 */
const combinationsOf: Readonly<Record<string, readonly (readonly [skill: string, key: string])[]>> =
  {
    "day-after": [["calendar", "relation 5 April"], ["calendar", "relation 5 Friday"]],
    "two-letters-on": [["alphabet", "relation 5 E"]],
    // The even steps 4, 8, 12 are the one bundled prompt that belongs to the trained side.
    "steps-or-doubling": [["doubling", "sequence 4 true"]],
    "closing-brackets": [["brackets", "open (?({<<"]],
    "copy-or-reverse": [
      ["copying", "list sun milk red green"],
      ["copying", "list sun bread red green"],
    ],
    "look-it-up": [
      ["induction", "look R B J blue red brown"],
      ["induction", "look R B J white red brown"],
      ["induction", "look R B J blue yellow brown"],
    ],
    "key-to-the-cabinet": [["agreement", "that person saw cabinet hat"]],
    "who-was-sad": [["coreference", "who 0 Sam Anna"]],
    "cat-facts": [["facts", "animal 2 cat"]],
    "tale-or-world": [["facts", "tale 0 snow black"], ["facts", "tale 0 snow yellow"]],
    "not-very": [["opposites", "negated 0 cup hard"]],
    "bigger-or-smaller": [["comparison", "animals 0 cow mouse"]],
    "where-she-looks": [["stories", "belief key box basket"]],
    "which-thing-moved": [["stories", "moved ball key box basket"]],
  };

/** Every prompt of those families with the token that it expects next. */
async function readPrompts(): Promise<{ id: string; text: string; expected: string }[]> {
  const prompts = [];
  for (const id of Object.keys(combinationsOf)) {
    const yaml = await Deno.readTextFile(new URL(`${id}.yml`, folder));
    const family = v.parse(familySchema, parse(yaml));
    prompts.push({ id, text: family.text, expected: family.expected });
    for (const [variant, { text, expected }] of Object.entries(family.variants)) {
      prompts.push({ id: `${id}/${variant}`, text, expected });
    }
  }
  return prompts;
}

Deno.test("splitOf() holds out every combination of the bundled prompts but one", () => {
  for (const [skill, key] of Object.values(combinationsOf).flat()) {
    assert.equal(splitOf(skill, key), "held-out", key);
  }
  assert.equal(splitOf("counting", "digits 4 4"), "train");
});

Deno.test("encode() gives one token for what a bundled prompt expects next", async () => {
  for (const { id, text, expected } of await readPrompts()) {
    const { ids } = tokenizer.encode(text);
    assert.ok(ids.length >= 8 && ids.length <= 45, `${id}: ${ids.length} tokens`);
    const whole = tokenizer.encode(text + expected).ids;
    assert.deepEqual([...whole.slice(0, -1)], [...ids], id);
    assert.equal(tokenizer.decode(whole.slice(-1)), expected, id);
  }
});

Deno.test("generateExamples() never trains on a bundled prompt when the stream is long", async () => {
  const prompts = (await readPrompts()).filter(({ id }) => id !== "steps-or-doubling");
  for (const { text: trained } of generateExamples(21, "train").take(150_000)) {
    for (const { id, text, expected } of prompts) {
      assert.ok(!trained.includes(text + expected), `${id} in: ${trained}`);
    }
  }
});
