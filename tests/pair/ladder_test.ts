import assert from "node:assert/strict";
import type { Rung } from "../../scan/format/pair_types.ts";
import { alignTokens, firstChange, isSame } from "../../scan/pair/ladder.ts";
import { makeRandom } from "../fixtures/synthetic_cloud.ts";
import { near } from "./near.ts";

/** As text: `1=1` the same, `1/2` two tokens, `1-` and `-2` one. */
function write(ladder: readonly Rung[], a: readonly number[], b: readonly number[]): string {
  return ladder.map((rung) => {
    const [left, right] = [rung.a === null ? "" : a[rung.a], rung.b === null ? "" : b[rung.b]];
    return `${left}${
      isSame(rung, a, b) ? "=" : rung.a !== null && rung.b !== null ? "/" : "-"
    }${right}`;
  }).join(" ");
}

const align = (a: number[], b: number[], similarity: (i: number, j: number) => number = () => 0) =>
  write(alignTokens(a, b, similarity), a, b);

const cases: readonly [string, number[], number[], string][] = [
  ["one word is replaced", [1, 2, 3, 4], [1, 9, 3, 4], "1=1 2/9 3=3 4=4"],
  ["the first token is replaced", [1, 2, 3], [9, 2, 3], "1/9 2=2 3=3"],
  ["the last token is replaced", [1, 2, 3], [1, 2, 9], "1=1 2=2 3/9"],
  ["every token is replaced", [1, 2], [3, 4], "1/3 2/4"],
  ["a word is put in", [1, 2, 3], [1, 2, 9, 3], "1=1 2=2 -9 3=3"],
  ["a word is taken out", [1, 2, 3], [1, 3], "1=1 2- 3=3"],
  ["a word is put in first", [1, 2], [9, 1, 2], "-9 1=1 2=2"],
  ["a word is put in last", [1, 2], [1, 2, 9], "1=1 2=2 -9"],
  ["a word is doubled", [1, 2, 3], [1, 2, 2, 3], "1=1 2=2 -2 3=3"],
  ["a phrase moves on by one", [7, 1, 2, 3, 8], [7, 2, 3, 9, 8], "7=7 1- 2=2 3=3 -9 8=8"],
  ["two words change places", [1, 2, 3], [2, 1, 3], "1/2 2/1 3=3"],
  ["both are empty", [], [], ""],
  ["one is empty", [], [1, 2], "-1 -2"],
  ["both have one token", [1], [1], "1=1"],
  ["both have one token and it differs", [1], [2], "1/2"],
];

for (const [when, a, b, expected] of cases) {
  Deno.test(`alignTokens() gives "${expected}" when ${when}`, () => {
    assert.equal(align(a, b), expected);
  });
}

Deno.test("alignTokens() puts the more similar token beside the replaced one when two take its place", () => {
  const closest = (to: number) => (_: number, j: number) => j === to ? 0.9 : 0.1;
  assert.equal(align([1, 2, 3], [1, 8, 9, 3], closest(1)), "1=1 2/8 -9 3=3");
  assert.equal(align([1, 2, 3], [1, 8, 9, 3], closest(2)), "1=1 -8 2/9 3=3");
  assert.equal(align([1, 2, 3], [1, 8, 9, 3], () => NaN), "1=1 -8 2/9 3=3");
});

/** Least cost of laying out two prompts, over all ways, by trying each. */
function leastCost(
  a: readonly number[],
  b: readonly number[],
  similarity: (i: number, j: number) => number,
): number {
  const from = (i: number, j: number): number => {
    if (i === a.length || j === b.length) return a.length - i + b.length - j;
    const beside = a[i] === b[j] ? 0 : 1 - Math.max(0, similarity(i, j)) / 2;
    return Math.min(beside + from(i + 1, j + 1), 1 + from(i + 1, j), 1 + from(i, j + 1));
  };
  return from(0, 0);
}

Deno.test("alignTokens() costs no more than the best of all ways when prompts are random", () => {
  const random = makeRandom(3);
  for (let round = 0; round < 60; round++) {
    const draw = () =>
      Array.from({ length: Math.floor(random() * 7) }, () => Math.floor(random() * 3));
    const [a, b] = [draw(), draw()];
    const table = Array.from({ length: 49 }, () => random() * 2 - 1);
    const similarity = (i: number, j: number) => table[i * 7 + j];
    const ladder = alignTokens(a, b, similarity);
    const cost = ladder.reduce((sum, rung) => {
      if (rung.a === null || rung.b === null) return sum + 1;
      return sum + (isSame(rung, a, b) ? 0 : 1 - Math.max(0, similarity(rung.a, rung.b)) / 2);
    }, 0);
    near(cost, leastCost(a, b, similarity), 1e-9, `${a} and ${b}`);
    assert.deepEqual(ladder.flatMap(({ a }) => a ?? []), [...a.keys()]);
    assert.deepEqual(ladder.flatMap(({ b }) => b ?? []), [...b.keys()]);
    assert.deepEqual(alignTokens(a, b, similarity), ladder);
  }
});

Deno.test("alignTokens() takes little memory when two long prompts differ at both ends", () => {
  const a = Array.from({ length: 3000 }, (_, i) => i);
  const b = [9000, ...a.slice(1, 1500), 9001, ...a.slice(1500, -1), 9002];
  const ladder = alignTokens(a, b, () => 0);
  assert.equal(ladder.length, 3001);
  assert.deepEqual(ladder[1500], { a: null, b: 1500 });
  assert.equal(ladder.filter((rung) => isSame(rung, a, b)).length, 2998);
});

Deno.test("firstChange() tells the first rung that differs, or the length when none does", () => {
  const first = (a: number[], b: number[]) => firstChange(alignTokens(a, b, () => 0), a, b);
  assert.equal(first([1, 2, 3], [1, 2, 3]), 3);
  assert.equal(first([1, 2, 3], [9, 2, 3]), 0);
  assert.equal(first([1, 2, 3], [1, 2, 9]), 2);
  assert.equal(first([1, 2, 3], [1, 9, 2, 3]), 1);
  assert.equal(first([1, 2], [1]), 1);
  assert.equal(first([], []), 0);
});
