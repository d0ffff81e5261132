import assert from "node:assert/strict";
import { float32, type Tensor } from "../../scan/onnx/tensor.ts";
import { alignTokens } from "../../scan/pair/ladder.ts";
import { chooseTokens, matchLayers } from "../../scan/pair/match.ts";
import { findWarp, meanLag } from "../../scan/pair/warp.ts";
import { makeRandom } from "../fixtures/synthetic_cloud.ts";
import { nest, normals } from "./fixtures.ts";
import { allNear, near } from "./near.ts";

const straight = (n: number) => Array.from({ length: n }, (_, i) => ({ a: i, b: i }));

function cloud(seed: string, nFrames: number, n: number, d: number): Tensor<"float32"> {
  return float32([nFrames, n, d], normals(seed, nFrames * n * d));
}

const dot = (x: readonly number[], y: readonly number[]) =>
  x.reduce((sum, value, i) => sum + value * y[i], 0);

function naiveOverlap(x: number[][], y: number[][]): number {
  const n = x.length;
  const k = Math.min(8, Math.max(1, Math.floor((n - 1) / 3)));
  const nearest = (rows: number[][], i: number) =>
    rows.map((row, j) => ({ j, distance: Math.hypot(...row.map((v, c) => v - rows[i][c])) }))
      .filter(({ j }) => j !== i).sort((p, q) => p.distance - q.distance).slice(0, k)
      .map(({ j }) => j);
  const shares = x.map((_, i) => nearest(x, i).filter((j) => nearest(y, i).includes(j)).length / k);
  return shares.reduce((sum, share) => sum + share, 0) / n;
}

/** Unbiased HSIC as Song et al. 2012 write it (equation 5), K and L without their diagonals. */
function naiveCka(x: number[][], y: number[][]): number {
  const n = x.length;
  const products = (rows: number[][]) =>
    rows.map((p, i) => rows.map((q, j) => i === j ? 0 : dot(p, q)));
  const hsic = (k: number[][], l: number[][]) => {
    const sum = (rows: number[][]) => rows.flat().reduce((total, value) => total + value, 0);
    const kl = k.map((row) => l[0].map((_, j) => dot(row, l.map((other) => other[j]))));
    const trace = kl.reduce((total, row, i) => total + row[i], 0);
    return (trace + sum(k) * sum(l) / (n - 1) / (n - 2) - 2 / (n - 2) * sum(kl)) / n / (n - 3);
  };
  const [k, l] = [products(x), products(y)];
  return hsic(k, l) / Math.sqrt(hsic(k, k) * hsic(l, l));
}

/** In the plane the best rotation, with or without a reflection, has a closed form. */
function planeProcrustes(x: number[][], y: number[][]): number {
  const normalise = (rows: number[][]) => {
    const mean = [0, 1].map((c) => rows.reduce((sum, row) => sum + row[c] / rows.length, 0));
    const centred = rows.map((row) => row.map((v, c) => v - mean[c]));
    const norm = Math.hypot(...centred.flat());
    return centred.map((row) => row.map((v) => v / norm));
  };
  const [p, q] = [normalise(x), normalise(y)];
  const m = (r: number, c: number) => dot(p.map((row) => row[r]), q.map((row) => row[c]));
  const turn = Math.hypot(m(0, 0) + m(1, 1), m(0, 1) - m(1, 0));
  const flip = Math.hypot(m(0, 0) - m(1, 1), m(0, 1) + m(1, 0));
  return Math.sqrt(1 - Math.max(turn, flip));
}

Deno.test("matchLayers() agrees with the definitions of overlap and CKA when states are random", () => {
  for (const [n, d] of [[4, 3], [5, 1], [9, 4], [30, 7]]) {
    const states = { a: cloud("a", 3, n, d), b: cloud("b", 3, n, d) };
    const [a, b] = [nest(states.a), nest(states.b)];
    matchLayers(states, straight(n), 0, []).forEach(({ overlap, cka, procrustes }, i) => {
      allNear(overlap, b.map((rows) => naiveOverlap(a[i], rows)));
      allNear(cka, b.map((rows) => naiveCka(a[i], rows)), 1e-5);
      assert.ok(procrustes.every((x) => x >= 0 && x <= 1));
    });
  }
});

Deno.test("matchLayers() gives the best rotation's distance when states lie in the plane", () => {
  const states = { a: cloud("p", 2, 7, 2), b: cloud("q", 2, 7, 2) };
  const [a, b] = [nest(states.a), nest(states.b)];
  matchLayers(states, straight(7), 0, []).forEach(({ procrustes }, i) => {
    allNear(procrustes, b.map((rows) => planeProcrustes(a[i], rows)), 1e-6);
  });
});

Deno.test("matchLayers() sees no difference when states are turned, stretched and shifted", () => {
  const a = cloud("turned", 1, 12, 3);
  const turned = nest(a)[0].flatMap(([x, y, z]) => [5 - 2 * y, 1 + 2 * z, 2 * x - 3]);
  const [{ overlap, procrustes, cka }] = matchLayers(
    { a, b: float32([1, 12, 3], turned) },
    straight(12),
    0,
    [],
  );
  near(overlap[0], 1);
  near(procrustes[0], 0, 1e-3);
  near(cka[0], 1, 1e-6);
});

Deno.test("matchLayers() is transposed when the prompts change places", () => {
  const [a, b] = [cloud("l", 4, 8, 5), cloud("r", 4, 8, 5)];
  const there = matchLayers({ a, b }, straight(8), 0, []);
  const back = matchLayers({ a: b, b: a }, straight(8), 0, []);
  for (const measure of ["overlap", "procrustes", "cka"] as const) {
    for (let i = 0; i < 4; i++) {
      allNear(there[i][measure], back.map((row) => row[measure][i]), 1e-6);
      near(
        matchLayers({ a, b: a }, straight(8), 0, [])[i][measure][i],
        measure === "procrustes" ? 0 : 1,
      );
    }
  }
});

Deno.test("matchLayers() leaves out massive channels and tokens before the change", () => {
  const a = cloud("m", 1, 9, 4);
  const rows = nest(a)[0].map((row, token) =>
    row.map((x, c) => c === 2 ? 1e3 * Math.sin(token) : token < 3 ? -7 * x : x)
  );
  const b = float32([1, 9, 4], rows.flat());
  const [{ overlap, procrustes }] = matchLayers({ a, b }, straight(9), 3, [2]);
  near(overlap[0], 1);
  near(procrustes[0], 0);
  assert.ok(matchLayers({ a, b }, straight(9), 3, [])[0].procrustes[0] > 0.1);
  assert.ok(matchLayers({ a, b }, straight(9), 0, [2])[0].procrustes[0] > 0.1);
});

Deno.test("matchLayers() says what it can when there are few tokens, or all are the same", () => {
  for (const n of [1, 2, 3]) {
    const [{ overlap, cka }] = matchLayers(
      { a: cloud("x", 1, n, 3), b: cloud("y", 1, n, 3) },
      straight(n),
      0,
      [],
    );
    assert.ok(overlap[0] >= 0 && overlap[0] <= 1);
    if (n < 3) assert.equal(overlap[0], 1);
    assert.ok(Number.isNaN(cka[0]));
  }
  const flat = float32([1, 5, 2], new Float32Array(10).fill(0.1));
  const none = matchLayers({ a: flat, b: flat }, straight(5), 0, [])[0];
  assert.deepEqual([none.overlap[0], none.procrustes[0], none.cka[0]], [1, 0, 1]);
  const one = matchLayers({ a: flat, b: cloud("z", 1, 5, 2) }, straight(5), 0, [])[0];
  assert.deepEqual([one.procrustes[0], one.cka[0]], [1, 0]);
});

Deno.test("chooseTokens() takes those from the change on when they are four, else all, at most 64", () => {
  const rungs = (n: number, from: number) =>
    chooseTokens(straight(n), from).map(({ rung }) => rung);
  assert.deepEqual(rungs(6, 2), [2, 3, 4, 5]);
  assert.deepEqual(rungs(6, 3), [0, 1, 2, 3, 4, 5]);
  const many = rungs(200, 10);
  assert.equal(new Set(many).size, 64);
  assert.deepEqual([many[0], many[63]], [10, 199]);
  const inserted = chooseTokens(alignTokens([1, 2], [1, 9, 2], () => 0), 1);
  assert.deepEqual(inserted, [{ rung: 0, a: 0, b: 0 }, { rung: 2, a: 1, b: 2 }]);
});

/** Least cost of all ways through the layers, by trying each. */
function leastWay(overlap: number[][], i = 0, j = 0): number {
  const here = 1 - overlap[i][j];
  const steps = [[1, 1], [1, 0], [0, 1]].map(([di, dj]) => [i + di, j + dj])
    .filter(([x, y]) => x < overlap.length && y < overlap[0].length);
  return here +
    (steps.length > 0 ? Math.min(...steps.map(([x, y]) => leastWay(overlap, x, y))) : 0);
}

Deno.test("findWarp() costs no more than the best of all ways, and steps on by one at most", () => {
  const random = makeRandom(5);
  for (let round = 0; round < 30; round++) {
    const [nA, nB] = [1 + Math.floor(random() * 5), 1 + Math.floor(random() * 5)];
    const overlap = Array.from({ length: nA }, () => Array.from({ length: nB }, random));
    const path = findWarp(overlap);
    near(path.reduce((sum, [i, j]) => sum + 1 - overlap[i][j], 0), leastWay(overlap), 1e-9);
    assert.deepEqual([path[0], path.at(-1)], [[0, 0], [nA - 1, nB - 1]]);
    for (let s = 1; s < path.length; s++) {
      const [di, dj] = [path[s][0] - path[s - 1][0], path[s][1] - path[s - 1][1]];
      assert.ok(di >= 0 && dj >= 0 && di <= 1 && dj <= 1 && di + dj > 0);
    }
  }
});

Deno.test("findWarp() goes straight when all is alike, and nowhere when there are no layers", () => {
  const path = findWarp([[1, 1, 1], [1, 1, 1], [1, 1, 1]]);
  assert.deepEqual(path, [[0, 0], [1, 1], [2, 2]]);
  assert.equal(meanLag(path), 0);
  assert.deepEqual(findWarp([]), []);
  assert.equal(meanLag([]), 0);
});

Deno.test("meanLag() tells by how many layers b is behind when its states come later", () => {
  const n = 9;
  const overlap = Array.from(
    { length: n },
    (_, i) => Array.from({ length: n }, (_, j) => Math.max(0, j - 2) === i || i === n - 1 ? 1 : 0),
  );
  const path = findWarp(overlap);
  assert.ok(path.some(([i, j]) => i === 4 && j === 6));
  assert.ok(meanLag(path) > 1 && meanLag(path) < 2.01);
  assert.equal(meanLag(path.map(([i, j]) => [j, i])), -meanLag(path));
});
