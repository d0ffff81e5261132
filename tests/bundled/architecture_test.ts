import assert from "node:assert/strict";
import {
  type Architecture,
  buildInferenceModel,
  bundledArchitecture,
  parametersOf,
  trainingData,
  trainingLoss,
} from "../../scan/bundled/architecture.ts";
import { initialWeights } from "../../scan/bundled/initial_weights.ts";
import { gradient } from "../../scan/onnx/gradient.ts";
import { Graph } from "../../scan/onnx/graph.ts";
import { Ops } from "../../scan/onnx/ops.ts";
import { float32, int64, sizeOf, type Tensor } from "../../scan/onnx/tensor.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";

const architecture: Architecture = {
  nLayers: 2,
  dModel: 8,
  nHeads: 2,
  dFeedForward: 12,
  dVocab: 11,
  context: 16,
};

const [batch, nTokens] = [2, 6];
const row = batch * nTokens;

/** Two rows of two documents each, with uneven weights. */
const data: Record<string, Tensor> = {
  ids: int64([batch, nTokens], Array.from({ length: row }, (_, i) => (i * 7) % 11)),
  targets: int64([batch, nTokens], Array.from({ length: row }, (_, i) => (i * 5 + 3) % 11)),
  weights: float32([batch, nTokens], Array.from({ length: row }, (_, i) => (i % 3) / 2)),
  documents: int64([batch, nTokens], Array.from({ length: row }, (_, i) => i % 6 < 4 ? 0 : 1)),
};

/** Loss and its gradients with the parameters as inputs. */
function lossModel(): Uint8Array {
  const graph = new Graph();
  const o = new Ops(graph);
  const parameters = parametersOf(architecture);
  const weights = parameters.map(({ name, shape }) => graph.input(name, "float32", shape));
  const inputs = trainingData(batch, nTokens).map(({ name, dtype, shape }) =>
    graph.input(name, dtype, shape)
  );
  const named = (values: typeof weights | typeof inputs) =>
    Object.fromEntries(values.map((value) => [value.name, value]));
  const loss = trainingLoss(o, architecture, named(weights), named(inputs));
  gradient(graph, loss, weights).forEach((g, i) => {
    assert.deepEqual(g.shape, parameters[i].shape);
    graph.output(`gradient.${parameters[i].name}`, g);
  });
  graph.output("loss", loss);
  return graph.toModel();
}

function toFeeds(weights: Readonly<Record<string, Float32Array>>): Record<string, Tensor> {
  const tensors = parametersOf(architecture).map(({ name, shape }) =>
    [name, float32(shape, weights[name])] as const
  );
  return { ...data, ...Object.fromEntries(tensors) };
}

Deno.test("trainingLoss() changes along every parameter's gradient as the gradient says", async () => {
  const engine = await createEngine("cpu", { nThreads: 1 });
  const session = await engine.load(lossModel());
  const weights = initialWeights(architecture, 3);
  const result = await session.run(toFeeds(weights));
  const lossAt = async (name: string, values: Float32Array) =>
    Number((await session.run(toFeeds({ ...weights, [name]: values }), ["loss"])).loss.data[0]);
  for (const { name } of parametersOf(architecture)) {
    const g = result[`gradient.${name}`].data as Float32Array;
    const norm = Math.hypot(...g);
    assert.ok(norm > 0, `${name} has no gradient`);
    // A step of this length moves the loss far above float32's rounding, and little beyond the linear.
    const step = 0.005;
    const shifted = (sign: number) => weights[name].map((w, i) => w + sign * step * g[i] / norm);
    const slope = (await lossAt(name, shifted(1)) - await lossAt(name, shifted(-1))) / (2 * step);
    assert.ok(Math.abs(slope - norm) <= 2e-3 * norm + 1e-4, `${name}: ${slope} against ${norm}`);
  }
  await session.release();
});

Deno.test("trainingLoss() starts near the entropy of a uniform guess", async () => {
  const session = await (await createEngine("cpu", { nThreads: 1 })).load(lossModel());
  const { loss } = await session.run(toFeeds(initialWeights(architecture, 3)), ["loss"]);
  const uniform = Math.log(architecture.dVocab);
  assert.ok(Math.abs(Number(loss.data[0]) - uniform) < 1, `${loss.data[0]} against ${uniform}`);
  await session.release();
});

Deno.test("trainingLoss() does not see across documents", async () => {
  const session = await (await createEngine("cpu", { nThreads: 1 })).load(lossModel());
  const feeds = toFeeds(initialWeights(architecture, 3));
  // Only the second document of the first row counts; a token of the first one changes.
  const weights = float32([batch, nTokens], Array.from({ length: row }, (_, i) => Number(i === 5)));
  const changed = BigInt64Array.from(data.ids.data as BigInt64Array);
  changed[1] = (changed[1] + 1n) % 11n;
  const before = await session.run({ ...feeds, weights }, ["loss"]);
  const ids = int64([batch, nTokens], changed);
  const after = await session.run({ ...feeds, weights, ids }, ["loss"]);
  assert.equal(after.loss.data[0], before.loss.data[0]);
  await session.release();
});

Deno.test("buildInferenceModel() gives the same logits for a text alone, in a batch and cut off", async () => {
  const engine = await createEngine("cpu", { nThreads: 1 });
  const session = await engine.load(
    buildInferenceModel(architecture, initialWeights(architecture, 3)),
  );
  const text = [1, 5, 9, 2, 4];
  const logitsOf = async (rows: number[][]) => {
    const input_ids = int64([rows.length, rows[0].length], rows.flat());
    return (await session.run({ input_ids })).logits.data as Float32Array;
  };
  const alone = await logitsOf([text]);
  const inBatch = (await logitsOf([[0, 0, 0, 0, 0], text])).subarray(5 * 11);
  const cut = await logitsOf([text.slice(0, 3)]);
  alone.forEach((x, i) => assert.ok(Math.abs(x - inBatch[i]) < 1e-5));
  cut.forEach((x, i) => assert.ok(Math.abs(x - alone[i]) < 1e-5));
  await session.release();
});

Deno.test("buildInferenceModel() takes one token and as many as the context holds", async () => {
  const engine = await createEngine("cpu", { nThreads: 1 });
  const model = buildInferenceModel(architecture, initialWeights(architecture, 3));
  const session = await engine.load(model);
  for (const n of [1, 2, architecture.context]) {
    const input_ids = int64([1, n], new Array<number>(n).fill(1));
    assert.deepEqual((await session.run({ input_ids })).logits.shape, [1, n, 11]);
  }
  await session.release();
});

Deno.test("bundledArchitecture stays within 6 million parameters", () => {
  const parameters = parametersOf({ ...bundledArchitecture, dVocab: 1024 });
  assert.ok(parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0) <= 6e6);
});
