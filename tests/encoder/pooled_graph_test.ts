import assert from "node:assert/strict";
import {
  buildPooledForward,
  listPooledParameters,
  paceOf,
  pooledLoss,
  type PooledSizes,
} from "../../scan/encoder/pooled_graph.ts";
import { createPooledStart } from "../../scan/encoder/pooled_start.ts";
import { float32, type Tensor, tensor } from "../../scan/onnx/tensor.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { checkGradient } from "./check_gradient.ts";

const engine = await createEngine("cpu");
const m = 5;

/** One case below the width at which the pace changes, one above it. */
const cases: PooledSizes[] = [
  { dModel: 3, hidden: 4, particles: 3, code: 2 },
  { dModel: 3, hidden: 4, particles: 205, code: 16 },
];

const input = (dModel: number) =>
  Float64Array.from({ length: m * dModel }, (_, i) => Math.sin(3 * i + 1));

/** The network in plain loops, float64. */
function naiveForward(sizes: PooledSizes, weights: Record<string, Float32Array>, x: Float64Array) {
  const { dModel, hidden, particles, code } = sizes;
  const dense = (layer: string, rows: Float64Array, from: number, to: number) => {
    const out = new Float64Array(m * to);
    for (let i = 0; i < m; i++) {
      for (let c = 0; c < to; c++) {
        let sum = 0;
        for (let k = 0; k < from; k++) {
          sum += rows[i * from + k] * weights[`${layer}.weight`][k * to + c];
        }
        out[i * to + c] = sum * paceOf(layer, sizes) + weights[`${layer}.bias`][c];
      }
    }
    return out;
  };
  const silu = (rows: Float64Array) => rows.map((z) => z / (1 + Math.exp(-z)));
  const codes = dense("spread", silu(dense("read", x, dModel, hidden)), hidden, particles * code);
  const back = silu(dense("gather", codes, particles * code, hidden));
  const rebuilt = dense("rebuild", back, hidden, dModel);
  const loss = rebuilt.reduce((sum, y, i) => sum + (y - x[i]) ** 2, 0) / rebuilt.length;
  return { codes, loss };
}

Deno.test("buildPooledForward() agrees with plain loops", async () => {
  for (const sizes of cases) {
    const weights = createPooledStart(sizes, 3);
    const x = input(sizes.dModel);
    const session = await engine.load(buildPooledForward(sizes, m));
    const feeds: Record<string, Tensor> = { x: float32([m, sizes.dModel], Float32Array.from(x)) };
    for (const { name, shape } of listPooledParameters(sizes)) {
      feeds[name] = float32(shape, weights[name]);
    }
    const { codes, loss } = await session.run(feeds);
    const expected = naiveForward(sizes, weights, x);
    assert.deepEqual(codes.shape, [m, sizes.particles * sizes.code]);
    expected.codes.forEach((c, i) => assert.ok(Math.abs(c - Number(codes.data[i])) < 1e-5));
    assert.ok(Math.abs(Number(loss.data[0]) - expected.loss) < 1e-5);
    await session.release();
  }
});

Deno.test("pooledLoss() has the gradient that finite differences give in float64", async () => {
  for (const sizes of cases) {
    await checkGradient(engine, {
      parameters: listPooledParameters(sizes),
      start: createPooledStart(sizes, 7),
      data: { x: tensor("float64", [m, sizes.dModel], input(sizes.dModel)) },
      buildLoss: (o, weights, { x }) => pooledLoss(o, weights, sizes, x),
    });
  }
});
