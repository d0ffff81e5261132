import assert from "node:assert/strict";
import { viewDifference } from "../../scan/pair/difference_view.ts";
import { measureGeometry, rankAmongNeighbours } from "../../scan/pair/geometry.ts";
import { findStrongestAxes } from "../../scan/pair/strongest_axes.ts";
import { makeSide, normals, sizes } from "./fixtures.ts";
import { allNear, near } from "./near.ts";

const rowsOf = (codes: Float32Array, d: number) =>
  Array.from(
    { length: codes.length / d },
    (_, i) => Array.from(codes.subarray(i * d, (i + 1) * d)),
  );
const distance = (x: readonly number[], y: readonly number[]) =>
  Math.hypot(...x.map((value, c) => value - y[c]));

Deno.test("measureGeometry() tells displacements and who they belong to when a word is replaced", () => {
  const [a, b] = [makeSide([1, 2, 3, 4]), makeSide([1, 2, 5, 4])];
  const { layers, displacedAfter } = measureGeometry(a, b, 2, true);
  const { nParticles, dCode } = sizes;
  const [codesA, codesB] = [a, b].map(({ encoded }) => rowsOf(encoded.codes, dCode));
  layers.forEach(({ displaced }, frame) => {
    const expected = Array.from({ length: nParticles }, (_, p) => {
      const row = frame * nParticles + p;
      return distance(codesA[row], codesB[row]);
    });
    allNear(displaced!, expected);
    // Particles stand along the prompt: the first half reads what is the same.
    assert.ok(expected.slice(0, 10).every((x) => x === 0) && expected[10] > 0);
  });
  near(displacedAfter!, 1);
  assert.ok(measureGeometry(a, b, 3, true).displacedAfter! < 0.9);
});

Deno.test("measureGeometry() says nothing when particles do not correspond, and 0 for a prompt itself", () => {
  const [a, b] = [makeSide([1, 2]), makeSide([3])];
  const nothing = measureGeometry(a, b, 0, false);
  assert.equal(nothing.displacedAfter, null);
  assert.equal(nothing.layers.length, sizes.nFrames);
  assert.ok(nothing.layers.every((layer) => layer.displaced === null && layer.standout === null));
  const still = measureGeometry(a, a, 2, true);
  assert.equal(still.displacedAfter, 0);
  for (const { displaced, standout } of still.layers) {
    assert.ok([...displaced!, ...standout!].every((x) => x === 0));
  }
  const unread = { ...a, encoded: { ...a.encoded, attention: null } };
  assert.equal(measureGeometry(unread, unread, 0, true).displacedAfter, null);
});

/** Ratios by sorting all distances, ranks by counting. */
function naiveRanks(displaced: readonly number[], rows: readonly number[][]): number[] {
  const floor = Math.max(...displaced) / 1000;
  const ratios = displaced.map((own, i) => {
    const around = rows.map((row, j) => ({ j, far: distance(row, rows[i]) }))
      .filter(({ j }) => j !== i).sort((x, y) => x.far - y.far).slice(0, 15);
    const mean = around.reduce((sum, { j }) => sum + displaced[j], 0) / Math.max(1, around.length);
    return own <= floor ? 0 : own / Math.max(mean, floor);
  });
  return ratios.map((ratio) =>
    ratios.filter((other) => other < ratio).length / Math.max(1, ratios.length - 1)
  );
}

Deno.test("rankAmongNeighbours() agrees with the definition when points are random", () => {
  for (const [n, d] of [[1, 2], [2, 2], [12, 3], [60, 1], [60, 4]]) {
    const codes = normals(`codes ${n} ${d}`, n * d);
    const displaced = Float64Array.from(normals(`moves ${n} ${d}`, n), (x) => x > 1 ? 0 : x * x);
    const ranks = rankAmongNeighbours(displaced, codes, d);
    allNear(ranks, naiveRanks([...displaced], rowsOf(codes, d)), 1e-6, `${n} × ${d}`);
  }
});

Deno.test("rankAmongNeighbours() ranks first who moves among the still, last who stands still", () => {
  const codes = Float32Array.from({ length: 100 }, (_, i) => i < 50 ? i : i + 1000);
  // The upper group moves far as a whole, one of the lower group a little alone.
  const displaced = Float64Array.from(codes, (x) => x >= 1000 ? 10 : 0);
  displaced[20] = 1;
  displaced[70] = 1e-5;
  const ranks = rankAmongNeighbours(displaced, codes, 1);
  assert.equal(ranks[20], 1);
  assert.equal(ranks[70], 0);
  assert.ok(ranks[90] < ranks[20] && ranks[90] > ranks[3]);
  assert.equal(rankAmongNeighbours(new Float64Array(0), new Float32Array(0), 3).length, 0);
});

Deno.test("findStrongestAxes() finds planted directions when vectors are few- and many-dimensional", () => {
  for (const d of [3, 16, 193, 400]) {
    const n = 300;
    const axes = [0, 1, 2].map((k) => Float32Array.from({ length: d }, (_, c) => c === k ? 1 : 0));
    const noise = normals(`noise ${d}`, n * d);
    const along = normals(`along ${d}`, n * 3);
    const x = Float32Array.from({ length: n * d }, (_, at) => {
      const [row, c] = [Math.floor(at / d), at % d];
      // The first is a shift that all have in common.
      const planted = [9, 4 * along[row * 3 + 1], 2 * along[row * 3 + 2]];
      return planted.reduce((sum, amount, k) => sum + amount * axes[k][c], 0.02 * noise[at]);
    });
    const found = findStrongestAxes(x, n, d, 3, 1);
    [0, 1, 2].forEach((k) => near(found.axes[k * d + k], 1, 1e-2, `${d} dimensions, axis ${k}`));
    let [held, all] = [0, 0];
    for (let row = 0; row < n; row++) {
      for (let k = 0; k < 3; k++) {
        let sum = 0;
        for (let c = 0; c < d; c++) sum += x[row * d + c] * found.axes[k * d + c];
        held += sum * sum;
      }
      for (let c = 0; c < d; c++) all += x[row * d + c] ** 2;
    }
    near(found.explained, held / all, 1e-6);
    assert.deepEqual(findStrongestAxes(x, n, d, 3, 1), found);
  }
});

Deno.test("findStrongestAxes() stays finite when all is zero or there are fewer dimensions than axes", () => {
  for (const d of [1, 2, 5, 200]) {
    const { axes, explained } = findStrongestAxes(new Float32Array(4 * d), 4, d, 3, 1);
    assert.equal(axes.length, 3 * d);
    assert.ok(axes.every(Number.isFinite));
    assert.equal(explained, 0);
  }
  const line = findStrongestAxes(Float32Array.of(-2, 1), 2, 1, 3, 1);
  assert.deepEqual([...line.axes], [1, 0, 0]);
  assert.equal(line.explained, 1);
});

Deno.test("viewDifference() keeps the difference's length and centres both clouds in one box", () => {
  const [a, b] = [makeSide([1, 2, 3]), makeSide([1, 4, 3])];
  // Differences in three of the code's dimensions alone are seen as a whole.
  const codes = a.encoded.codes.map((x, i) => i % sizes.dCode < 3 ? b.encoded.codes[i] : x);
  const moved = { ...b.encoded, codes };
  const view = viewDifference(a.encoded, moved, sizes.nFrames, 1);
  near(view.explained, 1);
  const centre = [0, 0, 0];
  view.a.forEach((frame, f) => {
    const [inA, inB] = [rowsOf(frame, 3), rowsOf(view.b[f], 3)];
    inA.forEach((point, p) => {
      const at = (f * sizes.nParticles + p) * sizes.dCode;
      const row = (all: Float32Array) => Array.from(all.subarray(at, at + sizes.dCode));
      near(distance(point, inB[p]), distance(row(a.encoded.codes), row(codes)), 1e-5);
      for (const axis of [0, 1, 2]) {
        centre[axis] += point[axis] + inB[p][axis];
        for (const x of [point[axis], inB[p][axis]]) {
          assert.ok(x >= view.box.min[axis] && x <= view.box.max[axis]);
        }
      }
    });
  });
  centre.forEach((sum) => near(sum, 0, 1e-3));
});

Deno.test("viewDifference() swaps its clouds when the prompts change places", () => {
  const [a, b] = [makeSide([1, 2, 3]).encoded, makeSide([1, 4, 3]).encoded];
  const there = viewDifference(a, b, sizes.nFrames, 1);
  const back = viewDifference(b, a, sizes.nFrames, 1);
  there.a.forEach((frame, f) => allNear(frame, back.b[f], 1e-5));
  near(there.explained, back.explained);
  assert.throws(() => viewDifference(a, { ...b, nParticles: 3 }, sizes.nFrames, 1), TypeError);
});

Deno.test("viewDifference() shows both clouds on each other when nothing differs", () => {
  const { encoded } = makeSide([1, 2]);
  const view = viewDifference(encoded, encoded, sizes.nFrames, 1);
  assert.deepEqual(view.a, view.b);
  assert.equal(view.explained, 0);
});
