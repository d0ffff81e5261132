import assert from "node:assert/strict";
import { UMAP } from "umap-js";
import { buildFuzzyGraph, type NeighbourTable } from "../../scan/projection/fuzzy_set.ts";
import { computeNeighbours } from "../../scan/projection/neighbours.ts";
import { createStartLayout } from "../../scan/projection/pca.ts";
import { layOutUmap, type UmapParameters } from "../../scan/projection/umap.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { createDriftingClusters } from "./drifting_clusters.ts";

const { points, n, d } = createDriftingClusters(2, 90, 8, 3, 1);
const k = 12;
const table = await computeNeighbours(await createEngine("cpu"), points, n, d, k, "euclidean");
const start = createStartLayout(points, n, d, 3, 1);
const parameters: UmapParameters = { dims: 3, minDist: 0, spread: 1, epochs: 0, seed: 1 };

/** The graph that `umap-js` itself builds of the same neighbours. */
function buildStockGraph({ n, k, indices, distances }: NeighbourTable) {
  const rows = (data: ArrayLike<number>) =>
    Array.from({ length: n }, (_, i) => Array.from({ length: k }, (_, j) => data[i * k + j]));
  const umap = new UMAP({ nNeighbors: k });
  umap.setPrecomputedKNN(rows(indices), rows(distances));
  type Stock = {
    fuzzySimplicialSet(
      points: number[][],
      k: number,
      mix: number,
    ): { getAll(): { row: number; col: number; value: number }[] };
  };
  return (umap as unknown as Stock).fuzzySimplicialSet(rows(distances), k, 1).getAll();
}

Deno.test("buildFuzzyGraph() agrees with umap-js entry by entry", () => {
  const graph = buildFuzzyGraph(table);
  const weights = new Map<string, number>();
  for (let i = 0; i < n; i++) {
    for (let e = graph.starts[i]; e < graph.starts[i + 1]; e++) {
      weights.set(`${i}:${graph.columns[e]}`, graph.weights[e]);
    }
  }
  const stock = buildStockGraph(table).filter(({ value }) => value > 0);
  assert.equal(stock.length, weights.size);
  for (const { row, col, value } of stock) {
    const own = weights.get(`${row}:${col}`) ?? NaN;
    assert.ok(Math.abs(own - value) < 1e-4, `${row}:${col} is ${own} against ${value}`);
  }
});

Deno.test("layOutUmap() makes half as many epochs as umap-js chooses, or as many as are asked for", async () => {
  for (const [epochs, expected] of [[0, 250], [7, 7]]) {
    const told: string[] = [];
    await layOutUmap(table, start, { ...parameters, epochs }, {
      onProgress: (done, total) => told.push(`${done}/${total}`),
    });
    assert.equal(told.length, expected);
    assert.equal(told.at(-1), `${expected}/${expected}`);
  }
});

Deno.test("layOutUmap() spreads points out further when spread grows, and leaves its start alone", async () => {
  const copy = start.slice();
  const extent = async (spread: number) => {
    const positions = await layOutUmap(table, start, { ...parameters, spread });
    return Math.max(...positions) - Math.min(...positions);
  };
  assert.ok(await extent(4) > 1.5 * await extent(1));
  assert.deepEqual(start, copy);
});

Deno.test("layOutUmap() throws when there is no graph to lay out", async () => {
  const single = { n: 2, k: 2, indices: Int32Array.of(0, 1, 1, 0), distances: new Float32Array(4) };
  await assert.rejects(layOutUmap(single, new Float32Array(6), parameters), RangeError);
  const alone = { n, k: 1, indices: new Int32Array(n), distances: new Float32Array(n) };
  await assert.rejects(layOutUmap(alone, start, parameters), RangeError);
  await assert.rejects(
    layOutUmap(table, start.subarray(3), parameters),
    { name: "RangeError", message: new RegExp(`expected ${n} × 3 coordinates`) },
  );
});

Deno.test("layOutUmap() names the methods that are gone when umap-js is another version", async () => {
  const prototype = UMAP.prototype as unknown as Record<string, unknown>;
  const kept = prototype.makeSearchGraph;
  prototype.makeSearchGraph = undefined;
  try {
    await assert.rejects(
      layOutUmap(table, start, parameters),
      { name: "TypeError", message: /1\.4\.0, got none named makeSearchGraph/ },
    );
  } finally {
    prototype.makeSearchGraph = kept;
  }
});
