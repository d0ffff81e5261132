import assert from "node:assert/strict";
import { join } from "node:path";
import { readModelKnowledge } from "../../scan/collection/knowledge.ts";
import { file } from "./fixtures.ts";

Deno.test("readModelKnowledge() counts the bundled model's tokens, its first included", async () => {
  const { knownModel, tokenize, maxTokens } = await readModelKnowledge([]);
  assert.equal(knownModel?.("bundled"), null);
  assert.equal(maxTokens?.("bundled"), 96);
  const empty = tokenize?.("bundled", "") ?? [];
  const days = tokenize?.("bundled", "Monday, Tuesday,") ?? [];
  assert.equal(empty.length, 1);
  assert.equal(days[0], empty[0]);
  assert.ok(days.length > 4);
  assert.equal(tokenize?.("elsewhere", "text"), null);
  assert.equal(maxTokens?.("elsewhere"), null);
});

Deno.test("readModelKnowledge() says why a folder is no model", async () => {
  const folder = await Deno.makeTempDir({ prefix: "weightscan-" });
  try {
    const path = folder.replaceAll("\\", "/");
    const reason = async () => {
      const files = [file("_defaults.yml", `models: [${JSON.stringify(path)}]\n`)];
      return (await readModelKnowledge(files)).knownModel?.(path);
    };
    assert.match(await reason() ?? "", /lacks config\.json/);
    await Deno.writeTextFile(join(folder, "config.json"), "{");
    assert.match(await reason() ?? "", /config\.json is not JSON/);
    await Deno.writeTextFile(join(folder, "config.json"), "{}");
    assert.match(await reason() ?? "", /lacks "max_position_embeddings"/);
    await Deno.writeTextFile(join(folder, "config.json"), '{"max_position_embeddings":12}');
    assert.match(await reason() ?? "", /lacks model\.onnx/);
    await Deno.writeTextFile(join(folder, "model.onnx"), "");
    assert.match(await reason() ?? "", /lacks tokenizer\.json/);
    await Deno.writeTextFile(join(folder, "tokenizer.json"), "{}");
    assert.match(await reason() ?? "", /expected a Hugging Face tokenizer/);
    const tokenizer = new URL("../../scan/bundled/tokenizer/tokenizer.json", import.meta.url);
    await Deno.copyFile(tokenizer, join(folder, "tokenizer.json"));
    assert.equal(await reason(), null);
    const { maxTokens } = await readModelKnowledge([], [path]);
    assert.equal(maxTokens?.(path), 12);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readModelKnowledge() has a reason for models that are not there or not asked for", async () => {
  const { knownModel } = await readModelKnowledge([file("a.yml", "models: [./gone, 3]\n")]);
  assert.equal(knownModel?.("./gone"), "there is no such folder");
  assert.equal(knownModel?.("./other"), "nothing is known of it");
});
