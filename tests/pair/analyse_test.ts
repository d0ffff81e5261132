import assert from "node:assert/strict";
import type { PairLayer } from "../../scan/format/pair_types.ts";
import { float32 } from "../../scan/onnx/tensor.ts";
import { meanLag } from "../../scan/pair/mod.ts";
import { analyse as compare, makeInput, makeSide, patchEvenly, sizes } from "./fixtures.ts";
import { allNear, near } from "./near.ts";

const analyse = (idsA: readonly number[], idsB: readonly number[], corresponding = true) =>
  compare(makeInput(makeSide(idsA), makeSide(idsB), { corresponding }), patchEvenly(0.6));

/** Numbers of a layer that must be numbers at aligned rungs, whatever the prompts. */
const rungNumbers = ["relative", "cosine", "quietRelative", "quietCosine"] as const;

const prompts: readonly [string, number[], number[], number][] = [
  ["one word is replaced", [1, 2, 3, 4, 5], [1, 2, 9, 4, 5], 2],
  ["the first token is replaced", [1, 2, 3], [4, 2, 3], 0],
  ["the last token is replaced", [1, 2, 3], [1, 2, 4], 2],
  ["a word is put in", [1, 2, 3], [1, 7, 2, 3], 1],
  ["a word is put in last", [1, 2], [1, 2, 3], 2],
  ["both have one token", [1], [2], 0],
  ["one has one token and the other two", [1], [2, 1], 0],
  ["nothing is the same", [1, 2], [3, 4, 5], 0],
  ["nothing differs", [1, 2, 3], [1, 2, 3], 3],
];

for (const [when, idsA, idsB, first] of prompts) {
  Deno.test(`preparePair() fills all of a pair with finite numbers when ${when}`, () => {
    const { pair: { header, layers }, difference } = analyse(idsA, idsB);
    assert.equal(header.firstChange, first);
    assert.equal(layers.length, sizes.nFrames);
    assert.deepEqual(header.soundness.nStates, first * sizes.nFrames);
    assert.equal(header.soundness.largest, 0);
    assert.ok(meanLag(header.warp) < sizes.nFrames);
    layers.forEach((layer, frame) => {
      assert.equal(layer.layer, frame);
      header.ladder.forEach(({ a, b }, rung) => {
        const aligned = a !== null && b !== null;
        for (const name of rungNumbers) assert.equal(Number.isFinite(layer[name][rung]), aligned);
        for (const shares of Object.values(layer.cause)) {
          assert.equal(Number.isNaN(shares[rung]), !aligned || first === header.ladder.length);
        }
      });
      const { race, match, spread } = layer;
      assert.ok([spread, race.a, race.b, race.jensenShannon].every(Number.isFinite));
      assert.ok([...match.overlap, ...match.procrustes].every((x) => x >= 0 && x <= 1));
      assert.ok([...layer.displaced!].every((x) => x >= 0));
      assert.ok([...layer.standout!].every((x) => x >= 0 && x <= 1));
    });
    assert.ok([...difference!.a, ...difference!.b].every((frame) => frame.every(Number.isFinite)));
    assert.match(header.finding.sentence, /^[A-Z].*\.$/);
    assert.doesNotMatch(header.finding.sentence, /NaN|undefined|Infinity/);
  });
}

Deno.test("preparePair() gives zero everywhere when a prompt meets itself", () => {
  let asked = false;
  const side = makeSide([1, 2, 3, 4, 5]);
  const { pair: { header, layers }, difference } = compare(makeInput(side, side), () => {
    asked = true;
    throw new Error("nothing to patch");
  });
  assert.equal(asked, false);
  layers.forEach((layer, frame) => {
    const zeros = [layer.relative, layer.quietRelative, layer.displaced!, layer.standout!];
    assert.ok(zeros.every((row) => row.every((x) => x === 0)));
    assert.ok([...layer.cosine, ...layer.quietCosine].every((x) => x === 1));
    assert.deepEqual([layer.spread, layer.race.jensenShannon, layer.race.movers], [0, 0, []]);
    assert.equal(layer.race.a, layer.race.b);
    assert.equal(layer.match.overlap[frame], 1);
    near(layer.match.procrustes[frame], 0);
    near(layer.match.cka[frame], 1);
  });
  assert.deepEqual(header.warp, layers.map((_, i) => [i, i]));
  assert.deepEqual(header.divergence, { onset: null, peak: null, reconvergence: null });
  assert.deepEqual([header.contrast.kind, header.finding.kind], ["rival", "stays"]);
  assert.deepEqual([header.finding.displacedAfter, header.differenceExplained], [0, 0]);
  assert.deepEqual(difference!.a, difference!.b);
  assert.match(header.finding.sentence, /nothing differs/);
});

Deno.test("preparePair() turns signs and transposes the match when the prompts change places", () => {
  const [there, back] = [
    analyse([1, 2, 3, 4], [1, 7, 3, 4, 5]),
    analyse([1, 7, 3, 4, 5], [1, 2, 3, 4]),
  ];
  const [{ header }, { header: other }] = [there.pair, back.pair];
  assert.equal(header.contrast.kind, "answers");
  assert.deepEqual([other.contrast.a, other.contrast.b], [header.contrast.b, header.contrast.a]);
  assert.deepEqual(other.ladder, header.ladder.map(({ a, b }) => ({ a: b, b: a })));
  assert.equal(other.finding.turnsAt, header.finding.turnsAt);
  assert.deepEqual(other.massiveChannels, header.massiveChannels);
  there.pair.layers.forEach((layer, frame) => {
    const mirror = back.pair.layers[frame];
    assert.deepEqual([mirror.race.a, mirror.race.b], [-layer.race.b, -layer.race.a]);
    near(mirror.race.jensenShannon, layer.race.jensenShannon);
    assert.deepEqual(
      mirror.race.movers.map(({ id, a, b }) => [id, b, a]),
      layer.race.movers.map(({ id, a, b }) => [id, a, b]),
    );
    for (const name of rungNumbers) allNear(mirror[name], layer[name]);
    near(mirror.spread, layer.spread);
    allNear(mirror.displaced!, layer.displaced!);
    for (const measure of ["overlap", "procrustes", "cka"] as const) {
      const column = there.pair.layers.map(({ match }: PairLayer) => match[measure][frame]);
      allNear(mirror.match[measure], column);
    }
  });
});

Deno.test("preparePair() gives the same for the same input", () => {
  const [one, two] = [analyse([1, 2, 3], [1, 4, 3]), analyse([1, 2, 3], [1, 4, 3])];
  assert.deepEqual(one, two);
});

Deno.test("preparePair() leaves the geometry out when particles do not correspond", () => {
  const { pair: { header, layers }, difference } = analyse([1, 2], [1, 3, 4], false);
  assert.equal(difference, null);
  assert.deepEqual([header.differenceExplained, header.visibleChange], [null, null]);
  assert.equal(header.finding.displacedAfter, null);
  assert.ok(layers.every(({ displaced, standout }) => displaced === null && standout === null));
});

Deno.test("preparePair() throws when the states before the change do not agree", () => {
  const [a, b] = [makeSide([1, 2, 3]), makeSide([1, 2, 4])];
  const states = float32(b.states.shape, b.states.data.map((x, i) => i === 20 ? x + 1 : x));
  assert.throws(
    () => compare(makeInput(a, { ...b, states }), patchEvenly(0)),
    /Cannot compare "family\/1-2-3" with "family\/1-2-4": .*Use a causal model/,
  );
  const { pair } = compare(
    makeInput(a, { ...b, states }, { tolerance: 1 }),
    patchEvenly(0),
  );
  assert.ok(pair.header.soundness.largest > 1e-3);
  assert.equal(pair.header.soundness.tolerance, 1);
});

Deno.test("preparePair() throws a TypeError when parts of its input do not fit together", () => {
  const [a, b] = [makeSide([1, 2]), makeSide([1, 3])];
  const broken = [
    { ...b, tokens: b.tokens.slice(1) },
    { ...b, lastLogits: float32([1, 2], [0, 0]) },
    { ...b, guesses: [] },
    { ...b, encoded: { ...b.encoded, codes: b.encoded.codes.slice(1) } },
    { ...b, encoded: { ...b.encoded, attention: new Float32Array(1) } },
  ];
  for (const side of broken) {
    assert.throws(
      () => compare(makeInput(a, side), patchEvenly(0)),
      { name: "TypeError", message: /^Cannot compare "family\/1-3": expected / },
    );
  }
  const short = () => [];
  assert.throws(() => compare(makeInput(a, b), short), {
    name: "TypeError",
    message: /expected 4 frames of 2 rungs, got 0/,
  });
});
