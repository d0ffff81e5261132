import assert from "node:assert/strict";
import { encodeScan } from "../../scan/format/encode.ts";
import type { Pair } from "../../scan/format/pair_types.ts";
import type { Scan } from "../../scan/format/types.ts";
import { pairColouring } from "../../site/viewer/pair_paint.ts";
import { pairActionOf } from "../../site/viewer/pair_keys.ts";
import { performOnPair } from "../../site/viewer/pair_perform.ts";
import { PairSession } from "../../site/viewer/pair_session.ts";
import { LoadError } from "../../site/viewer/stream.ts";
import { makeSyntheticFamily } from "../fixtures/synthetic_scan.ts";
import { withReads } from "../fixtures/reading_scan.ts";

const nFrames = 5;
const family = makeSyntheticFamily(0, { members: 2, particles: 60, frames: nFrames });
const [a, b] = family.map(({ scan }) => withReads(scan));
const fewer = makeSyntheticFamily(0, { particles: 30, frames: nFrames })[0].scan;
const files = new Map<string, Uint8Array<ArrayBuffer>>();
const put = async (name: string, scan: Scan) => files.set(name, await encodeScan(scan));
await put("a", a);
await put("b", b);
await put("fewer", fewer);
await put("stranger", makeSyntheticFamily(1, { particles: 60, frames: nFrames })[0].scan);

function makePair(): PairSession {
  return new PairSession({
    fetch: (url) => {
      const bytes = files.get(url);
      return Promise.resolve(bytes ? new Response(bytes) : new Response("", { status: 404 }));
    },
    fetchPair: (url) => Promise.reject(new LoadError("missing", url, "expected a file, got none")),
    retryDelaysMs: [],
  });
}

/** Runs with a quiet console: a failed load is told there too. */
async function quietly(run: () => Promise<void>): Promise<void> {
  const { error } = console;
  console.error = () => {};
  try {
    await run();
  } finally {
    console.error = error;
  }
}

Deno.test("load() brings both scans, whose playheads are one", async () => {
  const pair = makePair();
  await pair.load({ a: "a", b: "b" });
  assert.equal(pair.nFrames, nFrames);
  assert.equal(pair.correspondence.value.kind, "same");
  pair.seek(3);
  pair.tick(10_000);
  assert.deepEqual([pair.a.layer.value, pair.b.layer.value], [3, 3]);
  pair.a.scrub(1.25);
  assert.deepEqual(pair.b.playhead.value, pair.a.playhead.value);
  pair.dispose();
});

Deno.test("load() shows one scan where the other cannot be had", async () => {
  const pair = makePair();
  await quietly(() => pair.load({ a: "a", b: "nowhere" }));
  assert.equal(pair.b.loading.value.kind, "failed");
  assert.equal(pair.correspondence.value.kind, "unknown");
  pair.seek(2);
  pair.tick(10_000);
  assert.equal(pair.layer.value, 2);
  pair.dispose();
});

Deno.test("correspondence says why particles of unequal numbers are not the same", async () => {
  const pair = makePair();
  await pair.load({ a: "a", b: "fewer" });
  const { value } = pair.correspondence;
  assert.match(value.kind === "different" ? value.reason : "", /60 and 30/);
  assert.notEqual(pairColouring(pair), "displacement", "there is no displacement to show");
  pair.dispose();
});

Deno.test("prompts of different families stay side by side, and why is told", async () => {
  const pair = makePair();
  await pair.load({ a: "a", b: "stranger" });
  const { value } = pair.correspondence;
  assert.match(value.kind === "different" ? value.reason : "", /not projected together/);
  assert.equal(pair.arrangement.value, "beside");
  pair.arrange("together");
  assert.equal(pair.arrangement.value, "beside");
  pair.dispose();
});

Deno.test("loadPair() tells a failure and can be called again", async () => {
  const pair = makePair();
  const first = pair.loadPair("p");
  assert.equal(pair.loadPair("p"), first, "one request for two who ask");
  await assert.rejects(first, { name: "LoadError" });
  assert.equal(pair.pairLoading.value.kind, "failed");
  assert.notEqual(pair.loadPair("p").catch(() => {}), first);
  pair.dispose();
});

Deno.test("loadPair() keeps the one that was asked for last", async () => {
  const answers: (() => void)[] = [];
  const pair = new PairSession({
    fetchPair: (url) =>
      new Promise((resolve) => answers.push(() => resolve({ header: { family: url } } as Pair))),
  });
  const [first, second] = [pair.loadPair("first"), pair.loadPair("second")];
  answers[1]();
  await second;
  answers[0]();
  await first;
  assert.equal(pair.pair.value?.header.family, "second");
  pair.dispose();
});

Deno.test("particlesOf() and rungsOf() go from cells to particles and back", async () => {
  const pair = makePair();
  await pair.load({ a: "a", b: "b" });
  const cell = { kind: "cell", frame: 2, rung: 1 } as const;
  const particles = pair.particlesOf(cell, "a");
  assert.ok(particles.size > 0);
  for (const particle of particles) assert.equal(a.frames[2].reads?.tokens[particle], 1);
  assert.deepEqual([...pair.rungsOf(cell)], [1]);
  pair.seek(2);
  pair.tick(10_000);
  const only = new Set([...particles].slice(0, 1));
  assert.ok(pair.rungsOf({ kind: "particles", particles: only }).has(1));
  assert.equal(pair.particlesOf({ kind: "cell", frame: 99, rung: 1 }, "a").size, 0);
  assert.equal(pair.particlesOf({ kind: "cell", frame: 0, rung: 99 }, "b").size, 0);
  assert.equal(pair.rungsOf({ kind: "none" }).size, 0);
  pair.dispose();
});

Deno.test("blendTo() glides to an end, and cuts where motion is reduced", () => {
  const pair = makePair();
  pair.blendTo(1);
  assert.equal(pair.moving.value, true);
  pair.tick(100);
  assert.ok(pair.blend.value > 0 && pair.blend.value < 1);
  assert.equal(pair.blendTarget, 1);
  pair.tick(5000);
  assert.equal(pair.blend.value, 1);
  assert.equal(pair.moving.value, false);
  pair.blendTo(0.3, true);
  assert.equal(pair.blend.value, 0.3);
  pair.blendTo(7, true);
  assert.equal(pair.blend.value, 1);
  pair.dispose();
});

Deno.test("displacement is how far a particle is from one scan to the other", async () => {
  const pair = makePair();
  await pair.load({ a: "a", b: "b" });
  const way = pair.paints.inPicture(4, 4);
  assert.ok(way);
  const [from, to] = [pair.a.shapes[4].frame.positions, pair.b.shapes[4].frame.positions];
  way.forEach((length, i) => {
    const naive = Math.hypot(...[0, 1, 2].map((axis) => to[3 * i + axis] - from[3 * i + axis]));
    assert.ok(Math.abs(length - naive) < 1e-4);
  });
  const { domain, colouring, valuesOf } = pair.paints.paintOf("b");
  assert.equal(colouring, "displacement");
  assert.ok(domain[1] > domain[0]);
  assert.equal(valuesOf(4)?.length, 60);
  assert.equal(valuesOf(99), null);
  pair.settings.colour.value = "standout";
  assert.equal(pairColouring(pair), "displacement", "the pair's file has not come");
  pair.settings.colour.value = "token";
  assert.deepEqual(pair.paints.paintOf("a").domain, pair.paints.paintOf("b").domain);
  pair.dispose();
});

Deno.test("the difference's frames are shown when all are there, with the same clock", async () => {
  const pair = makePair();
  await pair.load({ a: "a", b: "b" });
  pair.space.value = "difference";
  assert.equal(pair.shown.a, pair.a, "there are none yet");
  pair.differenceUrls = { a: "b", b: "a" };
  while (pair.shown.a === pair.a) await new Promise((resolve) => setTimeout(resolve, 5));
  pair.seek(2);
  pair.tick(10_000);
  assert.deepEqual([pair.shown.a.layer.value, pair.shown.b.layer.value], [2, 2]);
  assert.equal(pair.shown.a.shapes.length, nFrames);
  pair.space.value = "picture";
  assert.equal(pair.shown.a, pair.a);
  pair.dispose();
});

Deno.test("the picture stays where the difference's frames cannot be had", async () => {
  const pair = makePair();
  await pair.load({ a: "a", b: "b" });
  pair.differenceUrls = { a: "nowhere", b: "nowhere" };
  await quietly(async () => {
    pair.space.value = "difference";
    while (pair.differenceLoading.value.kind !== "failed") {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  assert.equal(pair.space.value, "picture");
  assert.equal(pair.shown.a, pair.a);
  pair.dispose();
});

Deno.test("keys go between the prompts and walk along the tokens", async () => {
  const pair = makePair();
  await pair.load({ a: "a", b: "b" });
  const press = (key: string) => {
    const action = pairActionOf({ key, ctrlKey: false, metaKey: false, altKey: false }, false);
    return action !== null && performOnPair(action, pair, null, true, () => {});
  };
  press("b");
  assert.equal(pair.blend.value, 1);
  press(",");
  assert.ok(Math.abs(pair.blend.value - 0.9) < 1e-9);
  press(",");
  press(".");
  assert.ok(Math.abs(pair.blend.value - 0.9) < 1e-9);
  press("a");
  assert.equal(pair.blend.value, 0);
  press("s");
  assert.equal(pair.arrangement.value, "beside");
  press("g");
  press("v");
  assert.deepEqual([pair.ghost.value, pair.arrows.value], [false, true]);
  assert.equal(press("w"), false, "without the pair's file there is no other alignment");
  assert.equal(press("d"), false, "without its frames there is no other space");
  assert.equal(press("Escape"), false, "nothing is chosen");
  press("n");
  const first = pair.selection.value;
  assert.equal(first.kind, "particles");
  press("n");
  assert.notDeepEqual(pair.selection.value, first);
  press("Escape");
  assert.equal(pair.selection.value.kind, "none");
  press("p");
  assert.equal(pair.selection.value.kind, "particles");
  pair.dispose();
});
