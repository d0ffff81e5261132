import assert from "node:assert/strict";
import { join } from "node:path";
import { parseCollection } from "../../scan/collection/parse.ts";
import { createModelKnowledge } from "../../scan/model/knowledge.ts";
import { family, file, place } from "./fixtures.ts";

Deno.test("createModelKnowledge() counts the bundled model's tokens, its first included", () => {
  const { knownModel, tokenize, maxTokens } = createModelKnowledge();
  assert.equal(knownModel("bundled"), null);
  assert.equal(maxTokens("bundled"), 96);
  const empty = tokenize("bundled", "") ?? [];
  const days = tokenize("bundled", "Monday, Tuesday,") ?? [];
  assert.equal(empty.length, 1);
  assert.equal(days[0], empty[0]);
  assert.ok(days.length > 4);
});

Deno.test("createModelKnowledge() says why a folder is no model until it is one", async () => {
  const folder = await Deno.makeTempDir({ prefix: "weightscan-" });
  try {
    const reason = () => createModelKnowledge().knownModel(folder) ?? "";
    assert.match(reason(), /no file .*model\.onnx/);
    await Deno.writeTextFile(join(folder, "model.onnx"), "");
    assert.match(reason(), /no file .*tokenizer\.json/);
    await Deno.writeTextFile(join(folder, "tokenizer.json"), "{}");
    assert.match(reason(), /no file .*config\.json/);
    await Deno.writeTextFile(join(folder, "config.json"), '{"max_position_embeddings":12}');
    assert.match(reason(), /expected a Hugging Face tokenizer/);
    const tokenizer = new URL("../../scan/bundled/tokenizer/tokenizer.json", import.meta.url);
    await Deno.copyFile(tokenizer, join(folder, "tokenizer.json"));
    assert.equal(reason(), "");
    assert.equal(createModelKnowledge().maxTokens(folder), 12);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("parseCollection() checks texts and answers by the bundled model's own tokenizer", () => {
  const parsed = parseCollection([
    file("day.yml", family()),
    file("gone.yml", family({ models: "models: [./gone]", text: "text: Two." })),
    file("long.yml", family({ text: `text: ${"day ".repeat(120).trim()}`, expected: null })),
    file(
      "spaceless.yml",
      family({ text: "text: One, two,", expected: "expected: Thursday night" }),
    ),
  ], createModelKnowledge());
  assert.ok(!parsed.ok);
  assert.deepEqual(parsed.faults.map(place), [
    "gone.yml:9:10 model",
    "long.yml:2:7 context",
    "spaceless.yml:3:11 expected-token",
  ]);
  assert.match(parsed.faults[0].message, /cannot be used: .*got no file/);
  assert.match(parsed.faults[1].message, /at most 96 tokens, got \d+/);
});
