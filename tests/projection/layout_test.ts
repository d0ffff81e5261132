import assert from "node:assert/strict";
import { createRandom } from "../../scan/onnx/random.ts";
import type { FuzzyGraph } from "../../scan/projection/fuzzy_set.ts";
import { createLayout } from "../../scan/projection/layout.ts";
import { scheduleEdges } from "../../scan/projection/schedule.ts";
import { createPlainLayout } from "./plain_layout.ts";

/** Four points in a ring with weights 1, 0.5, 0.25 and 0.001. */
const ring: FuzzyGraph = {
  n: 4,
  starts: Int32Array.of(0, 2, 4, 6, 8),
  columns: Int32Array.of(1, 3, 0, 2, 1, 3, 0, 2),
  weights: Float32Array.of(1, 0.001, 1, 0.5, 0.5, 0.25, 0.001, 0.25),
};

const forces = { a: 1.93, b: 0.79, repulsion: 1, learningRate: 1, nNegatives: 5, seed: 1 };

/** Joins each point to some of those that follow it, and them to it. */
function createRandomGraph(n: number, seed: number): FuzzyGraph {
  const random = createRandom(seed);
  const rows = Array.from({ length: n }, () => new Map<number, number>());
  rows.forEach((row, i) => {
    for (let j = i + 1; j < n; j += 1 + random.nextIndex(4)) {
      const weight = random.next();
      row.set(j, weight);
      rows[j].set(i, weight);
    }
  });
  const sorted = rows.map((row) => [...row].sort(([a], [b]) => a - b));
  const starts = new Int32Array(n + 1);
  sorted.forEach((row, i) => starts[i + 1] = starts[i] + row.length);
  return {
    n,
    starts,
    columns: Int32Array.from(sorted.flat(), ([column]) => column),
    weights: Float32Array.from(sorted.flat(), ([, weight]) => weight),
  };
}

Deno.test("createLayout() agrees with the plain loop bit for bit", () => {
  for (const nDims of [2, 3]) {
    for (const n of [2, 3, 4, 5, 90]) {
      const schedule = scheduleEdges(createRandomGraph(n, n), 7);
      const random = createRandom(n);
      const start = Float32Array.from({ length: n * nDims }, () => 10 * random.next() - 5);
      const [ours, plain] = [createLayout, createPlainLayout].map((create) => {
        const layout = create(start, nDims, schedule, forces);
        for (let epoch = 0; epoch < 40; epoch++) layout.runEpoch(epoch, 40);
        return layout.readPositions();
      });
      assert.deepEqual(ours, plain);
      assert.notDeepEqual(ours, start);
    }
  }
});

Deno.test("createLayout() pulls two joined points together and parts two that are not", () => {
  const graph: FuzzyGraph = {
    n: 4,
    starts: Int32Array.of(0, 1, 2, 3, 4),
    columns: Int32Array.of(1, 0, 3, 2),
    weights: new Float32Array(4).fill(1),
  };
  // 0 and 1 are joined but far apart; 1 and 2 lie side by side but are not.
  const start = Float32Array.of(-5, 0, 0, 5, 0.1, 0, 5.1, 0, 0.1, -5.1, 0.1, 0.1);
  const layout = createLayout(start, 3, scheduleEdges(graph, 1), forces);
  for (let epoch = 0; epoch < 200; epoch++) layout.runEpoch(epoch, 200);
  const positions = layout.readPositions();
  const distance = (i: number, j: number) =>
    Math.hypot(...[0, 1, 2].map((c) => positions[i * 3 + c] - positions[j * 3 + c]));
  assert.ok(distance(0, 1) < 1.5, `${distance(0, 1)}`);
  assert.ok(distance(2, 3) < 1.5, `${distance(2, 3)}`);
  assert.ok(distance(1, 2) > 3, `${distance(1, 2)}`);
});

Deno.test("createLayout() stays where it is when its start is as far out as forces reach", () => {
  const start = Float32Array.of(1e6, 0, 0, -1e6, 0, 0, 0, 1e6, 0, 0, -1e6, 0);
  const layout = createLayout(start, 3, scheduleEdges(ring, 1), { ...forces, learningRate: 1 });
  for (let epoch = 0; epoch < 20; epoch++) layout.runEpoch(epoch, 20);
  assert.ok(layout.readPositions().every(Number.isFinite));
});

Deno.test("createLayout() gives the same bytes for a seed and leaves its start alone", () => {
  const start = Float32Array.of(0, 0, 1, 0, 1, 1, 0, 1);
  const copy = start.slice();
  const run = (seed: number) => {
    const layout = createLayout(start, 2, scheduleEdges(ring, seed), { ...forces, seed });
    for (let epoch = 0; epoch < 50; epoch++) layout.runEpoch(epoch, 50);
    return layout.readPositions();
  };
  const positions = run(1);
  assert.equal(positions.length, 8);
  assert.deepEqual(positions, run(1));
  assert.notDeepEqual(positions, run(2));
  assert.deepEqual(start, copy);
});
