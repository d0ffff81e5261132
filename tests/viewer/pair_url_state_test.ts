import assert from "node:assert/strict";
import { makeRandom } from "../fixtures/synthetic_cloud.ts";
import { alignments, arrangements, PairSession, spaces } from "../../site/viewer/pair_session.ts";
import {
  applyPairLink,
  defaultPairLinkState,
  formatPairHash,
  pairLinkOf,
  type PairLinkState,
  parsePairHash,
} from "../../site/viewer/pair_url_state.ts";
import { defaultPose, pairColourings, stageLooks } from "../../site/viewer/settings.ts";

Deno.test("formatPairHash() writes nothing for defaults", () => {
  assert.equal(formatPairHash(defaultPairLinkState), "");
  assert.deepEqual(parsePairHash(""), defaultPairLinkState);
});

Deno.test("parsePairHash() reads back what formatPairHash() writes", () => {
  const random = makeRandom(11);
  const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)];
  for (let i = 0; i < 200; i++) {
    const state: PairLinkState = {
      layer: pick([null, 0, 7]),
      speed: pick([0.5, 1, 2]),
      colour: pick(pairColourings),
      edges: random() < 0.5,
      pointSize: pick([1, 1.5]),
      turn: random() < 0.5,
      stage: pick(stageLooks),
      pose: defaultPose,
      arrangement: pick(arrangements),
      blend: Number(random().toFixed(2)),
      ghost: random() < 0.5,
      arrows: random() < 0.5,
      aligned: pick(alignments),
      space: pick(spaces),
      cell: pick([null, { frame: 0, rung: 0 }, { frame: 12, rung: 31 }]),
    };
    assert.deepEqual(parsePairHash(formatPairHash(state)), state);
  }
});

Deno.test("formatPairHash() is short and readable, and keeps what is not the viewer's", () => {
  const state: PairLinkState = {
    ...defaultPairLinkState,
    layer: 7,
    arrangement: "beside",
    arrows: true,
    cell: { frame: 7, rung: 5 },
  };
  assert.equal(formatPairHash(state), "#layer=7&view=beside&arrows=on&cell=7,5");
  assert.equal(
    formatPairHash({ ...defaultPairLinkState, blend: 0.4 }, "#ref=mail&blend=1&ghost=off&layer=3"),
    "#ref=mail&blend=0.4",
  );
});

Deno.test("parsePairHash() takes defaults for what it cannot use", () => {
  const broken = [
    "#view=constructor",
    "#blend=2",
    "#blend=-0.1",
    "#ghost=1",
    "#arrows=",
    "#aligned=x",
    "#space=__proto__",
    "#cell=1",
    "#cell=1,2,3",
    "#cell=-1,2",
    "#cell=a,b",
    "#colour=nothing",
  ];
  for (const hash of broken) assert.deepEqual(parsePairHash(hash), defaultPairLinkState, hash);
});

Deno.test("applyPairLink() and pairLinkOf() are each other's inverse", () => {
  const pair = new PairSession();
  assert.deepEqual(pairLinkOf(pair, null), defaultPairLinkState);
  const state: PairLinkState = {
    ...defaultPairLinkState,
    layer: 4,
    colour: "standout",
    arrangement: "beside",
    blend: 0.25,
    ghost: false,
    arrows: true,
    aligned: "warped",
    space: "difference",
    cell: { frame: 4, rung: 2 },
  };
  applyPairLink(state, pair);
  assert.deepEqual(pairLinkOf(pair, 4), state);
  applyPairLink(defaultPairLinkState, pair);
  assert.equal(pair.selection.value.kind, "none", "a link without a cell takes the cell away");
  pair.selection.value = { kind: "particles", particles: new Set([1]) };
  applyPairLink(defaultPairLinkState, pair);
  assert.equal(pair.selection.value.kind, "particles", "chosen particles are not the link's");
  pair.dispose();
});
