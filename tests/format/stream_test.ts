import assert from "node:assert/strict";
import {
  decodeScan,
  encodeScan,
  FormatError,
  frameRange,
  headerBytes,
  peekHeader,
  readFrameAt,
  readScan,
} from "../../scan/format/mod.ts";
import { chunked, collect, makeScan } from "./fixtures.ts";

const scan = makeScan({ nFrames: 4, nParticles: 5, nDims: 3, nGuesses: 2 });
const bytes = await encodeScan(scan, { keyEvery: 3 });
const whole = await decodeScan(bytes);

Deno.test("readScan() tells the same at every chunk size from 1 byte to the whole file", async () => {
  const expected = await collect(readScan(chunked(bytes, bytes.length)));
  assert.deepEqual(expected.map((event) => event.type), [
    "header",
    ...scan.frames.map(() => "frame"),
    "end",
  ]);
  for (let size = 1; size < bytes.length; size++) {
    assert.deepEqual(await collect(readScan(chunked(bytes, size))), expected, `chunks of ${size}`);
  }
});

Deno.test("readScan() takes empty chunks", async () => {
  const parts = [...bytes].flatMap((byte) => [new Uint8Array(0), Uint8Array.of(byte)]);
  const events = await collect(readScan(ReadableStream.from(parts)));
  assert.deepEqual(events.at(-1), { type: "end", nFrames: 4, verified: true });
});

Deno.test("readScan() tells each frame as soon as its last byte is there", async () => {
  const { offsets } = peekHeader(bytes);
  let feed: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => void (feed = controller),
  });
  const events = readScan(stream);
  feed?.enqueue(bytes.slice(0, offsets[0]));
  assert.equal((await events.next()).value?.type, "header");
  for (let i = 0; i < 4; i++) {
    feed?.enqueue(bytes.slice(offsets[i], offsets[i + 1]));
    const { value } = await events.next();
    assert.ok(value?.type === "frame" && value.index === i);
    assert.deepEqual(value.frame, whole.frames[i]);
  }
  await events.return();
});

Deno.test("readScan() cancels the stream when the caller stops early, and when the file is broken", async () => {
  for (const [content, nEvents] of [[bytes, 2], [bytes.map((byte) => byte ^ 0xff), 0]] as const) {
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(content.slice(0)),
      cancel: () => void (cancelled = true),
    });
    let seen = 0;
    try {
      for await (const _ of readScan(stream)) if (++seen === 2) break;
    } catch (error) {
      assert.ok(error instanceof FormatError);
    }
    assert.equal(seen, nEvents);
    assert.ok(cancelled);
  }
});

Deno.test("readScan() passes an error of the stream itself through", async () => {
  const broken = new TypeError("network lost");
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes.slice(0, 700)),
    pull: (controller) => controller.error(broken),
  });
  await assert.rejects(collect(readScan(stream)), (error) => error === broken);
});

Deno.test("readScan() gives frames whose positions belong to the receiver", async () => {
  const first = await decodeScan(bytes);
  first.frames.forEach((frame) => frame.positions.fill(0));
  assert.deepEqual(await decodeScan(bytes), whole);
});

Deno.test("peekHeader() reads the header from just its bytes, and not from less", () => {
  const length = headerBytes(bytes.subarray(0, 22));
  const { header, fileBytes, offsets } = peekHeader(bytes.subarray(0, length));
  assert.deepEqual(header, scan.header);
  assert.equal(fileBytes, bytes.length);
  assert.equal(offsets[0], length);
  assert.throws(
    () => peekHeader(bytes.subarray(0, length - 1)),
    (error) => error instanceof FormatError && error.code === "cut",
  );
});

Deno.test("readFrameAt() reads every frame from the bytes of frameRange() alone", async () => {
  const index = peekHeader(bytes);
  for (let i = 0; i < 4; i++) {
    const { start, end } = frameRange(index, i);
    assert.equal(start, index.offsets[i < 3 ? 0 : 3]);
    const frame = await readFrameAt(index, i, bytes.slice(start, end));
    assert.deepEqual(frame, whole.frames[i]);
  }
});

Deno.test("readFrameAt() refuses a frame that is not there and bytes of another length", async () => {
  const index = peekHeader(bytes);
  for (const frame of [-1, 4, 0.5, NaN]) assert.throws(() => frameRange(index, frame), RangeError);
  const { start, end } = frameRange(index, 1);
  await assert.rejects(readFrameAt(index, 1, bytes.slice(start, end - 1)), FormatError);
});
