import assert from "node:assert/strict";
import { summarizeLogits } from "../../scan/model/logit_lens.ts";
import { openModel } from "../../scan/model/open_model.ts";
import { readModelSource } from "../../scan/model/source.ts";
import type { LanguageModel } from "../../scan/model/types.ts";
import { exposeTensors } from "../../scan/onnx/expose.ts";
import { extractPart } from "../../scan/onnx/extract.ts";
import { Graph } from "../../scan/onnx/graph.ts";
import { int64 } from "../../scan/onnx/tensor.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { tinyArchitecture, writeTinyModel } from "../fixtures/tiny_model.ts";

async function withTinyModel(
  use: (model: LanguageModel, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await writeTinyModel(folder);
    const engine = await createEngine("cpu", { nThreads: 1 });
    const model = await openModel(engine, await readModelSource(folder));
    try {
      await use(model, folder);
    } finally {
      await model.release();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

Deno.test("openModel() knows the sizes of the model", () =>
  withTinyModel((model) => {
    const { nLayers, dModel, dVocab, context } = tinyArchitecture;
    const { name: _name, digest, ...sizes } = model;
    assert.match(digest, /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual(
      [sizes.nLayers, sizes.dModel, sizes.dVocab, sizes.context],
      [nLayers, dModel, dVocab, context],
    );
    return Promise.resolve();
  }));

for (const text of ["", "a", "ab", "A cat, é and 你."]) {
  Deno.test(`read() returns every layer of every token for ${JSON.stringify(text)}`, () =>
    withTinyModel(async (model) => {
      const { tokens, states, normed, guesses, entropy } = await model.read(text);
      const nTokens = new TextEncoder().encode(text).length + 1;
      assert.equal(tokens.length, nTokens);
      assert.equal(tokens[0].text, "<|bos|>");
      assert.deepEqual(states.shape, [3, nTokens, 16]);
      assert.deepEqual(normed.shape, [3, nTokens, 16]);
      assert.deepEqual(guesses.map((layer) => layer.length), [nTokens, nTokens, nTokens]);
      assert.deepEqual(entropy.map((layer) => layer.length), [nTokens, nTokens, nTokens]);
      assert.ok([...states.data, ...normed.data].every(Number.isFinite));
    }));
}

Deno.test("read() gives normed states of unit mean square, since the untrained norm has gain 1", () =>
  withTinyModel(async (model) => {
    const { normed } = await model.read("abc");
    for (let row = 0; row < 3 * 4; row++) {
      const values = normed.data.subarray(row * 16, (row + 1) * 16);
      const square = values.reduce((sum, x) => sum + x * x, 0) / 16;
      assert.ok(Math.abs(square - 1) < 2e-3, `row ${row}: ${square}`);
    }
  }));

Deno.test("read() shows after the last layer what the model itself answers", () =>
  withTinyModel(async (model, folder) => {
    const { tokens, guesses, entropy } = await model.read("Hello");
    const engine = await createEngine("cpu", { nThreads: 1 });
    const { model: bytes } = await readModelSource(folder);
    const session = await engine.load(bytes);
    const input_ids = int64([1, tokens.length], tokens.map(({ id }) => id));
    const { logits } = await session.run({ input_ids });
    tokens.forEach((_, t) => {
      const row = (logits.data as Float32Array).subarray(t * 257, (t + 1) * 257);
      const own = summarizeLogits(row, 8);
      guesses[2][t].forEach((guess, k) => {
        assert.equal(guess.id, own.best[k].id);
        assert.ok(Math.abs(guess.p - own.best[k].p) < 1e-4);
      });
      assert.ok(Math.abs(entropy[2][t] - own.entropy) < 1e-4);
    });
    await session.release();
  }));

Deno.test("read() leaves the states before a changed token as they are", () =>
  withTinyModel(async (model) => {
    const [a, b] = [await model.read("one two"), await model.read("one tXo")];
    const row = 8 * 16;
    for (let frame = 0; frame < 3; frame++) {
      const before = (x: Float32Array) => x.subarray(frame * row, frame * row + 6 * 16);
      const after = (x: Float32Array) => x.subarray(frame * row + 6 * 16, (frame + 1) * row);
      assert.equal(largestDifference(before(a.states.data), before(b.states.data)), 0);
      assert.ok(largestDifference(after(a.states.data), after(b.states.data)) > 1e-3);
    }
  }));

Deno.test("read() refuses a text that is longer than the context", () =>
  withTinyModel(async (model) => {
    assert.equal((await model.read("x".repeat(63))).tokens.length, 64);
    await assert.rejects(model.read("x".repeat(64)), {
      name: "RangeError",
      message: /expected 1 to 64 tokens, got 65/,
    });
  }));

Deno.test("openModel() says what is missing when the graph is no language model", async () => {
  const folder = await Deno.makeTempDir();
  await writeTinyModel(folder);
  const source = await readModelSource(folder);
  await Deno.remove(folder, { recursive: true });
  const graph = new Graph();
  graph.output("logits", graph.input("input_ids", "int64", ["batch", "sequence"]));
  const model = graph.toModel() as Uint8Array<ArrayBuffer>;
  const engine = await createEngine("cpu", { nThreads: 1 });
  await assert.rejects(
    openModel(engine, { ...source, model }),
    /Cannot scan ".*model\.onnx"\. Cannot find the unembedding: .* got Identity/,
  );
});

Deno.test("exposeTensors() leaves the logits as they are", () =>
  withTinyModel(async (_model, folder) => {
    const { model } = await readModelSource(folder);
    const engine = await createEngine("cpu", { nThreads: 1 });
    const plain = await engine.load(model);
    const exposed = await engine.load(exposeTensors(model, ["hidden_states.1", "normed_states"]));
    const input_ids = { dtype: "int64", shape: [1, 2], data: BigInt64Array.of(0n, 5n) } as const;
    const [a, b] = [await plain.run({ input_ids }), await exposed.run({ input_ids })];
    assert.ok(
      largestDifference(a.logits.data as Float32Array, b.logits.data as Float32Array) < 1e-5,
    );
    assert.deepEqual(b["hidden_states.1"].shape, [1, 2, 16]);
    await plain.release();
    await exposed.release();
  }));

Deno.test("extractPart() cuts a tail from any layer that answers as the whole model", () =>
  withTinyModel(async (_model, folder) => {
    const { model } = await readModelSource(folder);
    const engine = await createEngine("cpu", { nThreads: 1 });
    const names = ["hidden_states.0", "hidden_states.1", "hidden_states.2"];
    const whole = await engine.load(exposeTensors(model, names));
    const input_ids = {
      dtype: "int64",
      shape: [1, 3],
      data: BigInt64Array.of(0n, 5n, 9n),
    } as const;
    const result = await whole.run({ input_ids });
    for (const name of names) {
      const tail = await engine.load(extractPart(model, [{ name, dtype: "float32" }], ["logits"]));
      const feeds = { [name]: result[name], input_ids };
      const inputs = tail.inputNames.map((input) => [input, feeds[input]] as const);
      const { logits } = await tail.run(Object.fromEntries(inputs));
      const difference = largestDifference(
        logits.data as Float32Array,
        result.logits.data as Float32Array,
      );
      assert.ok(difference < 1e-5, `${name}: ${difference}`);
      await tail.release();
    }
    await whole.release();
  }));
