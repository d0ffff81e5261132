import assert from "node:assert/strict";
import { Graph } from "../../scan/onnx/graph.ts";
import { Ops } from "../../scan/onnx/ops.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { echo, samples } from "./echo.ts";

for (const sample of Object.values(samples)) {
  Deno.test(`run() takes ${sample.dtype} in and gives it out again`, async () => {
    const y = await echo(await createEngine("cpu", { nThreads: 1 }), sample);
    assert.deepEqual({ ...y, shape: [...y.shape] }, { ...sample });
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
