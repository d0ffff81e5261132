import assert from "node:assert/strict";
import { createLayout, scheduleEdges, tabulateForces } from "../../scan/projection/layout.ts";
import type { FuzzyGraph } from "../../scan/projection/fuzzy_set.ts";

/** Four points in a ring with weights 1, 0.5, 0.25 and 0.001. */
const ring: FuzzyGraph = {
  n: 4,
  starts: Int32Array.of(0, 2, 4, 6, 8),
  columns: Int32Array.of(1, 3, 0, 2, 1, 3, 0, 2),
  weights: Float32Array.of(1, 0.001, 1, 0.5, 0.5, 0.25, 0.001, 0.25),
};

const forces = { a: 1.93, b: 0.79, repulsion: 1, learningRate: 1, nNegatives: 5, seed: 1 };

Deno.test("scheduleEdges() lists edges by ascending weight without those too light for one visit", () => {
  const { heads, tails, epochsPerSample } = scheduleEdges(ring, 100);
  assert.deepEqual([...heads], [2, 3, 1, 2, 0, 1]);
  assert.deepEqual([...tails], [3, 2, 2, 1, 1, 0]);
  assert.deepEqual([...epochsPerSample], [4, 4, 2, 2, 1, 1]);
  assert.equal(scheduleEdges(ring, 1000).heads.length, 8);
});

Deno.test("tabulateForces() comes within half a percent of the forces of the paper", () => {
  const { a, b } = forces;
  const { attraction, repulsion } = tabulateForces(forces);
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  for (let squared = 1e-6; squared < 1e6; squared *= 1.37) {
    float[0] = squared;
    const cell = (bits[0] >> 16) - ((127 - 30) << 7);
    const power = a * squared ** b;
    const pull = -2 * a * b * squared ** (b - 1) / (1 + power);
    const push = 2 * b / ((0.001 + squared) * (1 + power));
    assert.ok(Math.abs(attraction[cell] / pull - 1) < 0.008, `${squared}`);
    assert.ok(Math.abs(repulsion[cell] / push - 1) < 0.008, `${squared}`);
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
  const positions = Float32Array.of(-5, 0, 0, 5, 0, 0, 5.1, 0, 0, -5.1, 0, 0);
  const layout = createLayout(positions, 4, 3, scheduleEdges(graph, 200), forces);
  for (let epoch = 0; epoch < 200; epoch++) layout.runEpoch(epoch, 200);
  const distance = (i: number, j: number) =>
    Math.hypot(...[0, 1, 2].map((c) => positions[i * 3 + c] - positions[j * 3 + c]));
  assert.ok(distance(0, 1) < 1.5, `${distance(0, 1)}`);
  assert.ok(distance(2, 3) < 1.5, `${distance(2, 3)}`);
  assert.ok(distance(1, 2) > 3, `${distance(1, 2)}`);
});

Deno.test("createLayout() keeps a flat layout flat and gives the same bytes for a seed", () => {
  const run = (seed: number) => {
    const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0);
    const layout = createLayout(positions, 4, 2, scheduleEdges(ring, 50), { ...forces, seed });
    for (let epoch = 0; epoch < 50; epoch++) layout.runEpoch(epoch, 50);
    return positions;
  };
  const positions = run(1);
  assert.ok([2, 5, 8, 11].every((i) => positions[i] === 0));
  assert.deepEqual(positions, run(1));
  assert.notDeepEqual(positions, run(2));
});

Deno.test("createLayout() parts points when all begin in the same place", () => {
  const positions = new Float32Array(12);
  const layout = createLayout(positions, 4, 3, scheduleEdges(ring, 100), forces);
  for (let epoch = 0; epoch < 100; epoch++) layout.runEpoch(epoch, 100);
  assert.ok(positions.every(Number.isFinite));
  assert.equal(new Set(Array.from({ length: 4 }, (_, i) => positions[i * 3])).size, 4);
});
