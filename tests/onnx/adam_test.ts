import assert from "node:assert/strict";
import { type AdamForm, type AdamSpec, createAdam, initialState } from "../../scan/onnx/adam.ts";
import { buildAdamLoop, buildUnrolledAdam } from "../../scan/onnx/adam_graph.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import { readModel } from "../../scan/onnx/read_model.ts";
import { float32 } from "../../scan/onnx/tensor.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";

/** The paper's algorithm with decoupled decay and clipping, for the loss Σ (w - target)². */
function naiveAdam(
  start: readonly number[],
  targets: readonly (readonly number[])[],
  rate: number,
  { decay = 0, clip = Infinity } = {},
): { w: number[]; losses: number[] } {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  const w = [...start];
  const m = w.map(() => 0);
  const v = w.map(() => 0);
  const losses: number[] = [];
  targets.forEach((target, i) => {
    const t = i + 1;
    losses.push(w.reduce((sum, x, k) => sum + (x - target[k]) ** 2, 0));
    let g = w.map((x, k) => 2 * (x - target[k]));
    const norm = Math.hypot(...g);
    if (norm > clip) g = g.map((x) => x * clip / norm);
    g.forEach((x, k) => {
      m[k] = beta1 * m[k] + (1 - beta1) * x;
      v[k] = beta2 * v[k] + (1 - beta2) * x * x;
      const update = (m[k] / (1 - beta1 ** t)) / (Math.sqrt(v[k] / (1 - beta2 ** t)) + epsilon);
      w[k] = w[k] * (1 - rate * decay) - rate * update;
    });
  });
  return { w, losses };
}

const start = [0.5, -1, 2];
const targets = Array.from({ length: 12 }, (_, i) => [Math.sin(i), 1, i % 3]);

function spec(options: Partial<AdamSpec>): AdamSpec {
  return {
    parameters: [{ name: "w", shape: [3], decays: true }],
    data: [{ name: "target", dtype: "float32", shape: [3], perStep: true }],
    buildLoss: (o, { w }, { target }) => o.reduceSum(o.square(o.sub(w, target))),
    ...options,
  };
}

function batch(rows: readonly (readonly number[])[]) {
  return { target: float32([rows.length, 3], rows.flat()) };
}

function assertClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((x, i) => {
    assert.ok(Math.abs(actual[i] - x) <= 1e-5 * Math.max(1, Math.abs(x)), `${actual[i]} ≠ ${x}`);
  });
}

for (
  const [name, options, naive] of [
    ["plain", {}, {}],
    ["with weight decay", { weightDecay: 0.1 }, { decay: 0.1 }],
    ["with clipping", { clipNorm: 0.5 }, { clip: 0.5 }],
  ] as const
) {
  Deno.test(`createAdam() makes the steps of the textbook algorithm when it is ${name}`, async () => {
    const engine = await createEngine("cpu", { nThreads: 1 });
    const adam = await createAdam(
      engine,
      spec(options),
      initialState({ w: Float32Array.from(start) }),
    );
    const expected = naiveAdam(start, targets, 0.05, naive);
    const losses = await adam.run(new Float32Array(12).fill(0.05), batch(targets));
    assertClose(losses, expected.losses);
    assertClose(adam.state.parameters.w, expected.w);
    assert.equal(adam.state.step, 12);
    await adam.release();
  });
}

Deno.test("createAdam() ends where one run ends when the steps are made in several", async () => {
  const engine = await createEngine("cpu", { nThreads: 1 });
  const begin = () => initialState({ w: Float32Array.from(start) });
  const whole = await createAdam(engine, spec({}), begin());
  await whole.run(new Float32Array(12).fill(0.05), batch(targets));
  const parts = await createAdam(engine, spec({}), begin());
  await parts.run(new Float32Array(5).fill(0.05), batch(targets.slice(0, 5)));
  await parts.run(new Float32Array(0), batch([]));
  await parts.run(new Float32Array(7).fill(0.05), batch(targets.slice(5)));
  assert.deepEqual(parts.state, whole.state);
});

Deno.test("createAdam() trains on data that is the same for all steps", async () => {
  const engine = await createEngine("cpu", { nThreads: 1 });
  const adam = await createAdam(engine, {
    ...spec({}),
    data: [{ name: "target", dtype: "float32", shape: [3] }],
  }, initialState({ w: Float32Array.from(start) }));
  const target = float32([3], [1, 2, 3]);
  const losses = await adam.run(new Float32Array(300).fill(0.05), { target });
  assert.ok(losses[299] < 1e-3 && losses[299] < losses[0]);
});

Deno.test("createAdam() refuses a state that does not fit", async () => {
  const engine = await createEngine("cpu", { nThreads: 1 });
  await assert.rejects(
    createAdam(engine, spec({}), initialState({ w: new Float32Array(2) })),
    /expected 3 numbers, got 2/,
  );
});

/** Trains in both forms on the CPU, and gives the largest differences, relative to 1. */
async function compareForms(options: Partial<AdamSpec>, runs: readonly number[]) {
  const engine = await createEngine("cpu", { nThreads: 1 });
  const rows = Array.from({ length: 23 }, (_, i) => targets[i % targets.length]);
  const train = async (form: AdamForm) => {
    const begin = initialState({ w: Float32Array.from(start) });
    const adam = await createAdam(engine, spec(options), begin, form);
    const losses: number[] = [];
    for (const nSteps of runs) {
      const part = rows.slice(losses.length, losses.length + nSteps);
      losses.push(...await adam.run(new Float32Array(nSteps).fill(0.05), batch(part)));
    }
    const { state } = adam;
    await adam.release();
    return { losses, state };
  };
  return { loop: await train("loop"), unrolled: await train("unrolled") };
}

for (
  const [name, options] of [
    ["plain", {}],
    ["with weight decay and clipping", { weightDecay: 0.1, clipNorm: 0.5 }],
  ] as const
) {
  for (const runs of [[1], [4], [23], [3, 0, 9, 5]]) {
    Deno.test(`createAdam() gives the loop's numbers unrolled when it is ${name} in runs of ${runs}`, async () => {
      const { loop, unrolled } = await compareForms(options, runs);
      assertClose(unrolled.losses, loop.losses);
      assert.equal(unrolled.state.step, runs.reduce((a, b) => a + b));
      assert.equal(unrolled.state.step, loop.state.step);
      for (const part of ["parameters", "firstSums", "secondSums"] as const) {
        assertClose(unrolled.state[part].w, [...loop.state[part].w]);
      }
    });
  }
}

Deno.test("buildUnrolledAdam() needs no Loop", () => {
  const types = (model: Uint8Array) => readModel(model).nodes.map(({ type }) => type);
  assert.ok(types(buildAdamLoop(spec({}))).includes("Loop"));
  assert.ok(!types(buildUnrolledAdam(spec({}), 4)).includes("Loop"));
});

Deno.test("createAdam() leaves loops out when the engine is WebGPU's", async () => {
  const cpu = await createEngine("cpu", { nThreads: 1 });
  const loaded: string[][] = [];
  const webgpu: Engine = {
    provider: "webgpu",
    load(model) {
      loaded.push(readModel(model as Uint8Array).nodes.map(({ type }) => type));
      return cpu.load(model);
    },
  };
  const adam = await createAdam(webgpu, spec({}), initialState({ w: Float32Array.from(start) }));
  const losses = await adam.run(new Float32Array(6).fill(0.05), batch(targets.slice(0, 6)));
  assertClose(losses, naiveAdam(start, targets.slice(0, 6), 0.05).losses);
  // Four steps in one graph; a second one for what is left.
  assert.equal(loaded.length, 2);
  assert.ok(loaded.flat().every((type) => type !== "Loop"));
  await adam.release();
});
