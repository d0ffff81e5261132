import assert from "node:assert/strict";
import { gradient } from "../../scan/onnx/gradient.ts";
import { Graph, type Value } from "../../scan/onnx/graph.ts";
import { Ops } from "../../scan/onnx/ops.ts";
import { int64, sizeOf, type Tensor, tensor } from "../../scan/onnx/tensor.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";

type Build = (o: Ops, ...inputs: Value[]) => Value;

const step = 1e-5;
const tolerance = 1e-6;

/** Numbers between 0.3 and 1.7 that repeat for a seed; away from kinks at 0, and positive for logarithms. */
function numbers(count: number, seed: number): Float64Array {
  return Float64Array.from(
    { length: count },
    (_, i) => 1 + 0.7 * Math.sin(12.9898 * (i + 1) + 78.233 * seed),
  );
}

/** Compares the gradient of Σ build(inputs)·weights with central differences, in float64. */
async function checkGradient(shapes: readonly number[][], build: Build): Promise<void> {
  const engine = await createEngine("cpu", { nThreads: 1 });
  const graph = new Graph();
  const o = new Ops(graph);
  const inputs = shapes.map((shape, i) => graph.input(`x${i}`, "float64", shape));
  const y = build(o, ...inputs);
  const shape = y.shape.map(Number);
  const weights = graph.constant(tensor("float64", shape, numbers(sizeOf(shape), 99)));
  const loss = o.reduceSum(o.mul(y, weights));
  gradient(graph, loss, inputs).forEach((g, i) => {
    assert.deepEqual(g.shape, shapes[i]);
    graph.output(`g${i}`, g);
  });
  graph.output("loss", loss);
  const session = await engine.load(graph.toModel());
  const values = shapes.map((s, i) => numbers(sizeOf(s), i + 1));
  const feed = (): Record<string, Tensor> =>
    Object.fromEntries(values.map((data, i) => [`x${i}`, tensor("float64", shapes[i], data)]));
  const result = await session.run(feed());
  const lossAt = async () => Number((await session.run(feed(), ["loss"])).loss.data[0]);
  for (const [i, data] of values.entries()) {
    for (let k = 0; k < data.length; k++) {
      const kept = data[k];
      data[k] = kept + step;
      const above = await lossAt();
      data[k] = kept - step;
      const below = await lossAt();
      data[k] = kept;
      const expected = (above - below) / (2 * step);
      const actual = Number(result[`g${i}`].data[k]);
      const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
      assert.ok(error <= tolerance, `input ${i}[${k}]: expected ${expected}, got ${actual}`);
    }
  }
  await session.release();
}

const cases: Record<string, [number[][], Build]> = {
  "Add with broadcast": [[[2, 3], [3]], (o, a, b) => o.add(a, b)],
  "Add of a value to itself": [[[3]], (o, a) => o.add(a, a)],
  "Sub with broadcast on both sides": [[[2, 1], [1, 3]], (o, a, b) => o.sub(a, b)],
  "Mul with broadcast of a scalar": [[[2, 3], []], (o, a, b) => o.mul(a, b)],
  "Div with broadcast": [[[2, 3], [2, 1]], (o, a, b) => o.div(a, b)],
  "Pow": [[[2, 3], [3]], (o, a, b) => o.pow(a, b)],
  "Max": [[[2, 3], [3]], (o, a, b) => o.max(a, b)],
  "Min": [[[2, 3], [3]], (o, a, b) => o.min(a, b)],
  "Sqrt": [[[4]], (o, a) => o.sqrt(a)],
  "Exp and Log": [[[4]], (o, a) => o.log(o.add(o.exp(a), 1))],
  "Tanh": [[[4]], (o, a) => o.tanh(a)],
  "Sigmoid": [[[4]], (o, a) => o.sigmoid(a)],
  "Relu": [[[6]], (o, a) => o.relu(o.sub(a, 1.0123))],
  "Abs, Neg and Reciprocal": [[[6]], (o, a) => o.one("Abs", [o.neg(o.reciprocal(a))])],
  "MatMul of matrices": [[[2, 3], [3, 4]], (o, a, b) => o.matmul(a, b)],
  "MatMul of a batch by one matrix": [[[2, 2, 3], [3, 2]], (o, a, b) => o.matmul(a, b)],
  "MatMul of one matrix by a batch": [[[2, 3], [2, 3, 2]], (o, a, b) => o.matmul(a, b)],
  "MatMul of broadcast batches": [[[2, 1, 2, 3], [3, 3, 2]], (o, a, b) => o.matmul(a, b)],
  "Softmax": [[[2, 3]], (o, a) => o.softmax(a)],
  "Softmax along the first axis": [[[3, 2]], (o, a) => o.softmax(a, 0)],
  "LogSoftmax": [[[2, 3]], (o, a) => o.logSoftmax(a)],
  "ReduceSum over one axis": [[[2, 3]], (o, a) => o.square(o.reduceSum(a, [0]))],
  "ReduceMean keeping the axis": [[[2, 3]], (o, a) => o.mul(a, o.reduceMean(a, [-1], true))],
  "ReduceMean over everything": [[[2, 3]], (o, a) => o.square(o.reduceMean(a))],
  "ReduceSumSquare": [[[2, 3]], (o, a) => o.reduceSumSquare(a, [1])],
  "Reshape": [[[2, 3]], (o, a) => o.square(o.reshape(a, [3, -1]))],
  "Transpose": [[[2, 3, 2]], (o, a) => o.square(o.transpose(a, [2, 0, 1]))],
  "Slice": [[[2, 5]], (o, a) => o.square(o.slice(a, 1, 1, -1))],
  "Concat": [[[2, 1], [2, 3]], (o, a, b) => o.square(o.concat([a, b], -1))],
  "Split with an unused part": [[[2, 5]], (o, a) => o.square(o.split(a, 1, [2, 3])[1])],
  "Expand": [[[2, 1]], (o, a) => o.square(o.expand(a, [3, 2, 4]))],
  "Unsqueeze and Squeeze": [[[2, 3]], (o, a) => o.square(o.squeeze(o.unsqueeze(a, [1]), [1]))],
  "Gather of rows, one of them twice": [
    [[4, 3]],
    (o, a) => o.square(o.gather(a, o.graph.constant(int64([2, 2], [1, 3, 1, 0])))),
  ],
  "Gather along an inner axis": [
    [[2, 4, 2]],
    (o, a) => o.square(o.gather(a, o.graph.constant(int64([3], [1, 3, 1])), 1)),
  ],
  "Gather of one row": [
    [[4, 3]],
    (o, a) => o.square(o.gather(a, o.graph.constant(int64([], [2])))),
  ],
  "GatherElements": [
    [[2, 4]],
    (o, a) => o.square(o.gatherElements(a, o.graph.constant(int64([2, 2], [1, 1, 0, 3])), 1)),
  ],
  "Where with broadcast": [
    [[2, 3], [3]],
    (o, a, b) => o.square(o.where(o.less(a, b), a, b)),
  ],
  "a chain through one value used three times": [
    [[2, 2]],
    (o, a) => o.add(o.mul(a, o.matmul(a, a)), a),
  ],
};

for (const [name, [shapes, build]] of Object.entries(cases)) {
  Deno.test(`gradient() agrees with finite differences for ${name}`, () =>
    checkGradient(shapes, build));
}

Deno.test("gradient() gives zeros when the loss does not depend on a value", async () => {
  const graph = new Graph();
  const o = new Ops(graph);
  const a = graph.input("a", "float32", [2]);
  const b = graph.input("b", "float32", [3]);
  graph.output("g", gradient(graph, o.reduceSum(a), [b])[0]);
  const session = await (await createEngine("cpu")).load(graph.toModel());
  const feeds = {
    a: tensor("float32", [2], new Float32Array(2)),
    b: tensor("float32", [3], new Float32Array(3)),
  };
  assert.deepEqual([...(await session.run(feeds)).g.data], [0, 0, 0]);
});

Deno.test("gradient() names the operator when there is no rule for it", () => {
  const graph = new Graph();
  const o = new Ops(graph);
  const a = graph.input("a", "float32", [2]);
  const loss = o.reduceSum(o.one("Erf", [a]));
  assert.throws(() => gradient(graph, loss, [a]), /Cannot derive .* got Erf/);
});

Deno.test("gradient() refuses a loss that is no scalar", () => {
  const graph = new Graph();
  const a = graph.input("a", "float32", [2]);
  assert.throws(() => gradient(graph, new Ops(graph).square(a), [a]), TypeError);
});
