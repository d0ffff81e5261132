import assert from "node:assert/strict";
import { openModel } from "../../scan/model/open_model.ts";
import { readModelSource } from "../../scan/model/source.ts";
import type { LanguageModel } from "../../scan/model/types.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import { float32 } from "../../scan/onnx/tensor.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { modelFolder } from "../fixtures/models.ts";

/** A model on an engine that counts what its graphs are asked for. */
async function withCounts(
  name: string,
  use: (model: LanguageModel, counts: { runs: number; open: number }) => Promise<void>,
): Promise<void> {
  const counts = { runs: 0, open: 0 };
  const inner = await createEngine("cpu", { nThreads: 1, spins: false });
  const engine: Engine = {
    ...inner,
    async load(model, dataFolder) {
      const session = await inner.load(model, dataFolder);
      counts.open++;
      return {
        ...session,
        run: (feeds, names) => {
          counts.runs++;
          return session.run(feeds, names);
        },
        release: () => {
          counts.open--;
          return session.release();
        },
      };
    },
  };
  const model = await openModel(engine, await readModelSource(modelFolder(name)));
  try {
    await use(model, counts);
  } finally {
    await model.release();
  }
  assert.equal(counts.open, 0, "every session is released");
}

const modes = [
  ["llama-optimum-past", 1, "takes batches"],
  ["gpt2-dynamo", 5, "is made for one prompt"],
  ["gpt2-int8", 5, "rounds by the largest number of a batch"],
] as const;

for (const [name, nRuns, why] of modes) {
  Deno.test(`runBatch() takes ${nRuns} runs for five states when ${name} ${why}`, () =>
    withCounts(name, async (model, counts) => {
      const tail = await model.openPatchTail(0);
      counts.runs = 0;
      const data = Float32Array.from({ length: 5 * 2 * model.dModel }, (_, i) => Math.cos(i));
      const { shape } = await tail.runBatch(float32([5, 2, model.dModel], data), [1, 2]);
      assert.deepEqual(shape, [5, model.dVocab]);
      assert.equal(counts.runs, nRuns);
      await tail.release();
    }));
}

Deno.test("openPatchTail() tries the graph once for all layers", () =>
  withCounts("llama-genai", async (model, counts) => {
    const first = await model.openPatchTail(model.nLayers);
    const tried = counts.runs;
    const second = await model.openPatchTail(0);
    assert.equal(counts.runs, tried);
    await first.release();
    await second.release();
  }));

Deno.test("openPatchTail() throws a RangeError when there is no such layer", () =>
  withCounts("llama-genai", async (model) => {
    for (const layer of [-1, 0.5, model.nLayers + 1]) {
      await assert.rejects(model.openPatchTail(layer), {
        name: "RangeError",
        message: /^Cannot open the tail of layer .*: expected 0 to \d+/,
      });
    }
  }));

Deno.test("runBatch() throws a RangeError when the states do not fit the tokens or the model", () =>
  withCounts("llama-genai", async (model) => {
    const tail = await model.openPatchTail(1);
    const shapes = [[0, 2, 32], [1, 3, 32], [1, 2, 31], [2, 32]];
    for (const shape of shapes) {
      const states = float32(shape, new Float32Array(shape.reduce((a, b) => a * b)));
      await assert.rejects(tail.runBatch(states, [1, 2]), {
        name: "RangeError",
        message: /^Cannot run a tail: expected states of \[batch, 2, 32\], got/,
      });
    }
    await tail.release();
  }));
