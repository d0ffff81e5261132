import assert from "node:assert/strict";
import { readDeclaration } from "../../scan/onnx/declarations.ts";
import { GraphIndex } from "../../scan/onnx/graph_index.ts";
import { readModel } from "../../scan/onnx/read_model.ts";
import { float32, type Tensor } from "../../scan/onnx/tensor.ts";
import { planFeeds } from "../../scan/model/feeds.ts";
import { exposeStates, readHiddenStates } from "../../scan/model/hidden_states.ts";
import { applyLens, extractLens } from "../../scan/model/logit_lens.ts";
import { openModel } from "../../scan/model/open_model.ts";
import { findResidualStream } from "../../scan/model/residual_stream.ts";
import { readModelSource } from "../../scan/model/source.ts";
import { followResiduals } from "../../scan/model/structural_search.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { largestError, modelFolder, readReference } from "../fixtures/models.ts";

/**
 * Largest error of states and logits against `transformers` in float32: in numbers for float32 files,
 * as a share of the largest number for those of fewer bits. 4-bit files are compared with
 * `transformers` on the very same 4-bit weights; the runtime rounds their activations to 8 bits.
 */
const bounds = { float32: 1e-4, float16: 5e-3, int8: 6e-2, int4: 5e-2 };

/**
 * Largest difference between a part of a model and the whole, as a share of the largest number for
 * 16 bits: the runtime computes those in float32 on a CPU and rounds elsewhere in a part.
 */
const partBounds = { float32: 1e-4, float16: 5e-3, int8: 1e-4, int4: 1e-4 };

const fixtures: readonly [name: string, scheme: string, precision: keyof typeof bounds][] = [
  ["gpt2-optimum", "optimum", "float32"],
  ["gpt2-optimised", "weight_names", "float32"],
  ["gpt2-int8", "optimum", "int8"],
  ["gpt2-hidden-states", "hidden_states", "float32"],
  ["gpt2-dynamo", "dynamo", "float32"],
  ["gpt-neox-optimum-past", "optimum", "float32"],
  ["gpt-neox-torchscript", "torchscript", "float32"],
  ["llama-optimum-past", "optimum", "float32"],
  ["llama-optimum-fp16", "optimum", "float16"],
  ["llama-torchscript", "torchscript", "float32"],
  ["llama-dynamo", "dynamo", "float32"],
  ["llama-genai", "genai", "float32"],
  ["qwen2-optimum-past", "optimum", "float32"],
  ["qwen2-genai-int4", "genai", "int4"],
  ["qwen3-genai", "genai", "float32"],
  ["qwen3-last-token", "torchscript", "float32"],
  ["gemma2-optimum-past", "optimum", "float32"],
  ["gemma2-genai", "genai", "float32"],
  ["phi3-optimum-past", "optimum", "float32"],
  ["phi3-genai-int4", "genai", "int4"],
  ["phi3-genai-fp16", "genai", "float16"],
];

const engine = await createEngine("cpu", { nThreads: 1, spins: false });

/** States, lens of every layer and the model's own logits for the reference's tokens. */
async function run(name: string, ids: readonly number[]) {
  const source = await readModelSource(modelFolder(name));
  const graph = new GraphIndex(readModel(source.model));
  const stream = findResidualStream(graph, source.nLayers);
  const feed = planFeeds(graph.view.inputs.map(({ bytes }) => readDeclaration(bytes)), source);
  const exposed = exposeStates(source.model, graph, stream);
  const session = await engine.load(exposed.model);
  const states = await readHiddenStates(session, exposed.states, feed, ids);
  const { [exposed.logits]: logits } = await session.run(feed(ids), [exposed.logits]);
  await session.release();

  const lens = extractLens(graph, stream, states.shape[2]);
  const inputs = readModel(lens.model).inputs.filter((input) => input.name !== lens.input);
  const feedLens = planFeeds(inputs.map(({ bytes }) => readDeclaration(bytes)), source);
  const lensSession = await engine.load(lens.model);
  const lastOnly = logits.shape[1] === 1;
  const layers = await Array.fromAsync(
    applyLens(lensSession, lens, feedLens, ids, states, { lastOnly }),
  );
  await lensSession.release();
  return { states, logits: logits.data as Float32Array, layers, scheme: stream.scheme };
}

function largest(numbers: Float32Array): number {
  return numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

function partShare(precision: keyof typeof bounds, logits: Float32Array): number {
  return precision === "float16" ? largest(logits) : 1;
}

function stateOf({ shape, data }: Tensor<"float32">, layer: number): Tensor<"float32"> {
  const [, nTokens, dModel] = shape;
  const size = nTokens * dModel;
  return float32([nTokens, dModel], data.slice(layer * size, (layer + 1) * size));
}

for (const [name, scheme, precision] of fixtures) {
  Deno.test(`${name}: states, logits and lens are those of transformers`, async () => {
    const reference = await readReference(name);
    const result = await run(name, reference.ids);
    const last = result.layers[result.layers.length - 1];
    // Some files give the last token's logits alone; the lens gives all.
    const own = (all: Float32Array) => all.subarray(all.length - result.logits.length);
    const share = precision === "float32" ? () => 1 : largest;
    const errors = {
      states: largestError(result.states.data, reference.states.data) /
        share(reference.states.data),
      normed: largestError(last.normed, reference.normed.data) / share(reference.normed.data),
      logits: largestError(result.logits, own(reference.logits.data)) /
        share(reference.logits.data),
      lens: largestError(last.logits, reference.logits.data) / share(reference.logits.data),
    };
    const lens = largestError(own(last.logits), result.logits) /
      partShare(precision, result.logits);
    console.log(
      `${name} (${precision}): largest error ${
        Object.entries(errors).map(([what, error]) => `${what} ${error.toExponential(1)}`).join(
          ", ",
        )
      }; lens against the model's own logits ${lens.toExponential(1)}`,
    );
    assert.equal(result.scheme, scheme);
    assert.deepEqual(result.states.shape, reference.states.shape);
    for (const [what, error] of Object.entries(errors)) {
      assert.ok(error <= bounds[precision], `${what}: ${error}`);
    }
    assert.ok(lens <= partBounds[precision], `lens: ${lens}`);
  });

  Deno.test(`${name}: the tail of every layer ends in the model's own logits`, async () => {
    const { ids } = await readReference(name);
    const { states, logits } = await run(name, ids);
    const model = await openModel(engine, await readModelSource(modelFolder(name)));
    try {
      for (let layer = 0; layer <= model.nLayers; layer++) {
        const tail = await model.openTail(layer);
        const own = await tail.run(stateOf(states, layer), ids);
        const error = largestError(own.data, logits) / partShare(precision, logits);
        assert.ok(error <= partBounds[precision], `state ${layer}: ${error}`);
        const altered = stateOf(states, layer);
        altered.data.fill(0.5, -altered.shape[1]);
        const other = await tail.run(altered, ids);
        assert.ok(largestError(other.data, logits) > 1e-3, `state ${layer} has no effect`);
        await tail.release();
      }
      await assert.rejects(model.openTail(model.nLayers + 1), { name: "RangeError" });
    } finally {
      await model.release();
    }
  });

  Deno.test(`${name}: a batch of altered states gives what they give one by one`, async () => {
    const { ids } = await readReference(name);
    const { states } = await run(name, ids);
    const model = await openModel(engine, await readModelSource(modelFolder(name)));
    try {
      for (let layer = 0; layer <= model.nLayers; layer++) {
        const own = stateOf(states, layer);
        const [nTokens, dModel] = own.shape;
        const versions = [0, 1, 2].map((version) => {
          const altered = own.data.slice();
          // The first as it is; another token's state in the others, the last one's in the last.
          if (version > 0) altered.copyWithin((nTokens - 3 + version) * dModel, 0, dModel);
          return altered;
        });
        const batch = float32([3, nTokens, dModel], versions.flatMap((data) => [...data]));
        const patchTail = await model.openPatchTail(layer);
        const together = await patchTail.runBatch(batch, ids);
        assert.deepEqual(together.shape, [3, model.dVocab]);
        const plainTail = await model.openTail(layer);
        for (const [i, data] of versions.entries()) {
          const row = together.data.subarray(i * model.dVocab, (i + 1) * model.dVocab);
          const { data: all } = await plainTail.run(float32([nTokens, dModel], data), ids);
          const alone = all.subarray(all.length - model.dVocab);
          const error = largestError(row, alone) / partShare(precision, alone);
          assert.ok(error <= partBounds[precision], `state ${layer}, version ${i}: ${error}`);
        }
        assert.ok(
          largestError(
            together.data.subarray(0, model.dVocab),
            together.data.subarray(2 * model.dVocab),
          ) > 1e-3,
          `state ${layer}: the versions do not differ`,
        );
        await patchTail.release();
        await plainTail.release();
      }
    } finally {
      await model.release();
    }
  });

  Deno.test(`${name}: the structural search finds what the adapter finds`, async () => {
    const graph = new GraphIndex(readModel((await readModelSource(modelFolder(name))).model));
    const { points, head } = findResidualStream(graph);
    assert.deepEqual(
      followResiduals(graph, head.last).points.map((point) => point.name),
      points.map((point) => point.name),
    );
  });
}
