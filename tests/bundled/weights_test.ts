import assert from "node:assert/strict";
import * as v from "valibot";
import { cardSchema, renderCard } from "../../scan/bundled/card.ts";
import cardJson from "../../scan/bundled/card.json" with { type: "json" };
import { generateExamples, skills } from "../../scan/bundled/corpus/mod.ts";
import { accuracyTable, evaluate, sampleExamples } from "../../scan/bundled/evaluate.ts";
import { loadTokenizer } from "../../scan/bundled/tokenizer/mod.ts";
import tokenizerJson from "../../scan/bundled/tokenizer/tokenizer.json" with { type: "json" };
import { readModelSource } from "../../scan/model/source.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";

const card = v.parse(cardSchema, cardJson);

/** Least next-token accuracy of any skill on the sample, and of all of them on average. */
const [worst, average] = [0.9, 0.97];

Deno.test("the bundled weights answer held-out texts of every skill", async () => {
  const { model, context } = await readModelSource("bundled");
  const session = await (await createEngine("cpu")).load(model);
  // Another seed than the card's: other texts of the same side.
  const examples = sampleExamples(generateExamples(7, "held-out"), skills, 100);
  const table = await evaluate(session, loadTokenizer(tokenizerJson), examples, context);
  await session.release();
  const shown = accuracyTable(table);
  for (const { skill, tokenAccuracy } of table) {
    assert.ok(tokenAccuracy >= worst, `${skill} is below ${worst}\n${shown}`);
  }
  const mean = table.reduce((sum, { tokenAccuracy }) => sum + tokenAccuracy, 0) / table.length;
  assert.ok(mean >= average, `the mean ${mean} is below ${average}\n${shown}`);
});

Deno.test("the bundled weights are small, and those of their card", async () => {
  const { identity, model, context } = await readModelSource("bundled");
  assert.equal(identity.digest, card.digest);
  assert.equal(model.length, card.fileBytes);
  assert.ok(model.length <= 8e6);
  assert.ok(card.nParameters <= 6e6);
  assert.ok(context >= 96);
  assert.ok(card.architecture.dVocab <= 1024);
});

Deno.test("CARD.md says what card.json says", async () => {
  const text = await Deno.readTextFile(new URL("../../scan/bundled/CARD.md", import.meta.url));
  assert.equal(text, renderCard(card));
});

Deno.test("the card measures every skill of the corpus", () => {
  assert.deepEqual(card.heldOut.skills.map(({ skill }) => skill), [...skills]);
});
