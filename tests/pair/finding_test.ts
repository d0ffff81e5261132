import assert from "node:assert/strict";
import type { PairLayer } from "../../scan/format/pair_types.ts";
import { findCarriers, findGaps } from "../../scan/pair/carriers.ts";
import { classifyCell, effectOf } from "../../scan/pair/cells.ts";
import { stateFinding } from "../../scan/pair/finding.ts";
import { withNullBand } from "../../scan/pair/null_band.ts";
import { makeHeader, makeLayer, tokensOf } from "./fixtures.ts";
import { near } from "./near.ts";

/** ` w1 w2 w3 w4` and the same with ` w9` in second place: the effects of its four rungs at six frames. */
const [a, b] = [tokensOf([1, 2, 3, 4]), tokensOf([1, 9, 3, 4])];
const handedOn = [
  [NaN, 1, 0, 0],
  [NaN, 0.9, 0.1, 0],
  [NaN, 0.7, 0.2, 0.3],
  [NaN, 0.1, 0.1, 0.6],
  [NaN, 0, 0, 0.9],
  [NaN, 0, 0, 1],
];
const find = (effects: readonly (readonly number[])[], same = [true, false, true, true]) =>
  findCarriers(
    { ladder: same.map((_, i) => ({ a: i, b: i })), same },
    effects.map((row, layer) => makeLayer(layer, row)),
  );
const state = (
  effects: readonly (readonly number[])[],
  more: Parameters<typeof makeHeader>[3] = {},
  layer: Partial<PairLayer> = {},
  displacedAfter: number | null = 0.97,
) =>
  stateFinding(
    makeHeader(a, b, effects.length, more),
    effects.map((row, i) => makeLayer(i, row, layer)),
    displacedAfter,
  );

Deno.test("effectOf() is the mean of both ways of patching, between 0 and 1", () => {
  const cause = {
    restored: Float32Array.of(0.5, 3, -1, NaN, NaN),
    lost: Float32Array.of(1, 0.5, 0.5, 0.25, NaN),
  };
  assert.deepEqual([0, 1, 2, 3].map((rung) => effectOf(cause, rung)), [0.75, 1, 0, 0.25]);
  assert.ok(Number.isNaN(effectOf(cause, 4)));
});

Deno.test("classifyCell() tells movement from effect", () => {
  const layer = {
    ...makeLayer(1, [0.9, 0.1, 0.9, 0.1, NaN, 0.9]),
    quietRelative: Float32Array.of(0.5, 0.5, 0.1, 0.1, 0.5, NaN),
  };
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((rung) => classifyCell(layer, rung)),
    ["both", "moved", "decides", "neither", null, null],
  );
});

Deno.test("findCarriers() follows the difference from token to token", () => {
  const carriers = find(handedOn);
  assert.deepEqual(carriers.map(({ rung, from, to }) => [rung, from, to]), [[1, 0, 2], [3, 3, 5]]);
  // Without the changed word at the embedding and the last token after the last layer.
  near(carriers[0].share, (0.9 + 0.7) / 2);
  near(carriers[1].share, (0.6 + 0.9) / 2);
});

Deno.test("findCarriers() is not cut up by noise about one half, and leaves out what stays below", () => {
  const row = (effect: number) => [0, 0, effect, 0];
  assert.deepEqual(
    find([0, 0.52, 0.45, 0.51, 0.1, 0.6].map(row)).map(({ from, to }) => [from, to]),
    [[1, 3], [5, 5]],
  );
  assert.deepEqual(find([0, 0.49, 0.49, 0.49].map(row)), []);
});

Deno.test("findCarriers() does not take for a carrier what carries by construction", () => {
  assert.deepEqual(find([[0, 1, 0, 0], [0, 0.3, 0, 0.3], [0, 0, 0, 1]]), []);
  // Two words are changed: neither at the embedding says anything.
  assert.deepEqual(find([[0.6, 0.6, 0, 0], [0, 0, 0, 0]], [false, false, true, true]), []);
  assert.deepEqual(find([]), []);
});

Deno.test("findGaps() tells the layers inside at which nobody carries", () => {
  const carriers = [{ rung: 0, from: 0, to: 1, share: 1 }, { rung: 1, from: 4, to: 5, share: 1 }];
  assert.deepEqual(findGaps(carriers, 6), [{ from: 2, to: 3 }]);
  assert.deepEqual(findGaps([], 4), [{ from: 1, to: 2 }]);
  assert.deepEqual(findGaps([], 2), []);
});

Deno.test("stateFinding() says who carries a turn, one after the other", () => {
  const { kind, turnsAt, sentence } = state(handedOn);
  assert.deepEqual([kind, turnsAt], ["turns", 2]);
  assert.equal(
    sentence,
    "The answer turns from “ Saturday” to “ Thursday” at layer 2; 80 % of it is carried by the token “ w9” up to layer 2, then 75 % by “ w4” from " +
      "layer 3 on. In the geometry 97 % of the particles' displacement belongs to the changed token " +
      "and those after it, which are 75 % of the tokens.",
  );
});

Deno.test("stateFinding() says towards what both lean and which carriers overlap", () => {
  const effects = handedOn.map((row, i) => i === 2 ? row.with(3, 0.6) : row);
  const layers = effects.map((row, i) => {
    const layer = makeLayer(i, row);
    return { ...layer, race: { ...layer.race, a: i < 3 ? -1 : 1, b: i < 2 ? 1 : -1 } };
  });
  const { turnsAt, sentence } = stateFinding(makeHeader(a, b, 6), layers, null);
  assert.equal(turnsAt, 3);
  assert.equal(
    sentence,
    "The answer turns from “ Saturday” to “ Thursday” at layer 3 (before, both prompts lean towards " +
      "“ Thursday”); 80 % of it is carried by the token “ w9” up to layer 2, and 70 % by “ w4” from " +
      "layer 2 on.",
  );
});

Deno.test("stateFinding() says at which layers nobody carries it", () => {
  const { kind, sentence } = state([
    [NaN, 1, 0, 0],
    [NaN, 0.9, 0, 0],
    [NaN, 0.3, 0.3, 0.3],
    [NaN, 0.1, 0.1, 0.3],
    [NaN, 0, 0, 0.8],
    [NaN, 0, 0, 1],
  ]);
  assert.equal(kind, "turns");
  assert.match(sentence, /; from layer 2 to layer 3 no single token carries half of it\./);
});

Deno.test("stateFinding() names the strongest cell when a turn is spread over many", () => {
  const { kind, carriers, sentence } = state([
    [NaN, 1, 0, 0],
    [NaN, 0.3, 0.2, 0.1],
    [NaN, 0.2, 0.34, 0.3],
    [NaN, 0, 0, 1],
  ]);
  assert.deepEqual([kind, carriers], ["spread", []]);
  assert.match(
    sentence,
    /between the embedding and the last layer no single token carries half of it, “ w3” at layer 2 the most, with 34 %\./,
  );
  assert.match(
    sentence,
    /The states after the change differ most at layer 1, by 30 % of the mean norm\./,
  );
});

Deno.test("stateFinding() names the last token when the change is in it", () => {
  const last = tokensOf([1, 2, 3, 9]);
  const effects = [1, 1, 1, 1].map((x) => [NaN, NaN, NaN, x]);
  const { carriers, sentence } = stateFinding(
    makeHeader(a, last, 4),
    effects.map((row, i) => makeLayer(i, row)),
    1,
  );
  assert.deepEqual(carriers, [{ rung: 3, from: 0, to: 3, share: 1 }]);
  assert.match(sentence, /100 % of it is carried by the token “ w9” at every layer\. /);
});

Deno.test("stateFinding() tells the rival when the answer stays", () => {
  const contrast = {
    kind: "rival" as const,
    a: { id: 100, text: " Saturday" },
    b: { id: 101, text: " Thursday" },
    logitDifference: { a: 4, b: 2.5 },
  };
  const { kind, turnsAt, sentence } = state(handedOn, { contrast });
  assert.deepEqual([kind, turnsAt], ["stays", null]);
  assert.match(
    sentence,
    /^Both prompts have the answer “ Saturday”; “ Thursday” gains most on it, 1\.5 nats, and stays 2\.5 nats behind; 80 % of it is/,
  );
  const little = { ...contrast, logitDifference: { a: 4, b: 3.7 } };
  assert.match(
    state(handedOn, { contrast: little }).sentence,
    /0\.3 nats, and stays 3\.7 nats behind\. /,
  );
  const none = { ...contrast, logitDifference: { a: 4, b: 4 } };
  assert.match(state(handedOn, { contrast: none }).sentence, /, and no other guess gains on it\. /);
});

Deno.test("stateFinding() claims nothing of states where no tokens are aligned", () => {
  const header = {
    ...makeHeader(a, b, 2),
    ladder: [{ a: 0, b: 0 }, { a: null, b: 1 }],
    firstChange: 1,
  };
  const layers = [0, 1].map((i) => makeLayer(i, [NaN, NaN]));
  const { sentence } = stateFinding(header, layers, null);
  assert.match(sentence, /no token of one prompt stands beside one of the other/);
  assert.doesNotMatch(sentence, /do not differ/);
});

Deno.test("stateFinding() says plainly when the geometry shows nothing", () => {
  const sentence = (...[more, layer, after]: [object?, object?, (number | null)?]) =>
    state(handedOn, more, layer, after).sentence;
  assert.match(
    sentence({}, {}, 0.76),
    /The geometry does not show where the change is: 76 % of .* 75 %/,
  );
  assert.match(
    sentence({ visibleChange: 0.1 }),
    /the picture shows little of the change: its motion agrees with that of the codes by R² 0\.10\.$/,
  );
  assert.match(
    sentence({}, { displaced: Float32Array.of(0, 0) }),
    /The geometry does not show the change: no particle is displaced\.$/,
  );
  assert.match(
    sentence({}, { displaced: null, standout: null }, null),
    /The particles of the two do not correspond, so that the geometry says nothing about the change\.$/,
  );
  assert.doesNotMatch(sentence({}, {}, null), /geometry|picture/);
});

Deno.test("stateFinding() says that nothing differs when the prompts are the same", () => {
  const header = makeHeader(a, a, 2, { firstChange: 4 });
  const layers = [0, 1].map((i) => makeLayer(i, [NaN, NaN, NaN, NaN]));
  assert.match(
    stateFinding(header, layers, 0).sentence,
    /the same to the model: nothing differs\.$/,
  );
});

Deno.test("stateFinding() tells tokens of the same text by their place and shows line breaks", () => {
  const twice = [{ id: 1, text: "\n" }, { id: 9, text: " x" }, { id: 3, text: "\n" }, b[3]];
  const header = makeHeader(twice.with(1, a[1]), twice, 3);
  const layers = [0, 1, 2].map((i) => makeLayer(i, [NaN, 0, 0.9, 0]));
  assert.match(
    stateFinding(header, layers, null).sentence,
    /by the token “⏎” \(token 3\) at every layer/,
  );
  const last = makeHeader([a[0], a[1], b[1]], [a[0], b[1], b[1]], 3);
  const others = [0, 1, 2].map((i) => makeLayer(i, [NaN, 0, 0.9]));
  const { sentence } = stateFinding(last, others, null);
  assert.match(sentence, /by the token “ w9” \(the last\) at every layer/);
});

Deno.test("withNullBand() says from where on a change does more than one that should not matter", () => {
  const layers = handedOn.map((row, i) =>
    makeLayer(i, row, { spread: [0, 1, 2, 4, 3, 1][i] / 10 })
  );
  const header = { ...makeHeader(a, b, 6), divergence: { onset: 2, peak: 3, reconvergence: 5 } };
  const pair = { header: { ...header, finding: stateFinding(header, layers, 0.97) }, layers };
  const control = (spread: number) => ({
    header: { ...pair.header, b: { ...pair.header.b, promptId: "family/filler" } },
    layers: layers.map((layer) => ({ ...layer, spread })),
  });
  const banded = withNullBand(pair, control(0.16));
  assert.deepEqual(banded.header.nullBand, {
    a: "family",
    b: "family/filler",
    spread: [0.16, 0.16, 0.16, 0.16, 0.16, 0.16],
  });
  assert.match(
    banded.header.finding.sentence,
    /From layer 2 on the states after the change differ more than under a change that should not matter \(family against family\/filler\), 2\.5 times as much at layer 3\./,
  );
  assert.match(
    withNullBand(pair, control(0.5)).header.finding.sentence,
    /The states after the change differ no more than under a change that should not matter/,
  );
  assert.equal(pair.header.nullBand, null);
  const foreign = { ...pair.header, model: { ...pair.header.model, digest: "sha256:other" } };
  assert.throws(() => withNullBand(pair, { header: foreign, layers }), TypeError);
  assert.throws(
    () => withNullBand(pair, { header: pair.header, layers: layers.slice(1) }),
    TypeError,
  );
});
