import assert from "node:assert/strict";
import { Graph } from "../../scan/onnx/graph.ts";
import { Ops } from "../../scan/onnx/ops.ts";
import { exposeTensors } from "../../scan/onnx/expose.ts";
import { extractPart } from "../../scan/onnx/extract.ts";
import { readModel } from "../../scan/onnx/read_model.ts";
import { float32, int64, type Tensor } from "../../scan/onnx/tensor.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";

async function run(
  model: Uint8Array,
  feeds: Record<string, Tensor>,
): Promise<Record<string, number[]>> {
  const session = await (await createEngine("cpu", { nThreads: 1 })).load(model);
  const results = await session.run(feeds);
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => [name, Array.from(data, Number)]),
  );
}

/** y = relu(x·w + b) + x, with the inner values under names. [n, 2] → [n, 2] */
function chain(): Graph {
  const graph = new Graph();
  const o = new Ops(graph);
  const x = graph.input("x", "float32", ["n", 2]);
  const w = graph.constant(float32([2, 2], [1, 2, 3, -4]), "w");
  const product = o.identity(o.matmul(x, w), "product");
  const [shifted] = graph.op("Add", [product, o.scalar(0.5)], {}, { names: ["shifted"] });
  graph.output("y", o.add(o.relu(shifted), x));
  return graph;
}

const x = float32([1, 2], [1, 2]);

Deno.test("toModel() writes a graph that runs", async () => {
  // [1, 2] × w = [7, -6]
  assert.deepEqual(await run(chain().toModel(), { x }), { y: [8.5, 2] });
});

for (const n of [0, 1, 2]) {
  Deno.test(`toModel() keeps named sizes open when a batch has ${n} rows`, async () => {
    const feeds = { x: float32([n, 2], new Float32Array(2 * n)) };
    assert.equal((await run(chain().toModel(), feeds)).y.length, 2 * n);
  });
}

Deno.test("op() infers shapes with names in them", () => {
  const graph = new Graph();
  const o = new Ops(graph);
  const x = graph.input("x", "float32", ["batch", "tokens", 6]);
  assert.deepEqual(o.reshape(x, [0, 0, 2, 3]).shape, ["batch", "tokens", 2, 3]);
  assert.deepEqual(o.reshape(x, [0, -1, 6]).shape, ["batch", "tokens", 6]);
  assert.deepEqual(o.swapLast(x).shape, ["batch", 6, "tokens"]);
  assert.deepEqual(o.matmul(x, o.swapLast(x)).shape, ["batch", "tokens", "tokens"]);
  assert.deepEqual(o.reduceMean(x, [-1], true).shape, ["batch", "tokens", 1]);
  assert.deepEqual(o.concat([x, x], -1).shape, ["batch", "tokens", 12]);
});

Deno.test("op() says what does not fit", () => {
  const graph = new Graph();
  const o = new Ops(graph);
  const a = graph.input("a", "float32", [2, 3]);
  assert.throws(() => o.matmul(a, a), /expected equal inner sizes/);
  assert.throws(() => o.add(a, graph.input("b", "float32", [2])), /Cannot broadcast/);
  assert.throws(() => o.add(a, graph.input("c", "int64", [3])), /one element type/);
  assert.throws(() => o.one("NoSuchOperator", [a]), /Cannot infer the outputs/);
  assert.throws(() => o.softmax(o.slice(a, 5, 0, 1)), RangeError);
});

Deno.test("Graph refuses a name that is taken, in a subgraph too", () => {
  const graph = chain();
  assert.throws(() => graph.input("x", "float32", [1]), /Cannot name a value "x"/);
  assert.throws(() => graph.subgraph().input("w", "float32", [1]), /Cannot name a value "w"/);
  const y = graph.outputs[0].value;
  assert.throws(() => graph.output("y", y), RangeError);
});

Deno.test("output() renames an input and a value that is an output already", async () => {
  const graph = new Graph();
  const v = graph.input("v", "float32", [2]);
  const square = new Ops(graph).square(v);
  graph.output("same", v);
  graph.output("a", square);
  graph.output("b", square);
  const feeds = { v: float32([2], [2, 3]) };
  assert.deepEqual(await run(graph.toModel(), feeds), { same: [2, 3], a: [4, 9], b: [4, 9] });
});

Deno.test("a Loop reads values of the graph around it and carries its own", async () => {
  const graph = new Graph();
  const outer = new Ops(graph);
  const factor = graph.input("factor", "float32", []);
  const body = graph.subgraph();
  const o = new Ops(body);
  const index = body.input("index", "int64", []);
  const goOn = body.input("go_on", "bool", []);
  const power = body.input("power", "float32", []);
  body.output("go_on_out", goOn);
  const next = o.mul(power, factor);
  body.output("next", next);
  body.output("scanned", o.add(next, o.cast(index, "float32")));
  const count = graph.constant(int64([], [3]));
  const scalar = { dtype: "float32", shape: [] } as const;
  const [last, all] = graph.op("Loop", [count, null, outer.scalar(1)], { body }, {
    outputs: [scalar, { dtype: "float32", shape: [3] }],
  });
  graph.output("last", last);
  graph.output("all", all);
  const feeds = { factor: float32([], [2]) };
  assert.deepEqual(await run(graph.toModel(), feeds), { last: [8], all: [2, 5, 10] });
});

Deno.test("exposeTensors() adds outputs, once, and refuses unknown names", async () => {
  const model = chain().toModel();
  const exposed = exposeTensors(model, ["product", "shifted", "product"]);
  const results = await run(exposed, { x });
  assert.deepEqual(results, { y: [8.5, 2], product: [7, -6], shifted: [7.5, -5.5] });
  assert.equal(exposeTensors(exposed, ["product", "y"]), exposed);
  assert.throws(() => exposeTensors(model, ["nothing"]), /Cannot expose "nothing"/);
});

Deno.test("extractPart() cuts a part that computes the same", async () => {
  const model = exposeTensors(chain().toModel(), ["shifted"]);
  const cut = { name: "product", dtype: "float32", shape: ["n", 2] } as const;
  const part = extractPart(model, [cut], ["shifted"]);
  assert.deepEqual(await run(part, { product: float32([1, 2], [7, -6]) }), {
    shifted: [7.5, -5.5],
  });
  assert.deepEqual(readModel(part).initializers.length, 1, "the matrix is not needed");
});

Deno.test("extractPart() keeps inputs of the model that the part still reads", async () => {
  const cut = { name: "shifted", dtype: "float32" } as const;
  const part = extractPart(chain().toModel(), [cut], ["y"]);
  assert.deepEqual(readModel(part).inputs.map(({ name }) => name), ["shifted", "x"]);
  const shifted = float32([1, 2], [1, -1]);
  assert.deepEqual(await run(part, { shifted, x }), { y: [2, 2] });
});

Deno.test("extractPart() refuses names that are not there and cuts that lead nowhere", () => {
  const model = chain().toModel();
  const at = (name: string) => [{ name, dtype: "float32" } as const];
  assert.throws(() => extractPart(model, at("nothing"), ["y"]), /Cannot cut at "nothing"/);
  assert.throws(() => extractPart(model, at("product"), ["nothing"]), /Cannot extract "nothing"/);
  assert.throws(() => extractPart(model, at("shifted"), ["product"]), /to depend on it/);
});

Deno.test("readModel() says so when the bytes are no ONNX file", () => {
  assert.throws(() => readModel(new Uint8Array()), /expected a graph in it/);
  assert.throws(() => readModel(chain().toModel().subarray(0, 100)), SyntaxError);
  assert.throws(() => readModel(new TextEncoder().encode("<!doctype html>")), SyntaxError);
});
