import assert from "node:assert/strict";
import { computeNeighbours } from "../../scan/projection/neighbours.ts";
import type { Metric } from "../../scan/projection/types.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { createDriftingClusters } from "./drifting_clusters.ts";

const engine = await createEngine("cpu");

function naiveDistance(points: Float32Array, d: number, metric: Metric, i: number, j: number) {
  let [dot, xx, yy, squares] = [0, 0, 0, 0];
  for (let c = 0; c < d; c++) {
    const [x, y] = [points[i * d + c], points[j * d + c]];
    dot += x * y;
    xx += x * x;
    yy += y * y;
    squares += (x - y) ** 2;
  }
  if (metric === "euclidean") return Math.sqrt(squares);
  if (xx === 0 || yy === 0) return xx === yy ? 0 : 1;
  return 1 - dot / Math.sqrt(xx * yy);
}

/** Distances of the k nearest, the point itself first, ascending. */
function naiveNearest(points: Float32Array, n: number, d: number, k: number, metric: Metric) {
  return Array.from({ length: n }, (_, i) => {
    const others = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i);
    const distances = others.map((j) => naiveDistance(points, d, metric, i, j));
    return [0, ...distances.sort((a, b) => a - b).slice(0, k - 1)];
  });
}

for (const metric of ["cosine", "euclidean"] as const) {
  Deno.test(`computeNeighbours() agrees with comparing all pairs when the metric is ${metric}`, async () => {
    // More rows than one block holds, and no multiple of it.
    const { points, n, d } = createDriftingClusters(3, 211, 16, 5, 1);
    const k = 12;
    const table = await computeNeighbours(engine, points, n, d, k, metric);
    assert.deepEqual([table.n, table.k], [n, k]);
    naiveNearest(points, n, d, k, metric).forEach((expected, i) => {
      const row = table.indices.subarray(i * k, (i + 1) * k);
      assert.equal(row[0], i);
      assert.equal(new Set(row).size, k);
      expected.forEach((distance, j) => {
        assert.ok(Math.abs(table.distances[i * k + j] - distance) < 1e-5, `${i}, ${j}`);
        const own = naiveDistance(points, d, metric, i, row[j]);
        assert.ok(Math.abs(own - distance) < 1e-5, `${i}, ${j}`);
      });
    });
  });
}

Deno.test("computeNeighbours() keeps distances exact when a cloud lies far from the origin", async () => {
  const points = Float32Array.from({ length: 40 }, (_, i) => 4096 + i / 8);
  const { indices, distances } = await computeNeighbours(engine, points, 40, 1, 3, "euclidean");
  for (let i = 1; i < 39; i++) {
    assert.deepEqual([...indices.subarray(i * 3, i * 3 + 3)], [i, i - 1, i + 1]);
    assert.deepEqual([...distances.subarray(i * 3, i * 3 + 3)], [0, 0.125, 0.125]);
  }
});

Deno.test("computeNeighbours() puts every point first in its row when all points are equal", async () => {
  const points = new Float32Array(30 * 4).fill(0.3);
  for (const metric of ["cosine", "euclidean"] as const) {
    const { indices, distances } = await computeNeighbours(engine, points, 30, 4, 5, metric);
    for (let i = 0; i < 30; i++) {
      assert.equal(indices[i * 5], i);
      assert.equal(new Set(indices.subarray(i * 5, i * 5 + 5)).size, 5);
    }
    assert.ok(distances.every((x) => x === 0));
  }
});

Deno.test("computeNeighbours() takes zero vectors as umap-js does when the metric is cosine", async () => {
  const points = Float32Array.of(0, 0, 1, 0, 0, 0, 0, 2);
  const { indices, distances } = await computeNeighbours(engine, points, 4, 2, 4, "cosine");
  assert.deepEqual([...indices.subarray(0, 4)], [0, 2, 1, 3]);
  assert.deepEqual([...distances.subarray(0, 4)], [0, 0, 1, 1]);
});

Deno.test("computeNeighbours() gives shorter rows when there are fewer points than neighbours", async () => {
  for (const n of [0, 1, 2]) {
    const points = Float32Array.from({ length: n * 2 }, (_, i) => i + 1);
    const table = await computeNeighbours(engine, points, n, 2, 5, "euclidean");
    assert.equal(table.k, n);
    assert.deepEqual([...table.indices], n === 2 ? [0, 1, 1, 0] : n === 1 ? [0] : []);
  }
});

Deno.test("computeNeighbours() names the point when a coordinate is not finite", async () => {
  const points = Float32Array.of(1, 2, 3, NaN);
  await assert.rejects(
    computeNeighbours(engine, points, 2, 2, 2, "cosine"),
    { name: "RangeError", message: /finite coordinates, got NaN in point 1/ },
  );
  await assert.rejects(computeNeighbours(engine, points, 3, 2, 2, "cosine"), RangeError);
  await assert.rejects(computeNeighbours(engine, points, 2, 2, 0, "cosine"), RangeError);
});

Deno.test("computeNeighbours() throws the signal's reason when it is aborted", async () => {
  const { points, n, d } = createDriftingClusters(1, 64, 4, 2, 1);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(
    computeNeighbours(engine, points, n, d, 5, "cosine", { signal }),
    /enough/,
  );
});
