import { decodeScan, encodeScan, readScan, type Scan } from "../../scan/format/mod.ts";
import { makeSyntheticFamily } from "../fixtures/synthetic_scan.ts";
import { type Bench, median, race, type Row, row } from "./harness.ts";

/** The rival: what a page gets by default, with the fewest decimals that are as exact as our 12 bits. */
function toJson({ header, frames }: Scan): string {
  return JSON.stringify({
    header,
    frames: frames.map((frame) => ({
      ...frame,
      positions: Array.from(frame.positions, (x) => Math.round(x * 1000) / 1000),
    })),
  });
}

/** Reads the JSON into what the viewer draws. */
function fromJson(text: string): Scan {
  const { header, frames }: {
    header: Scan["header"];
    frames: (Omit<Scan["frames"][0], "positions"> & { positions: number[] })[];
  } = JSON.parse(text);
  return {
    header,
    frames: frames.map((frame) => ({ ...frame, positions: Float32Array.from(frame.positions) })),
  };
}

/** A line of `bytesPerSecond` that hands over a packet of 1,400 bytes whenever it has been carried. */
function throttle(bytes: Uint8Array, bytesPerSecond: number): ReadableStream<Uint8Array> {
  const start = performance.now();
  const packet = 1400;
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      const end = Math.min(bytes.length, at + packet);
      const dueMs = start + end / bytesPerSecond * 1000;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      controller.enqueue(bytes.slice(at, end));
      at = end;
      if (at === bytes.length) controller.close();
    },
  }, { highWaterMark: 0 });
}

async function firstFrame(stream: ReadableStream<Uint8Array>): Promise<Float32Array> {
  for await (const event of readScan(stream)) {
    if (event.type === "frame") return event.frame.positions;
  }
  throw new Error("unreachable: a scan has a frame");
}

async function firstFrameOfJson(stream: ReadableStream<Uint8Array>): Promise<Float32Array> {
  return fromJson(await new Response(stream).text()).frames[0].positions;
}

/** Bytes that have to arrive before the first frame is told. */
async function bytesToFirstFrame(bytes: Uint8Array): Promise<number> {
  let sent = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(bytes.slice(sent, sent + 256));
      sent += 256;
    },
  }, { highWaterMark: 0 });
  await firstFrame(stream);
  return sent;
}

async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).text();
}

/** A turn takes milliseconds, and other programs' bursts as long. */
const turns = 11;

const sizes = [
  { frames: 13, particles: 1024 },
  { frames: 33, particles: 1024 },
  { frames: 33, particles: 8192 },
] as const;

/** About what a phone gets on 3G, and a common home line: 1.6 and 20 Mbit/s. */
const lines = [{ name: "1.6 Mbit/s", bytesPerSecond: 2e5 }, {
  name: "20 Mbit/s",
  bytesPerSecond: 2.5e6,
}];

async function* run({ quick, seed }: { quick: boolean; seed: number }): AsyncGenerator<Row> {
  for (const { frames, particles } of quick ? sizes.slice(0, 1) : sizes) {
    const size = `${frames} × ${particles} particles`;
    const [{ scan }] = makeSyntheticFamily(0, { frames, particles, seed });
    const bytes = await encodeScan(scan);
    const text = toJson(scan);
    const json = new TextEncoder().encode(text);
    const zipped = await gzip(text);

    yield row({
      name: "file size",
      size,
      ours: bytes.length,
      rival: json.length,
      rivalName: "JSON",
      unit: "bytes",
    });
    yield row({
      name: "file size",
      size,
      ours: bytes.length,
      rival: zipped.length,
      rivalName: "JSON + gzip",
      unit: "bytes",
    });
    yield await race({
      name: "encode",
      size,
      rivalName: "JSON",
      ours: () => encodeScan(scan),
      rival: () => new TextEncoder().encode(toJson(scan)),
    }, turns);
    yield await race({
      name: "encode",
      size,
      rivalName: "JSON + gzip",
      ours: () => encodeScan(scan),
      rival: () => gzip(toJson(scan)),
    }, turns);
    yield await race({
      name: "decode",
      size,
      rivalName: "JSON",
      ours: () => decodeScan(bytes),
      rival: () => fromJson(new TextDecoder().decode(json)),
    }, turns);
    yield await race({
      name: "decode",
      size,
      rivalName: "JSON + gzip",
      ours: () => decodeScan(bytes),
      rival: async () => fromJson(await gunzip(zipped)),
    }, turns);
    yield row({
      name: "bytes to first frame",
      size,
      ours: await bytesToFirstFrame(bytes),
      rival: json.length,
      rivalName: "JSON, whole",
      unit: "bytes",
    });
    if (particles > 1024) continue;
    for (const { name, bytesPerSecond } of lines) {
      yield await raceOnce(`time to first frame, ${name}`, size, quick ? 1 : 3, {
        ours: () => firstFrame(throttle(bytes, bytesPerSecond)),
        rival: () => firstFrameOfJson(throttle(json, bytesPerSecond)),
      });
    }
  }
}

/** Few turns and no warm-up: the line, not the processor, is what takes the time. */
async function raceOnce(
  name: string,
  size: string,
  turns: number,
  { ours, rival }: { ours(): Promise<unknown>; rival(): Promise<unknown> },
): Promise<Row> {
  const time = async (work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const times = { ours: [] as number[], rival: [] as number[] };
  for (let turn = 0; turn < turns; turn++) {
    times.ours.push(await time(ours));
    times.rival.push(await time(rival));
  }
  return row({
    name,
    size,
    ours: median(times.ours),
    rival: median(times.rival),
    rivalName: "JSON, whole",
    unit: "ms",
  });
}

export const benches: Bench[] = [{ name: "format", run }];
