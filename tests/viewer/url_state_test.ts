import assert from "node:assert/strict";
import { makeRandom } from "../fixtures/synthetic_cloud.ts";
import { colourings, defaultPose, makeSettings, stageLooks } from "../../site/viewer/settings.ts";
import {
  applyLink,
  defaultLinkState,
  formatHash,
  linkOf,
  type LinkState,
  parseHash,
} from "../../site/viewer/url_state.ts";

Deno.test("formatHash() writes nothing for defaults", () => {
  assert.equal(formatHash(defaultLinkState), "");
  assert.deepEqual(parseHash(""), defaultLinkState);
  assert.deepEqual(parseHash("#"), defaultLinkState);
});

Deno.test("parseHash() reads back what formatHash() writes", () => {
  const random = makeRandom(7);
  const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)];
  const decimal = (min: number, max: number, digits: number) =>
    Number((min + (max - min) * random()).toFixed(digits));
  for (let i = 0; i < 200; i++) {
    const state: LinkState = {
      layer: pick([null, 0, 1, 12, 96]),
      speed: pick([0.25, 0.5, 1, 2, 4, 1.37]),
      colour: pick(colourings),
      edges: random() < 0.5,
      pointSize: decimal(0.4, 3, 2),
      turn: random() < 0.5,
      stage: pick(stageLooks),
      pose: pick([defaultPose, {
        azimuth: decimal(-180, 180, 1) * Math.PI / 180,
        polar: decimal(3, 177, 1) * Math.PI / 180,
        zoom: decimal(0.4, 12, 2),
        target: random() < 0.5
          ? [0, 0, 0] as const
          : [decimal(-1, 1, 2), decimal(-1, 1, 2), decimal(-1, 1, 2)] as const,
      }]),
    };
    const hash = formatHash(state);
    const back = parseHash(hash);
    assert.equal(formatHash(back), hash);
    assert.deepEqual({ ...back, pose: null }, { ...state, pose: null });
    assert.ok(Math.abs(back.pose.azimuth - state.pose.azimuth) < 1e-3);
    assert.ok(Math.abs(back.pose.zoom - state.pose.zoom) < 1e-3);
    assert.deepEqual(back.pose.target.map((value) => value + 0), [...state.pose.target]);
  }
});

Deno.test("formatHash() is short and readable", () => {
  const state: LinkState = {
    ...defaultLinkState,
    layer: 7,
    edges: false,
    pose: { azimuth: Math.PI / 6, polar: Math.PI / 2, zoom: 1.5, target: [0, 0, 0] },
  };
  assert.equal(formatHash(state), "#layer=7&edges=off&camera=30,90,1.5");
});

Deno.test("formatHash() turns angles that went round and round back into one turn", () => {
  const state = { ...defaultLinkState, pose: { ...defaultPose, azimuth: 7 * Math.PI + 0.5 } };
  const { pose } = parseHash(formatHash(state));
  assert.ok(Math.abs(pose.azimuth - (0.5 - Math.PI)) < 1e-3);
});

Deno.test("parseHash() takes defaults for what it cannot use", () => {
  const broken = [
    "#layer=-1",
    "#layer=7.5",
    "#layer=seven",
    "#layer=99999999999",
    "#speed=0",
    "#speed=1e3",
    "#speed=NaN",
    "#speed=Infinity",
    "#colour=constructor",
    "#edges=1",
    "#size=100",
    "#turn=",
    "#stage=__proto__",
    "#camera=1,2",
    "#camera=1,2,3,4",
    "#camera=a,b,c",
    "#camera=0,90,1000",
    "#camera=0,90,1,0,0,1e9",
    "#%E0%A4%A",
    "#=&&=&%",
    "#some-heading",
  ];
  for (const hash of broken) assert.deepEqual(parseHash(hash), defaultLinkState, hash);
});

Deno.test("parseHash() keeps the good parts beside bad ones", () => {
  const state = parseHash("#layer=3&speed=fast&edges=off&camera=x");
  assert.deepEqual(state, { ...defaultLinkState, layer: 3, edges: false });
});

Deno.test("formatHash() keeps what is not the viewer's and drops used anchors", () => {
  assert.equal(
    formatHash({ ...defaultLinkState, layer: 2 }, "#tokens-heading&ref=mail&layer=9"),
    "#ref=mail&layer=2",
  );
});

Deno.test("applyLink() and linkOf() are each other's inverse", () => {
  const settings = makeSettings();
  const link: LinkState = {
    layer: 4,
    speed: 2,
    colour: "density",
    edges: false,
    pointSize: 1.4,
    turn: false,
    stage: "light",
    pose: { azimuth: 1, polar: 1, zoom: 2, target: [0.1, 0, 0] },
  };
  applyLink(link, settings);
  assert.deepEqual(linkOf(settings, 4), link);
});
