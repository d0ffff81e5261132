import assert from "node:assert/strict";
import type { Contrast } from "../../scan/format/pair_types.ts";
import { float32 } from "../../scan/onnx/tensor.ts";
import {
  chooseContrast,
  findTurn,
  jensenShannon,
  type Racer,
  runRace,
  softmax,
} from "../../scan/pair/race.ts";
import { guessesOf, normals, textOf } from "./fixtures.ts";
import { near } from "./near.ts";

function racer(...rows: readonly (readonly number[])[]): Racer {
  return {
    lastLogits: float32([rows.length, rows[0].length], rows.flat()),
    guesses: rows.map((row) => guessesOf(Float32Array.from(row))),
  };
}

Deno.test("chooseContrast() takes both answers when they differ", () => {
  const contrast = chooseContrast(racer([9, 9], [3, 1]), racer([9, 9], [1, 4]), textOf);
  const expected: Contrast = {
    kind: "answers",
    a: { id: 0, text: " w0" },
    b: { id: 1, text: " w1" },
    logitDifference: { a: 2, b: -3 },
  };
  assert.deepEqual(contrast, expected);
});

Deno.test("chooseContrast() takes the rival that gained most among the guesses when the answer stays", () => {
  const a = racer([9, 5, 4, 3, -9]);
  const b = racer([9, 5.5, 6, 3, -4]);
  const contrast = chooseContrast(a, b, textOf);
  assert.deepEqual([contrast.kind, contrast.a.id, contrast.b.id], ["rival", 0, 2]);
  assert.deepEqual(contrast.logitDifference, { a: 5, b: 3 });
  // Token 4 gained more, but is nobody's guess.
  assert.ok(-4 - -9 > 2);
});

Deno.test("chooseContrast() takes the lower id when logits or gains are equal", () => {
  assert.equal(chooseContrast(racer([2, 2, 0]), racer([0, 0, 3]), textOf).a.id, 0);
  assert.equal(chooseContrast(racer([9, 1, 1]), racer([9, 2, 2]), textOf).b.id, 1);
});

Deno.test("chooseContrast() has no rival in a vocabulary of one and throws when a logit is NaN", () => {
  const { kind, a, b, logitDifference } = chooseContrast(racer([1]), racer([2]), textOf);
  assert.deepEqual([kind, a.id, b.id, logitDifference], ["rival", 0, 0, { a: 0, b: 0 }]);
  assert.throws(() => chooseContrast(racer([1, NaN]), racer([1, 2]), textOf), RangeError);
});

Deno.test("runRace() agrees with the definitions when logits are random", () => {
  const rows = (seed: string) =>
    [0, 1, 2].map((frame) => Array.from(normals(`${seed}${frame}`, 12), (x) => Math.fround(3 * x)));
  const [rowsA, rowsB] = [rows("a"), rows("b")];
  const contrast: Contrast = {
    kind: "answers",
    a: { id: 3, text: "" },
    b: { id: 7, text: "" },
    logitDifference: { a: 0, b: 0 },
  };
  runRace(racer(...rowsA), racer(...rowsB), contrast, textOf).forEach((race, frame) => {
    const probabilities = (row: readonly number[]) => {
      const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
      return row.map((x) => Math.exp(x) / total);
    };
    const [p, q] = [probabilities(rowsA[frame]), probabilities(rowsB[frame])];
    const middle = p.map((x, i) => (x + q[i]) / 2);
    const divergence = (x: readonly number[]) =>
      x.reduce((sum, value, i) => sum + value * Math.log2(value / middle[i]), 0);
    near(race.jensenShannon, (divergence(p) + divergence(q)) / 2, 1e-9);
    near(race.a, rowsA[frame][3] - rowsA[frame][7]);
    near(race.b, rowsB[frame][3] - rowsB[frame][7]);
    const order = p.map((_, id) => id)
      .sort((x, y) => Math.abs(q[y] - p[y]) - Math.abs(q[x] - p[x])).slice(0, 6);
    assert.deepEqual(race.movers.map(({ id }) => id), order);
    for (const { id, text, a, b } of race.movers) {
      assert.equal(text, textOf(id));
      near(a, p[id], 1e-9);
      near(b, q[id], 1e-9);
    }
  });
});

Deno.test("runRace() has neither divergence nor movers when a prompt meets itself", () => {
  const both = racer(Array.from(normals("x", 20)));
  const [race] = runRace(both, both, chooseContrast(both, both, textOf), textOf);
  assert.equal(race.a, race.b);
  assert.equal(race.jensenShannon, 0);
  assert.deepEqual(race.movers, []);
});

Deno.test("runRace() names at most all tokens, lower ids first, when changes are equal", () => {
  const contrast = chooseContrast(racer([1, 0]), racer([0, 1]), textOf);
  const [race] = runRace(racer([1, 0]), racer([0, 1]), contrast, textOf);
  assert.deepEqual(race.movers.map(({ id }) => id), [0, 1]);
});

Deno.test("jensenShannon() is symmetric, 1 bit apart and 0 for the same", () => {
  const [p, q] = ["p", "q"].map((seed) => softmax(normals(seed, 30)));
  near(jensenShannon(p, q), jensenShannon(q, p), 1e-12);
  assert.equal(jensenShannon(p, p), 0);
  near(jensenShannon(Float64Array.of(1, 0), Float64Array.of(0, 1)), 1, 1e-12);
  const little = jensenShannon(Float64Array.of(0.5, 0.5), Float64Array.of(0.5 + 1e-9, 0.5 - 1e-9));
  assert.ok(little >= 0 && little < 1e-15);
});

Deno.test("softmax() takes logits of any size and throws when one is NaN or none is finite", () => {
  assert.deepEqual([...softmax(Float32Array.of(3e38, 3e38, -3e38))], [0.5, 0.5, 0]);
  assert.deepEqual([...softmax(Float32Array.of(0, -Infinity))], [1, 0]);
  for (const bad of [[NaN, 1], [1, NaN], [Infinity], [-Infinity], []]) {
    assert.throws(() => softmax(Float32Array.from(bad)), RangeError, `${bad}`);
  }
});

Deno.test("findTurn() tells from where on each prompt prefers its own answer for good", () => {
  const turn = (a: number, b: readonly number[]) => findTurn(b.map((x) => ({ a, b: x })));
  assert.equal(turn(1, [1, -1, 2, -1, -2]), 3);
  assert.equal(turn(1, [-1, -1]), 0);
  assert.equal(turn(1, [1, 1, -1]), 2);
  assert.equal(turn(1, [-1, -1, 0]), null);
  assert.equal(turn(-1, [1, -1]), null);
  assert.equal(turn(1, []), null);
  const both = [[-1, -1], [2, -1], [-1, -1], [1, -2], [1, -1]].map(([a, b]) => ({ a, b }));
  assert.equal(findTurn(both), 3);
  assert.equal(findTurn(both.map(({ a, b }) => ({ a: -b, b: -a }))), 3);
});
