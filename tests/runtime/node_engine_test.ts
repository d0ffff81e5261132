import assert from "node:assert/strict";
import { Graph } from "../../scan/onnx/graph.ts";
import { Ops } from "../../scan/onnx/ops.ts";
import { type DType, type Tensor, tensor } from "../../scan/onnx/tensor.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";

const samples: { readonly [D in DType]: Tensor<D> } = {
  float32: tensor("float32", [3], Float32Array.of(0.5, -1, 2)),
  float64: tensor("float64", [3], Float64Array.of(0.1, -1, 2)),
  int32: tensor("int32", [3], Int32Array.of(1, -2, 3)),
  int64: tensor("int64", [3], BigInt64Array.of(1n, -2n, 2n ** 40n)),
  uint8: tensor("uint8", [3], Uint8Array.of(0, 1, 255)),
  bool: tensor("bool", [3], Uint8Array.of(0, 1, 1)),
  // 0.5, -1 and 2
  float16: tensor("float16", [3], Uint16Array.of(0x3800, 0xbc00, 0x4000)),
};

for (const sample of Object.values(samples)) {
  Deno.test(`run() takes ${sample.dtype} in and gives it out again`, async () => {
    const graph = new Graph();
    graph.output("y", graph.input("x", sample.dtype, ["n"]));
    const session = await (await createEngine("cpu", { nThreads: 1 })).load(graph.toModel());
    const { y } = await session.run({ x: sample });
    assert.deepEqual({ ...y, shape: [...y.shape] }, { ...sample });
    await session.release();
  });
}

Deno.test("run() returns only the outputs that are asked for", async () => {
  const graph = new Graph();
  const o = new Ops(graph);
  const x = graph.input("x", "float32", ["n"]);
  graph.output("a", o.neg(x));
  graph.output("b", o.exp(x));
  const session = await (await createEngine("cpu", { nThreads: 1 })).load(graph.toModel());
  assert.deepEqual([session.inputNames, session.outputNames], [["x"], ["a", "b"]]);
  const result = await session.run({ x: samples.float32 }, ["a"]);
  assert.deepEqual(Object.keys(result), ["a"]);
  await session.release();
});

Deno.test("load() rejects when the bytes are no model", async () => {
  const engine = await createEngine("cpu");
  await assert.rejects(engine.load(new Uint8Array(3)));
});
