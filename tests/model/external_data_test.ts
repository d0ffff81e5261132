import assert from "node:assert/strict";
import { join } from "node:path";
import { identifyModel } from "../../scan/model/source.ts";
import { moveWeightsOut } from "../fixtures/external_data.ts";
import { largestError, modelFolder } from "../fixtures/models.ts";
import { withModel, withModelFolder } from "./model_folder.ts";

/** A fixture whose weights lie in a file beside it. */
function withExternalData(
  name: string,
  use: (folder: string, data: string) => Promise<void>,
  location = "model.onnx_data",
): Promise<void> {
  return withModelFolder(name, async (folder) => {
    const path = join(folder, "model.onnx");
    const { model, data } = moveWeightsOut(await Deno.readFile(path), location);
    assert.ok(data.length > 20_000 && model.length < 100_000);
    await Deno.writeFile(path, model);
    const dataPath = join(folder, location);
    await Deno.writeFile(dataPath, data);
    await use(folder, dataPath);
  });
}

for (const name of ["llama-genai", "phi3-genai-int4", "gpt2-dynamo"]) {
  Deno.test(`openModel() reads ${name} the same with its weights in a file of their own`, async () => {
    const text = "the cat sings";
    let inside = new Float32Array();
    let lens = new Float32Array();
    await withModel(modelFolder(name), async (model) => {
      const { states, normed } = await model.read(text);
      [inside, lens] = [states.data.slice(), normed.data.slice()];
    });
    await withExternalData(name, (folder) =>
      withModel(folder, async (model) => {
        const { states, normed, tokens } = await model.read(text);
        assert.equal(largestError(states.data, inside), 0);
        assert.equal(largestError(normed.data, lens), 0);
        const tail = await model.openTail(1);
        const ids = tokens.map(({ id }) => id);
        const layer = { ...states, shape: states.shape.slice(1), data: states.data.slice() };
        const size = layer.shape[0] * layer.shape[1];
        const { data } = await tail.run(
          { ...layer, data: layer.data.subarray(size, 2 * size) },
          ids,
        );
        assert.ok(data.every(Number.isFinite));
        await tail.release();
      }));
  });
}

Deno.test("openModel() reads weights behind links, as the hub's clients lay out their cache", () =>
  withExternalData("llama-genai", async (folder, data) => {
    const before = await identifyModel(folder);
    const blobs = join(folder, "..", "blobs");
    await Deno.mkdir(blobs);
    for (const path of [join(folder, "model.onnx"), data]) {
      const blob = join(blobs, path === data ? "b1" : "a1");
      await Deno.rename(path, blob);
      await Deno.symlink(join("..", "blobs", path === data ? "b1" : "a1"), path);
    }
    assert.deepEqual(await identifyModel(folder), before);
    await withModel(folder, async (model) => {
      assert.deepEqual((await model.read("the cat")).states.shape, [4, 4, 32]);
    });
  }));

Deno.test("identifyModel() notices a changed weight in the other file", () =>
  withExternalData("llama-genai", async (folder, data) => {
    const before = await identifyModel(folder);
    const bytes = await Deno.readFile(data);
    bytes[1000] ^= 1;
    await Deno.writeFile(data, bytes);
    assert.notEqual((await identifyModel(folder)).digest, before.digest);
  }));

Deno.test("openModel() names the file of weights that is missing", () =>
  withExternalData("llama-genai", async (folder, data) => {
    await Deno.remove(data);
    await assert.rejects(withModel(folder, () => Promise.resolve()), {
      name: "RangeError",
      message:
        /model\.onnx": expected its weights in .*model\.onnx_data.* got no such file\. Fetch/,
    });
  }));

Deno.test("openModel() names the file of weights that is cut off", () =>
  withExternalData("llama-genai", async (folder, data) => {
    await Deno.truncate(data, 1000);
    await assert.rejects(withModel(folder, () => Promise.resolve()), {
      name: "RangeError",
      message: /model\.onnx_data.* got 1000 bytes, a file that is cut off/,
    });
  }));

Deno.test("openModel() reads no weights from outside of the model's folder", () =>
  withExternalData(
    "llama-genai",
    (folder) =>
      assert.rejects(withModel(folder, () => Promise.resolve()), {
        name: "RangeError",
        message: /expected weights in the model's folder, got "\.\.\/weights"/,
      }),
    "../weights",
  ));
