import assert from "node:assert/strict";
import { join } from "node:path";
import { identifyModel, readModelSource } from "../../scan/model/source.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(await Deno.makeTempDir(), "tiny");
  await writeTinyModel(folder);
  await use(folder).finally(() => Deno.remove(folder, { recursive: true }));
}

Deno.test("identifyModel() says of the bundled model what readModelSource() reads", async () => {
  const identity = await identifyModel("bundled");
  assert.deepEqual((await readModelSource("bundled")).identity, identity);
  assert.match(identity.digest, /^sha256:[0-9a-f]{64}$/);
});

Deno.test("identifyModel() gives another digest when a weight changes", () =>
  inFolder(async (folder) => {
    const before = await identifyModel(folder);
    assert.equal(before.name, "tiny");
    await writeTinyModel(folder, 2);
    assert.notEqual((await identifyModel(folder)).digest, before.digest);
  }));

Deno.test("readModelSource() names the file that a folder lacks", () =>
  inFolder(async (folder) => {
    for (const name of ["config.json", "tokenizer.json", "model.onnx"]) {
      await Deno.remove(join(folder, name));
      await assert.rejects(readModelSource(folder), { name: "RangeError", message: RegExp(name) });
    }
  }));

Deno.test("readModelSource() refuses a name that is neither bundled nor a folder", () =>
  assert.rejects(readModelSource("no-such-model"), /expected "bundled" or a folder/));

Deno.test("readModelSource() refuses a config without a context length", () =>
  inFolder(async (folder) => {
    for (
      const [text, reason] of [["{}", /max_position_embeddings/], ["{", /expected JSON/]] as const
    ) {
      await Deno.writeTextFile(join(folder, "config.json"), text);
      await assert.rejects(readModelSource(folder), { name: "SyntaxError", message: reason });
    }
  }));
