import assert from "node:assert/strict";
import {
  buildFuzzyGraph,
  computeMemberships,
  type NeighbourTable,
} from "../../scan/projection/fuzzy_set.ts";
import { computeNeighbours } from "../../scan/projection/neighbours.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { createDriftingClusters } from "./drifting_clusters.ts";

async function createTable(): Promise<NeighbourTable> {
  const { points, n, d } = createDriftingClusters(2, 120, 8, 4, 1);
  return await computeNeighbours(await createEngine("cpu"), points, n, d, 10, "euclidean");
}

/** Memberships of one row by bisection, as in the paper's algorithm 3. */
function naiveMemberships(distances: number[]): number[] {
  const nearest = Math.min(...distances.filter((d) => d > 0));
  const sum = (sigma: number) =>
    distances.slice(1).reduce((s, d) => s + Math.exp(-Math.max(0, d - nearest) / sigma), 0);
  let [low, high] = [0, 1e6];
  for (let i = 0; i < 200; i++) {
    const mid = (low + high) / 2;
    if (sum(mid) > Math.log2(distances.length)) high = mid;
    else low = mid;
  }
  return distances.map((d, j) => j === 0 ? 0 : Math.exp(-Math.max(0, d - nearest) / low));
}

Deno.test("computeMemberships() agrees with bisection row by row", async () => {
  const table = await createTable();
  const memberships = computeMemberships(table);
  for (let i = 0; i < table.n; i++) {
    const row = [...table.distances.subarray(i * table.k, (i + 1) * table.k)];
    naiveMemberships(row).forEach((expected, j) =>
      assert.ok(Math.abs(memberships[i * table.k + j] - expected) < 1e-4, `${i}, ${j}`)
    );
  }
});

Deno.test("buildFuzzyGraph() is a + b − ab of both directions, symmetric, without a diagonal", async () => {
  const table = await createTable();
  const { n, k } = table;
  const memberships = computeMemberships(table);
  const dense = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < k; j++) dense[i * n + table.indices[i * k + j]] = memberships[i * k + j];
  }
  const graph = buildFuzzyGraph(table);
  const found = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let e = graph.starts[i]; e < graph.starts[i + 1]; e++) {
      if (e > graph.starts[i]) assert.ok(graph.columns[e] > graph.columns[e - 1]);
      found[i * n + graph.columns[e]] = graph.weights[e];
    }
  }
  for (let i = 0; i < n; i++) {
    assert.equal(found[i * n + i], 0);
    for (let j = 0; j < n; j++) {
      const [a, b] = [dense[i * n + j], dense[j * n + i]];
      assert.ok(Math.abs(found[i * n + j] - (a + b - a * b)) < 1e-6);
      assert.equal(found[i * n + j], found[j * n + i]);
    }
  }
});

Deno.test("buildFuzzyGraph() joins all with weight 1 when all points are equal", () => {
  const indices = Int32Array.of(0, 1, 2, 1, 0, 2, 2, 0, 1);
  const graph = buildFuzzyGraph({ n: 3, k: 3, indices, distances: new Float32Array(9) });
  assert.deepEqual([...graph.starts], [0, 2, 4, 6]);
  assert.deepEqual([...graph.columns], [1, 2, 0, 2, 0, 1]);
  assert.ok(graph.weights.every((w) => w === 1));
});

Deno.test("buildFuzzyGraph() keeps weights finite when one neighbour is far away", () => {
  const indices = Int32Array.of(0, 1, 2, 1, 0, 2, 2, 1, 0);
  const distances = Float32Array.of(0, 1e-30, 1e30, 0, 1e-30, 1e30, 0, 1e30, 1e30);
  const { weights } = buildFuzzyGraph({ n: 3, k: 3, indices, distances });
  assert.ok(weights.every((w) => w > 0 && w <= 1));
});

Deno.test("buildFuzzyGraph() is empty when there are no points, or each has only itself", () => {
  for (const n of [0, 1, 2]) {
    const indices = Int32Array.from({ length: n }, (_, i) => i);
    const graph = buildFuzzyGraph({ n, k: 1, indices, distances: new Float32Array(n) });
    assert.equal(graph.columns.length, 0);
    assert.equal(graph.starts.length, n + 1);
  }
});
