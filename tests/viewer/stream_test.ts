import assert from "node:assert/strict";
import { encodeLens } from "../../scan/format/encode_lens.ts";
import { encodePair } from "../../scan/format/encode_pair.ts";
import { encodeScan } from "../../scan/format/encode.ts";
import {
  fetchLens,
  fetchPair,
  LoadError,
  type StreamOptions,
  streamScan,
} from "../../site/viewer/stream.ts";
import { makePair } from "../format/pair_fixture.ts";
import { makeSyntheticFamily, makeSyntheticScan } from "../fixtures/synthetic_scan.ts";

const small = makeSyntheticScan({ particles: 40, frames: 5 }).scan;
const other = makeSyntheticScan({ particles: 40, frames: 5, seed: 9 }).scan;

/** A server that answers requests in turn, the last answer again and again. */
function serve(
  ...answers: (() => Response | Promise<Response>)[]
): { fetch: NonNullable<StreamOptions["fetch"]>; asked: () => number } {
  let count = 0;
  return {
    fetch: async () => await answers[Math.min(count++, answers.length - 1)](),
    asked: () => count,
  };
}

/** An answer in chunks; ends, or breaks, after `until` bytes. */
function chunked(bytes: Uint8Array, size: number, until = bytes.length, breaks = false): Response {
  let at = 0;
  return new Response(
    new ReadableStream({
      pull(controller) {
        if (at < until) {
          controller.enqueue(bytes.slice(at, Math.min(until, at + size)));
          at += size;
        } else if (breaks) controller.error(new TypeError("connection reset"));
        else controller.close();
      },
    }),
  );
}

interface Told {
  readonly told: string[];
  readonly error: unknown;
}

async function collect(options: StreamOptions): Promise<Told> {
  const told: string[] = [];
  try {
    for await (const event of streamScan("frames/x.msgpack", options)) {
      told.push(event.type === "frame" ? `frame ${event.index}` : event.type);
    }
    return { told, error: null };
  } catch (error) {
    return { told, error };
  }
}

const whole = ["header", "frame 0", "frame 1", "frame 2", "frame 3", "frame 4", "end"];

function assertFault(error: unknown, fault: string): void {
  assert.ok(error instanceof LoadError, String(error));
  assert.equal(error.fault, fault);
  assert.match(error.message, /^Cannot load "frames\/x\.msgpack": /);
  assert.ok(error.sentence.endsWith("."));
}

Deno.test("streamScan() tells the same however the bytes are cut", async () => {
  const bytes = await encodeScan(small);
  for (const size of [1, 7, 64, 1000, bytes.length]) {
    const server = serve(() => chunked(bytes, size));
    assert.deepEqual(await collect({ fetch: server.fetch }), { told: whole, error: null });
  }
});

Deno.test("streamScan() tells the first frame before the file has arrived", async () => {
  const bytes = await encodeScan(small);
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const events = streamScan("frames/x.msgpack", {
    fetch: () => Promise.resolve(new Response(readable)),
  });
  const cut = Math.floor(bytes.length * 0.7);
  void writer.write(bytes.slice(0, cut));
  assert.equal((await events.next()).value?.type, "header");
  assert.equal((await events.next()).value?.type, "frame");
  void writer.write(bytes.slice(cut)).then(() => writer.close());
  let last = "";
  for await (const event of events) last = event.type;
  assert.equal(last, "end");
});

Deno.test("streamScan() asks once for a file that is not there", async () => {
  const server = serve(() => new Response("<h1>Not here</h1>", { status: 404 }));
  const { told, error } = await collect({ fetch: server.fetch, retryDelaysMs: [0, 0] });
  assert.deepEqual(told, []);
  assertFault(error, "missing");
  assert.equal(server.asked(), 1);
});

Deno.test("streamScan() says so when a page answers in place of the file", async () => {
  const server = serve(() => new Response("<!doctype html><title>Hello</title>"));
  assertFault((await collect({ fetch: server.fetch, retryDelaysMs: [] })).error, "broken");
});

Deno.test("streamScan() asks again after a server's error and after no answer", async () => {
  const bytes = await encodeScan(small);
  const server = serve(
    () => new Response("", { status: 503 }),
    () => Promise.reject(new TypeError("Failed to fetch")),
    () => chunked(bytes, 500),
  );
  const got = await collect({ fetch: server.fetch, retryDelaysMs: [0, 0] });
  assert.deepEqual(got, { told: whole, error: null });
  assert.equal(server.asked(), 3);
});

Deno.test("streamScan() goes on after a broken connection without telling anything twice", async () => {
  const bytes = await encodeScan(small);
  for (const breaks of [true, false]) {
    const server = serve(
      () => chunked(bytes, 100, Math.floor(bytes.length * 0.6), breaks),
      () => chunked(bytes, 100),
    );
    const got = await collect({ fetch: server.fetch, retryDelaysMs: [0] });
    assert.deepEqual(got, { told: whole, error: null });
  }
});

Deno.test("streamScan() gives up on a file that stays cut, with what arrived", async () => {
  const bytes = await encodeScan(small);
  const server = serve(() => chunked(bytes, 100, bytes.length - 20));
  const { told, error } = await collect({ fetch: server.fetch, retryDelaysMs: [0, 0] });
  assert.deepEqual(told, whole.slice(0, -1));
  assertFault(error, "cut");
  assert.equal(server.asked(), 3);
});

Deno.test("streamScan() stops when the file was replaced between two tries", async () => {
  const [bytes, others] = [await encodeScan(small), await encodeScan(other)];
  const server = serve(() => chunked(bytes, 100, 2000), () => chunked(others, 100));
  assertFault((await collect({ fetch: server.fetch, retryDelaysMs: [0] })).error, "changed");
});

Deno.test("streamScan() tells damage from a newer version", async () => {
  const damaged = await encodeScan(small);
  damaged[damaged.length - 300] ^= 0xff;
  const one = serve(() => chunked(damaged, 500));
  assertFault((await collect({ fetch: one.fetch, retryDelaysMs: [0] })).error, "broken");
  assert.equal(one.asked(), 1, "the same bytes would come again");

  const newer = await encodeScan(small);
  // Behind the array's and the text's tags and the magic's ten letters.
  newer[12] = 9;
  const two = serve(() => chunked(newer, 500));
  assertFault((await collect({ fetch: two.fetch, retryDelaysMs: [0] })).error, "newer");
});

Deno.test("streamScan() ends with the signal's reason when it is stopped", async () => {
  const bytes = await encodeScan(small);
  const abort = new AbortController();
  const events = streamScan("frames/x.msgpack", {
    signal: abort.signal,
    fetch: () => Promise.resolve(chunked(bytes, 50)),
  });
  await events.next();
  abort.abort();
  await assert.rejects(async () => {
    for await (const _ of events) { /* until it stops */ }
  }, { name: "AbortError" });
});

Deno.test("streamScan() can be stopped while it waits to try again", async () => {
  const abort = new AbortController();
  const running = collect({
    signal: abort.signal,
    fetch: () => Promise.reject(new TypeError("Failed to fetch")),
    retryDelaysMs: [60_000],
  });
  setTimeout(() => abort.abort(), 5);
  const { error } = await running;
  assert.equal((error as Error).name, "AbortError");
});

Deno.test("fetchLens() reads the grid, and says what is wrong", async () => {
  const [{ lens }] = makeSyntheticFamily(0, { particles: 20, frames: 3 });
  const bytes = await encodeLens(lens);
  const server = serve(() => chunked(bytes, 300));
  const grid = await fetchLens("frames/x.msgpack", { fetch: server.fetch });
  assert.deepEqual(grid.layers, lens.layers);
  assert.equal(grid.guesses.length, 3);

  const gone = serve(() => new Response("", { status: 404 }));
  const error = await fetchLens("frames/x.msgpack", { fetch: gone.fetch }).catch((e) => e);
  assertFault(error, "missing");
});

Deno.test("fetchPair() reads the comparison however its bytes are cut", async () => {
  const pair = makePair({ frames: 3, particles: 20 });
  const bytes = await encodePair(pair);
  for (const size of [1, 300, bytes.length]) {
    const server = serve(() => chunked(bytes, size));
    const { header, layers } = await fetchPair("frames/x.msgpack", { fetch: server.fetch });
    assert.deepEqual(header, pair.header);
    assert.equal(layers.length, 3);
  }
});

Deno.test("fetchPair() says what is wrong with a file that cannot be had", async () => {
  const bytes = await encodePair(makePair({ frames: 3, particles: 20 }));
  const newer = bytes.slice();
  newer[12] = 9;
  const flipped = bytes.slice();
  flipped[bytes.length - 100] ^= 0xff;
  const faults: readonly (readonly [string, () => Response])[] = [
    ["missing", () => new Response("", { status: 404 })],
    ["refused", () => new Response("", { status: 503 })],
    ["cut", () => chunked(bytes, 300, bytes.length - 20)],
    ["network", () => chunked(bytes, 300, bytes.length - 20, true)],
    ["broken", () => chunked(flipped, 300)],
    ["newer", () => chunked(newer, 300)],
  ];
  for (const [fault, answer] of faults) {
    const { fetch } = serve(answer);
    assertFault(await fetchPair("frames/x.msgpack", { fetch }).catch((e) => e), fault);
  }
});

Deno.test("fetchPair() ends with the signal's reason when it is stopped", async () => {
  const abort = new AbortController();
  abort.abort();
  const { fetch } = serve(() => Promise.reject(new TypeError("Failed to fetch")));
  await assert.rejects(
    fetchPair("frames/x.msgpack", { signal: abort.signal, fetch }),
    { name: "AbortError" },
  );
});
