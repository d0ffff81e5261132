import assert from "node:assert/strict";
import { float32 } from "../../scan/onnx/tensor.ts";
import { findTurningPoints, firstAbove, measureDivergence } from "../../scan/pair/divergence.ts";
import { alignTokens, isSame } from "../../scan/pair/ladder.ts";
import { findMassiveChannels } from "../../scan/pair/massive_channels.ts";
import { assertSound, defaultTolerance, measureSoundness } from "../../scan/pair/soundness.ts";
import { makeSide, nest, normals } from "./fixtures.ts";
import { near } from "./near.ts";

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const norm = (x: readonly number[]) => Math.hypot(...x);
const minus = (x: readonly number[], y: readonly number[]) => x.map((value, i) => value - y[i]);
const cosine = (x: readonly number[], y: readonly number[]) =>
  x.reduce((sum, value, i) => sum + value * y[i], 0) / norm(x) / norm(y);

const prompts: readonly [string, number[], number[]][] = [
  ["one word is replaced", [1, 2, 3, 4], [1, 5, 3, 4]],
  ["a word is put in", [1, 2, 3], [1, 2, 6, 3]],
  ["the first token is replaced", [1, 2, 3], [4, 2, 3]],
  ["the last token is replaced", [1, 2], [1, 3]],
  ["both have one token", [1], [2]],
];

for (const [when, idsA, idsB] of prompts) {
  Deno.test(`measureDivergence() agrees with the definition when ${when}`, () => {
    const states = { a: makeSide(idsA).states, b: makeSide(idsB).states };
    const ladder = alignTokens(idsA, idsB, () => 0);
    const same = ladder.map((rung) => isSame(rung, idsA, idsB));
    const first = same.indexOf(false);
    const [a, b] = [nest(states.a), nest(states.b)];
    const quiet = (row: readonly number[]) => row.filter((_, c) => c !== 2);
    measureDivergence(states, ladder, same, first, [2]).forEach((layer, f) => {
      const meanNorm = (view: (row: readonly number[]) => readonly number[]) =>
        mean([...a[f], ...b[f]].map((row) => norm(view(row))));
      ladder.forEach((rung, r) => {
        const aligned = rung.a !== null && rung.b !== null;
        const [x, y] = aligned ? [a[f][rung.a], b[f][rung.b]] : [[], []];
        const value = (number: () => number) => aligned ? number() : NaN;
        near(layer.relative[r], value(() => norm(minus(x, y)) / meanNorm((row) => row)));
        near(layer.cosine[r], value(() => cosine(x, y)));
        near(
          layer.quietRelative[r],
          value(() => norm(minus(quiet(x), quiet(y))) / meanNorm(quiet)),
        );
        near(layer.quietCosine[r], value(() => cosine(quiet(x), quiet(y))));
      });
      const after = [...layer.quietRelative].map((x, r) => ({ x, r }))
        .filter(({ x, r }) => r >= first && !Number.isNaN(x));
      const sameAfter = after.filter(({ r }) => same[r]);
      near(layer.spread, mean((sameAfter.length > 0 ? sameAfter : after).map(({ x }) => x)));
    });
  });
}

Deno.test("measureDivergence() gives 0 and cosine 1 at every layer when a prompt meets itself", () => {
  const { states } = makeSide([1, 2, 3]);
  const ladder = alignTokens([1, 2, 3], [1, 2, 3], () => 0);
  for (
    const layer of measureDivergence({ a: states, b: states }, ladder, [true, true, true], 3, [])
  ) {
    assert.deepEqual([...layer.relative, ...layer.quietRelative], [0, 0, 0, 0, 0, 0]);
    assert.deepEqual([...layer.cosine, ...layer.quietCosine], [1, 1, 1, 1, 1, 1]);
    assert.equal(layer.spread, 0);
  }
});

Deno.test("measureDivergence() stays finite when states are zero, and 0 when nothing after is aligned", () => {
  const a = float32([1, 1, 2], [0, 0]);
  const b = float32([1, 2, 2], [0, 0, 3, 4]);
  const ladder = alignTokens([1], [1, 2], () => 0);
  const [layer] = measureDivergence({ a, b }, ladder, [true, false], 1, []);
  assert.deepEqual([layer.relative[0], layer.cosine[0], layer.spread], [0, 1, 0]);
});

Deno.test("findTurningPoints() tells onset, peak and reconvergence of a curve", () => {
  const points = (curve: number[]) => Object.values(findTurningPoints(curve));
  assert.deepEqual(points([0, 1, 2, 4, 3, 1, 1]), [2, 3, 5]);
  assert.deepEqual(points([0, 1, 2, 4]), [2, 3, null]);
  assert.deepEqual(points([4, 1, 3, 1]), [0, 0, 3]);
  assert.deepEqual(points([1, 4, 4, 1]), [1, 1, 3]);
  assert.deepEqual(points([5]), [0, 0, null]);
  assert.deepEqual(points([0, 0]), [null, null, null]);
  assert.deepEqual(points([]), [null, null, null]);
});

Deno.test("firstAbove() tells the first frame above a band, null when there is none", () => {
  assert.equal(firstAbove([0, 1, 3, 1], [0, 1, 2, 3]), 2);
  assert.equal(firstAbove([0, 1], [0, 1]), null);
  assert.equal(firstAbove([], []), null);
});

Deno.test("findMassiveChannels() names the planted channels alone, in both prompts and rising order", () => {
  for (const dModel of [64, 512]) {
    const make = () => float32([3, 8, dModel], normals(`${dModel}`, 3 * 8 * dModel));
    assert.deepEqual(findMassiveChannels({ a: make(), b: make() }), []);
    const [a, b] = [make(), make()];
    a.data[(1 * 8 + 0) * dModel + 40] = -300;
    b.data[(2 * 8 + 5) * dModel + 7] = 300;
    // Large, but one among many of its size in a state: it decides nothing.
    for (let c = 0; c < dModel; c += 2) b.data[(2 * 8 + 6) * dModel + c] = 30;
    assert.deepEqual(findMassiveChannels({ a, b }), [7, 40]);
    assert.deepEqual(findMassiveChannels({ a: b, b: a }), [7, 40]);
  }
});

Deno.test("findMassiveChannels() keeps to few and takes none where most numbers are zero", () => {
  const rows = float32([1, 8, 64], normals("few", 8 * 64));
  for (let token = 0; token < 6; token++) rows.data[token * 64 + token * 9] = 100 + token;
  assert.deepEqual(findMassiveChannels({ a: rows, b: rows }).length, 2);
  // A channel of four holds a quarter easily, and is not massive.
  const narrow = float32([1, 8, 4], normals("narrow", 8 * 4));
  assert.deepEqual(findMassiveChannels({ a: narrow, b: narrow }), []);
  const sparse = float32([1, 2, 4], [1, 0, 0, 0, 0, 1, 0, 0]);
  assert.deepEqual(findMassiveChannels({ a: sparse, b: sparse }), []);
  const none = float32([1, 0, 4], []);
  assert.deepEqual(findMassiveChannels({ a: none, b: none }), []);
});

/** Sorts all magnitudes and looks at every number. */
function naiveMassive(rows: readonly number[][]): number[] {
  const sorted = rows.flat().map(Math.abs).sort((x, y) => x - y);
  const least = 20 * sorted[(sorted.length - 1) >> 1];
  const found = rows.flatMap((row) =>
    row.map((x, channel) => ({ channel, size: Math.abs(x), share: x * x / norm(row) ** 2 }))
  ).filter(({ size, share }) => least > 0 && size >= least && share >= 0.25)
    .sort((x, y) => y.share - x.share || x.channel - y.channel);
  const most = Math.max(1, Math.floor(rows[0].length / 32));
  return [...new Set(found.map(({ channel }) => channel))].slice(0, most).sort((x, y) => x - y);
}

Deno.test("findMassiveChannels() agrees with the definition when some numbers are large", () => {
  const counts = new Set<number>();
  for (let round = 0; round < 150; round++) {
    const [n, dModel] = [1 + round % 5, 8 + round];
    const numbers = normals(`round ${round}`, n * dModel).map((x, i) =>
      i % (dModel + 3) === 0 ? x * (15 + round % 40) : Math.round(4 * x) / 4
    );
    const states = float32([1, n, dModel], numbers);
    const channels = findMassiveChannels({ a: states, b: states });
    assert.deepEqual(channels, naiveMassive(nest(states)[0]), `round ${round}`);
    counts.add(channels.length);
  }
  assert.ok(counts.has(0) && counts.has(1) && counts.has(2));
});

Deno.test("measureSoundness() finds the largest deviation before the change, and it alone", () => {
  const [a, b] = [makeSide([1, 2, 3]).states, makeSide([1, 2, 4]).states];
  assert.deepEqual(measureSoundness({ a, b }, 2), {
    largest: 0,
    nStates: 8,
    tolerance: defaultTolerance,
  });
  const leaky = float32(b.shape, b.data.slice());
  leaky.data[(2 * 3 + 1) * 6 + 4] += 0.5;
  const rows = [...nest(a)[2], ...nest(leaky)[2]];
  const sound = measureSoundness({ a, b: leaky }, 2);
  near(sound.largest, 0.5 / mean(rows.map(norm)));
  assert.throws(
    () => assertSound(sound, { a: "one", b: "two" }),
    /Cannot compare "one" with "two": expected the 8 hidden states .* agree within 0\.001 .*got a deviation of 0\.\d+\. Use a causal model/,
  );
  assert.equal(measureSoundness({ a, b: leaky }, 1).largest, 0);
});

Deno.test("assertSound() passes within the tolerance and throws when a state is no number", () => {
  const names = { a: "one", b: "two" };
  assertSound({ largest: 1e-3, nStates: 1, tolerance: 1e-3 }, names);
  assertSound(measureSoundness({ a: makeSide([1]).states, b: makeSide([2]).states }, 0), names);
  const { states } = makeSide([1, 2]);
  const broken = float32(states.shape, states.data.with(0, NaN));
  const sound = measureSoundness({ a: states, b: broken }, 1);
  assert.equal(sound.largest, Infinity);
  assert.throws(() => assertSound(sound, names), Error);
});
