import assert from "node:assert/strict";
import type { FuzzyGraph } from "../../scan/projection/fuzzy_set.ts";
import { rowMultiple, scheduleEdges } from "../../scan/projection/schedule.ts";

/** Points in a ring; the edge between i and i + 1 weighs 1 / (i + 1). */
function createRing(n: number): FuzzyGraph {
  const neighbours = (i: number) =>
    n < 2 ? [] : [...new Set([(i + n - 1) % n, (i + 1) % n])].sort((a, b) => a - b);
  const rows = Array.from({ length: n }, (_, i) => neighbours(i));
  const starts = new Int32Array(n + 1);
  rows.forEach((row, i) => starts[i + 1] = starts[i] + row.length);
  const weigh = (i: number, j: number) => 1 / ((j === (i + 1) % n ? i : j) + 1);
  return {
    n,
    starts,
    columns: Int32Array.from(rows.flat()),
    weights: Float32Array.from(rows.flatMap((row, i) => row.map((j) => weigh(i, j)))),
  };
}

Deno.test("scheduleEdges() holds every edge of the graph with its share of the heaviest's visits", () => {
  const graph = createRing(21);
  const { n, points, starts, columns, weights, longestRow } = scheduleEdges(graph, 3);
  assert.deepEqual(points.slice().sort(), Int32Array.from({ length: n }, (_, i) => i));
  assert.equal(longestRow, rowMultiple);
  for (let place = 0; place < n; place++) {
    assert.equal(starts[place] % rowMultiple, 0);
    const found = new Map<number, number>();
    for (let e = starts[place]; e < starts[place + 1]; e++) {
      if (weights[e] > 0) found.set(points[columns[e]], weights[e] / 65535);
    }
    const from = graph.starts[points[place]];
    const to = graph.starts[points[place] + 1];
    assert.equal(found.size, to - from);
    for (let e = from; e < to; e++) {
      const share = found.get(graph.columns[e]) ?? NaN;
      assert.ok(Math.abs(share - graph.weights[e]) < 1e-5);
    }
  }
});

Deno.test("scheduleEdges() gives the same order for a seed and another for another", () => {
  const graph = createRing(50);
  assert.deepEqual(scheduleEdges(graph, 1), scheduleEdges(graph, 1));
  assert.notDeepEqual(scheduleEdges(graph, 1).points, scheduleEdges(graph, 2).points);
});

Deno.test("scheduleEdges() leaves out what is far too light to be visited", () => {
  const graph = { ...createRing(3), weights: Float32Array.of(1, 1e-6, 1, 0.5, 1e-6, 0.5) };
  const visited = scheduleEdges(graph, 1).weights.filter((weight) => weight > 0);
  assert.deepEqual([...visited].sort(), [32768, 32768, 65535, 65535]);
});

Deno.test("scheduleEdges() is empty when there are no points or no edges", () => {
  for (const n of [0, 1, 2]) {
    const graph = { ...createRing(1), n, starts: new Int32Array(n + 1) };
    const { points, columns, longestRow } = scheduleEdges(graph, 1);
    assert.deepEqual([points.length, columns.length, longestRow], [n, 0, 0]);
  }
});
