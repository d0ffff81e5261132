import assert from "node:assert/strict";
import { openModel } from "../../scan/model/open_model.ts";
import { readModelSource } from "../../scan/model/source.ts";
import { groupStates } from "../../scan/model/state_reader.ts";
import type { Reading } from "../../scan/model/types.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { modelFolder } from "../fixtures/models.ts";

const engine = await createEngine("cpu", { nThreads: 1, spins: false });

Deno.test("groupStates() puts as many states into a group as the budget allows", () => {
  assert.deepEqual(groupStates(5, 10, 1000), [[0, 5]]);
  assert.deepEqual(groupStates(5, 10, 29), [[0, 2], [2, 4], [4, 5]]);
  assert.deepEqual(groupStates(3, 10, 1), [[0, 1], [1, 2], [2, 3]]);
  assert.deepEqual(groupStates(1, 10, 10), [[0, 1]]);
});

/** One way of exporting each, caches, fused norms, few bits and bare graphs among them. */
const fixtures = [
  "gpt2-optimum",
  "gpt2-dynamo",
  "gpt2-int8",
  "gpt2-hidden-states",
  "gpt-neox-optimum-past",
  "llama-genai",
  "llama-optimum-fp16",
  "llama-torchscript",
  "qwen2-genai-int4",
  "qwen3-last-token",
  "gemma2-genai",
  "phi3-genai-fp16",
  "phi3-optimum-past",
];

const text = "the cat sat on the mat";

/** Reads a text twice. @returns how many graphs were loaded, the first two being model and lens */
async function readTwice(source: string, budgetBytes?: number) {
  let nLoaded = 0;
  const counting: Engine = { ...engine, load: (...args) => (nLoaded++, engine.load(...args)) };
  const model = await openModel(counting, await readModelSource(source), { budgetBytes });
  const [reading, again] = [await model.read(text), await model.read(text)];
  await model.release();
  assert.deepEqual(again, reading);
  return { reading, nLoaded, model };
}

function assertSameBits(a: Reading, b: Reading): void {
  for (const part of ["states", "normed"] as const) {
    assert.deepEqual(a[part].shape, b[part].shape);
    const largest = a[part].data.reduce(
      (most, x, i) => Math.max(most, Math.abs(x - b[part].data[i])),
      0,
    );
    assert.equal(largest, 0, part);
  }
  assert.deepEqual(a.guesses, b.guesses);
  assert.deepEqual(a.entropy, b.entropy);
}

for (const name of fixtures) {
  Deno.test(`read() gives the same bits in groups of layers as at once for ${name}`, async () => {
    const { reading: atOnce, nLoaded, model } = await readTwice(modelFolder(name));
    assert.equal(nLoaded, 2);
    const nTokens = atOnce.tokens.length;
    // Two states a group; the logits of all tokens may be more.
    const budgetBytes = 2 * 4 * nTokens * model.dModel;
    const grouped = await readTwice(modelFolder(name), budgetBytes);
    assert.equal(grouped.nLoaded, 2 + 2 * Math.ceil((model.nLayers + 1) / 2));
    assertSameBits(grouped.reading, atOnce);
  });
}
