import assert from "node:assert/strict";
import { makeCloud, makeRandom } from "../fixtures/synthetic_cloud.ts";
import { edgesOf, type Neighbours, searchNeighbours } from "../../site/viewer/neighbours.ts";
import { runSliced } from "../../site/viewer/slices.ts";

function finish<T>(work: Generator<void, T, void>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

function search(positions: Float32Array, nDims: number, k: number): Neighbours {
  return finish(searchNeighbours(positions, nDims, k));
}

/** All distances, sorted: nearest first, ties to the lower index. */
function naive(positions: Float32Array, nDims: number, k: number): number[][] {
  const n = positions.length / nDims;
  return Array.from({ length: n }, (_, i) => {
    const others = Array.from({ length: n }, (_, j) => {
      let square = 0;
      for (let axis = 0; axis < nDims; axis++) {
        square += (positions[j * nDims + axis] - positions[i * nDims + axis]) ** 2;
      }
      return { j, square };
    }).filter(({ j }) => j !== i);
    others.sort((a, b) => a.square - b.square || a.j - b.j);
    return Array.from({ length: k }, (_, rank) => others[rank]?.j ?? -1);
  });
}

function rowsOf({ indices, k }: Neighbours): number[][] {
  return Array.from(
    { length: indices.length / k },
    (_, i) => [...indices.subarray(i * k, (i + 1) * k)],
  );
}

Deno.test("searchNeighbours() finds what a naive search finds", () => {
  const random = makeRandom(3);
  for (const nDims of [2, 3]) {
    for (const n of [0, 1, 2, 3, 12, 13, 200, 517]) {
      const positions = Float32Array.from({ length: n * nDims }, () => random() ** 3);
      assert.deepEqual(rowsOf(search(positions, nDims, 3)), naive(positions, nDims, 3), `n ${n}`);
    }
  }
});

Deno.test("searchNeighbours() agrees with a naive search on a clustered cloud", () => {
  const [positions] = makeCloud({ seed: 5, member: 0, nFrames: 1, nParticles: 700, nDims: 3 });
  assert.deepEqual(rowsOf(search(positions, 3, 5)), naive(positions, 3, 5));
});

Deno.test("searchNeighbours() breaks ties by index where particles share places", () => {
  const onGrid = Float32Array.from({ length: 3 * 125 }, (_, i) => {
    const particle = Math.floor(i / 3);
    return [particle % 5, Math.floor(particle / 5) % 5, Math.floor(particle / 25)][i % 3];
  });
  assert.deepEqual(rowsOf(search(onGrid, 3, 4)), naive(onGrid, 3, 4));
  const allInOne = new Float32Array(3 * 60).fill(2);
  assert.deepEqual(rowsOf(search(allInOne, 3, 3)), naive(allInOne, 3, 3));
});

Deno.test("searchNeighbours() gives distances in the order of the neighbours", () => {
  const { indices, distances } = search(Float32Array.from([0, 0, 3, 4, 0, 1]), 2, 3);
  assert.deepEqual([...indices.subarray(0, 3)], [2, 1, -1]);
  assert.deepEqual([...distances.subarray(0, 3)], [1, 5, Infinity]);
});

Deno.test("searchNeighbours() can be stopped and taken up many times", () => {
  const [positions] = makeCloud({ seed: 1, member: 0, nFrames: 1, nParticles: 1024, nDims: 3 });
  let pauses = 0;
  const work = searchNeighbours(positions, 3, 3);
  while (!work.next().done) pauses++;
  assert.ok(pauses >= 20, `${pauses} pauses`);
});

Deno.test("edgesOf() has every pair of neighbours once", () => {
  const [positions] = makeCloud({ seed: 2, member: 0, nFrames: 1, nParticles: 300, nDims: 3 });
  const neighbours = search(positions, 3, 3);
  const expected = new Set<string>();
  rowsOf(neighbours).forEach((row, i) =>
    row.forEach((j) => expected.add(`${Math.min(i, j)}-${Math.max(i, j)}`))
  );
  const { ends, lengths } = edgesOf(neighbours);
  const got = Array.from(
    { length: lengths.length },
    (_, e) => `${Math.min(ends[2 * e], ends[2 * e + 1])}-${Math.max(ends[2 * e], ends[2 * e + 1])}`,
  );
  assert.equal(got.length, new Set(got).size, "none twice");
  assert.deepEqual(new Set(got), expected);
  for (let e = 0; e < lengths.length; e++) {
    const [a, b] = [ends[2 * e], ends[2 * e + 1]];
    const distance = Math.hypot(
      ...[0, 1, 2].map((axis) => positions[3 * a + axis] - positions[3 * b + axis]),
    );
    assert.ok(Math.abs(distance - lengths[e]) < 1e-4);
  }
});

Deno.test("edgesOf() is empty for no particle and for one", () => {
  for (const n of [0, 1]) {
    const { ends, lengths } = edgesOf(search(new Float32Array(3 * n), 3, 3));
    assert.deepEqual([ends.length, lengths.length], [0, 0]);
  }
});

Deno.test("runSliced() gives the page a turn and returns the result", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  function* work(): Generator<void, string, void> {
    for (let i = 0; i < 50; i++) yield;
    return "done";
  }
  // A clock that moves 1 ms at every look: a slice ends after a few steps.
  let now = 0;
  assert.equal(await runSliced(work(), undefined, () => now++), "done");
  clearInterval(timer);
  assert.ok(now > 50);
});

Deno.test("runSliced() stops when it is told to", async () => {
  const abort = new AbortController();
  function* work(): Generator<void, never, void> {
    for (;;) yield;
  }
  const running = runSliced(work(), abort.signal);
  abort.abort();
  await assert.rejects(running, { name: "AbortError" });
});
