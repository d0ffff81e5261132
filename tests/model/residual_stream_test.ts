import assert from "node:assert/strict";
import { type AdapterName, adapters } from "../../scan/model/adapters/mod.ts";
import { defaultInputs, planFeeds } from "../../scan/model/feeds.ts";
import { exposeStates, readHiddenStates } from "../../scan/model/hidden_states.ts";
import { findResidualStream } from "../../scan/model/residual_stream.ts";
import { extractTail, runTail } from "../../scan/model/tail.ts";
import { readDeclaration } from "../../scan/onnx/declarations.ts";
import { Graph, type Value } from "../../scan/onnx/graph.ts";
import { GraphIndex } from "../../scan/onnx/graph_index.ts";
import { Ops } from "../../scan/onnx/ops.ts";
import { type ModelView, type NodeView, readModel } from "../../scan/onnx/read_model.ts";
import { float32 } from "../../scan/onnx/tensor.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { bfloat16Model, table } from "../fixtures/bfloat16_model.ts";
import { largestError, modelFolder } from "../fixtures/models.ts";

const read = async (name: string) => await Deno.readFile(`${modelFolder(name)}/model.onnx`);
const namesOf = (graph: GraphIndex) => findResidualStream(graph).points.map(({ name }) => name);

/** A fixture in which each scheme is at home. */
const homes: Readonly<Record<AdapterName, string>> = {
  hidden_states: "gpt2-hidden-states",
  own: "gpt2-hidden-states",
  genai: "phi3-genai-int4",
  optimum: "gemma2-optimum-past",
  torchscript: "llama-torchscript",
  dynamo: "llama-dynamo",
  weight_names: "llama-genai",
};

for (const [name, adapter] of Object.entries(adapters)) {
  Deno.test(`the adapter "${name}" finds three layers by names`, async () => {
    const graph = new GraphIndex(readModel(await read(homes[name as AdapterName])));
    const points = adapter.find(graph) ?? [];
    assert.deepEqual(points.map((point) => point.name), namesOf(graph).slice(0, -1));
  });
}

/** The same graph with other names of nodes and weights. */
function rename(
  view: ModelView,
  nodeName: (node: NodeView) => string,
  weightName: (name: string, i: number) => string,
): ModelView {
  const weights = new Map(view.initializers.map(({ name }, i) => [name, weightName(name, i)]));
  return {
    ...view,
    nodes: view.nodes.map((node) => ({
      ...node,
      name: nodeName(node),
      inputs: node.inputs.map((input) => weights.get(input) ?? input),
    })),
    initializers: view.initializers.map((item) => ({ ...item, name: weights.get(item.name)! })),
  };
}

for (const fixture of ["llama-optimum-past", "gpt-neox-torchscript", "gemma2-genai"]) {
  Deno.test(`findResidualStream() finds the layers of ${fixture} without any names`, async () => {
    const view = readModel(await read(fixture));
    const bare = new GraphIndex(rename(view, () => "", (_, i) => `w${i}`));
    assert.equal(findResidualStream(bare).scheme, "structure");
    assert.deepEqual(namesOf(bare), namesOf(new GraphIndex(view)));
  });
}

Deno.test("findResidualStream() does not believe names that contradict the graph", async () => {
  const view = readModel(await read("gpt2-optimum"));
  const swap = (name: string) => name.replace(/h\.([01])\b/, (_, n) => `h.${1 - Number(n)}`);
  const lying = new GraphIndex(rename(view, ({ name }) => swap(name), swap));
  assert.equal(findResidualStream(lying).scheme, "structure");
  assert.deepEqual(namesOf(lying), namesOf(new GraphIndex(view)));
});

Deno.test("findResidualStream() says how many additions it saw where there is no attention", () => {
  const graph = new Graph();
  const o = new Ops(graph);
  const x = o.gather(
    graph.constant(float32([3, 2], [1, 2, 3, 4, 5, 6])),
    graph.input("input_ids", "int64", ["batch", "sequence"]),
  );
  const y = o.add(x, o.relu(x));
  const normed = o.div(y, o.sqrt(o.reduceMean(o.square(y), [-1], true)));
  graph.output("logits", o.matmul(normed, graph.constant(float32([2, 3], [1, 2, 3, 4, 5, 6]))));
  assert.throws(
    () => findResidualStream(new GraphIndex(readModel(graph.toModel()))),
    /got 1 additions without attention between Gather and "Add_/,
  );
});

Deno.test("findResidualStream() takes no choice of experts for attention, nor flat tokens for an end", () => {
  const graph = new Graph();
  const o = new Ops(graph);
  const weights = (n: number) =>
    graph.constant(float32([2, n], Array.from({ length: 2 * n }, (_, i) => Math.sin(i))));
  const norm = (x: Value) =>
    o.div(x, o.sqrt(o.reduceMean(o.square(x), [x.shape.length - 1], true)));
  const ids = graph.input("input_ids", "int64", ["batch", "sequence"]);
  let x = o.gather(graph.constant(float32([3, 2], [1, 2, 3, 4, 5, 6])), ids);
  const expected = [x.name];
  for (let layer = 0; layer < 2; layer++) {
    const q = norm(x);
    const scores = o.mul(o.matmul(o.matmul(q, weights(2)), o.swapLast(q)), 0.5);
    x = o.add(x, o.matmul(o.softmax(scores), q));
    // The tokens of all prompts under each other, as OPT adds them.
    const flat = o.reshape(x, [-1, 2]);
    const expert = o.softmax(o.matmul(norm(flat), weights(2)));
    const sum = o.add(flat, o.mul(o.matmul(norm(flat), weights(2)), expert));
    const { dtype, shape } = q;
    [x] = graph.op("Reshape", [sum, o.one("Shape", [q])], {}, { outputs: [{ dtype, shape }] });
    expected.push(x.name);
  }
  graph.output("logits", o.matmul(norm(x), weights(3)));
  const stream = findResidualStream(new GraphIndex(readModel(graph.toModel())));
  assert.equal(stream.scheme, "structure");
  assert.deepEqual(stream.points.map(({ name }) => name), expected);
});

for (const fixture of ["gpt2-optimum", "llama-genai", "phi3-genai-fp16"]) {
  Deno.test(`exposeStates() appends less than 2 KB to ${fixture} and changes nothing`, async () => {
    const model = await read(fixture);
    const graph = new GraphIndex(readModel(model));
    const exposed = exposeStates(model, graph, findResidualStream(graph));
    assert.deepEqual(exposed.model.subarray(0, model.length), model);
    const added = exposed.model.length - model.length;
    assert.ok(added > 0 && added < 2000, `${added} bytes`);
    assert.equal(exposed.states.length, 4);
  });
}

Deno.test("bfloat16 states come out as float32, and a bfloat16 cache is not asked for", async () => {
  const model = bfloat16Model();
  const graph = new GraphIndex(readModel(model));
  const stream = findResidualStream(graph);
  assert.equal(stream.scheme, "structure");
  const declarations = graph.view.inputs.map(({ bytes }) => readDeclaration(bytes));
  const defaults = defaultInputs(declarations, {});
  assert.equal(defaults.length, 1);
  const feed = planFeeds(declarations, {});
  assert.deepEqual(Object.keys(feed([0])), ["input_ids"]);

  const engine = await createEngine("cpu", { nThreads: 1, spins: false });
  const exposed = exposeStates(model, graph, stream, defaults);
  const session = await engine.load(exposed.model);
  const ids = [2, 0, 3];
  const states = await readHiddenStates(session, exposed.states, feed, ids);
  const { logits } = await session.run(feed(ids), ["logits"]);
  await session.release();
  assert.deepEqual(states.shape, [2, 3, 2]);
  const expected = ids.flatMap((id) => table.slice(2 * id, 2 * id + 2));
  assert.deepEqual([...states.data.subarray(0, 6)], expected);

  const tail = extractTail(graph, stream, 0, 2, defaults);
  const tailSession = await engine.load(tail.model);
  const layer = float32([3, 2], states.data.slice(0, 6));
  const own = await runTail(tailSession, tail, planFeeds([], {}), layer, ids);
  await tailSession.release();
  assert.ok(largestError(own.data, logits.data as Float32Array) < 1e-5);
});
