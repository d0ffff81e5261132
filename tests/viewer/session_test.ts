import assert from "node:assert/strict";
import { encodeLens } from "../../scan/format/encode_lens.ts";
import { encodeScan } from "../../scan/format/encode.ts";
import { neighboursPerParticle, Session } from "../../site/viewer/session.ts";
import type { Readable } from "../../site/viewer/state.ts";
import { makeSyntheticFamily } from "../fixtures/synthetic_scan.ts";

const [{ scan, lens }] = makeSyntheticFamily(0, { particles: 60, frames: 6 });
const [{ scan: other }] = makeSyntheticFamily(1, { particles: 30, frames: 4 });
const files = new Map([
  ["scan", await encodeScan(scan)],
  ["other", await encodeScan(other)],
  ["lens", await encodeLens(lens)],
]);

function makeSession(): Session {
  return new Session({
    fetch: (url) => {
      const bytes = files.get(url);
      return Promise.resolve(bytes ? new Response(bytes) : new Response("", { status: 404 }));
    },
    retryDelaysMs: [],
  });
}

function until<T>(tracked: Readable<T>, test: (value: T) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const undo = tracked.follow((value) => {
      if (!test(value)) return;
      // The first call comes before there is anything to undo.
      queueMicrotask(() => undo());
      resolve();
    });
  });
}

Deno.test("load() tells header, frames and end, and finds the edges of every frame", async () => {
  const session = makeSession();
  const arrivals: number[] = [];
  session.arrived.subscribe((count) => arrivals.push(count));
  await session.load("scan");
  await until(session.linked, (count) => count === 6);
  assert.deepEqual(arrivals, [1, 2, 3, 4, 5, 6]);
  assert.equal(session.loading.value.kind, "complete");
  assert.equal(session.nFrames, 6);
  assert.equal(session.identity?.length, 60);
  for (const [i, { ends, lengths, spacing }] of session.edges.entries()) {
    assert.equal(ends.length, 2 * lengths.length);
    assert.ok(lengths.length <= 60 * neighboursPerParticle && lengths.length >= 60);
    assert.equal(spacing.length, 60);
    assert.equal(session.shapes[i].motion.length, 60);
  }
  for (const [low, high] of Object.values(session.domains.value)) {
    assert.ok(low >= 0 && high > low && Number.isFinite(high));
  }
  session.dispose();
});

Deno.test("load() reports a file that is not there and can be called again", async () => {
  const session = makeSession();
  const { error } = console;
  console.error = () => {};
  try {
    await session.load("nowhere");
  } finally {
    console.error = error;
  }
  const state = session.loading.value;
  assert.equal(state.kind === "failed" && state.error.fault, "missing");
  await session.load("scan");
  assert.equal(session.loading.value.kind, "complete");
  session.dispose();
});

Deno.test("load() forgets the scan before, also one that is still loading", async () => {
  const session = makeSession();
  const first = session.load("scan");
  const second = session.load("other");
  await Promise.all([first, second]);
  await until(session.linked, (count) => count === 4);
  assert.equal(session.nFrames, 4);
  assert.equal(session.shapes.length, 4);
  assert.equal(session.header.value?.prompt.id, other.header.prompt.id);
  assert.ok(session.edges.every(({ spacing }) => spacing.length === 30));
  session.dispose();
});

Deno.test("guesses() are those of the layer and the token on show", async () => {
  const session = makeSession();
  assert.deepEqual(session.guesses(), []);
  await session.load("scan");
  session.seek(3);
  session.tick(5000);
  const ids = (guesses: readonly { id: number }[]) => guesses.map(({ id }) => id);
  assert.deepEqual(ids(session.guesses()), ids(scan.frames[3].guesses));
  session.token.value = 1;
  assert.deepEqual(session.guesses(), [], "the other tokens' guesses have not been fetched");
  await session.loadLens("lens");
  assert.deepEqual(ids(session.guesses()), ids(lens.guesses[3][1]));
  session.token.value = scan.header.tokens.length - 1;
  assert.deepEqual(ids(session.guesses()), ids(scan.frames[3].guesses));
  session.dispose();
});

Deno.test("loadLens() fetches once, and again after a failure", async () => {
  let asked = 0;
  const session = new Session({
    fetch: () => {
      asked++;
      return Promise.resolve(
        asked === 1 ? new Response("", { status: 404 }) : new Response(files.get("lens")),
      );
    },
  });
  await assert.rejects(session.loadLens("lens"), { name: "LoadError" });
  const [one, two] = await Promise.all([session.loadLens("lens"), session.loadLens("lens")]);
  assert.equal(one, two);
  assert.equal(asked, 2);
  session.dispose();
});

Deno.test("moving tells when time changes something", async () => {
  const session = makeSession();
  await session.load("scan");
  assert.equal(session.moving.value, false);
  session.step(1);
  assert.equal(session.moving.value, true);
  session.tick(5000);
  assert.equal(session.moving.value, false);
  assert.equal(session.layer.value, 1);
  session.play();
  assert.deepEqual([session.moving.value, session.playing.value], [true, true]);
  session.pause();
  session.tick(5000);
  assert.equal(session.moving.value, false);
  session.dispose();
});

Deno.test("dispose() stops a load quietly", async () => {
  const session = makeSession();
  const loading = session.load("scan");
  session.dispose();
  await loading;
  assert.notEqual(session.loading.value.kind, "failed");
});
