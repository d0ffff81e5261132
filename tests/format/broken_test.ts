import assert from "node:assert/strict";
import { encode } from "@msgpack/msgpack";
import { zlibSync } from "fflate";
import { encodeContainer, encodeRecord } from "../../scan/format/write_container.ts";
import { scanKind } from "../../scan/format/kinds.ts";
import {
  decodeScan,
  encodeScan,
  FormatError,
  type FormatErrorCode,
  limits,
  peekHeader,
  readScan,
} from "../../scan/format/mod.ts";
import { walkFault } from "../../scan/format/walk.ts";
import { makeRandom } from "../fixtures/synthetic_cloud.ts";
import { chunked, collect, makeScan } from "./fixtures.ts";

const size = { nFrames: 3, nParticles: 20, nDims: 3, nGuesses: 2 } as const;
const good = await encodeScan(makeScan(size));
const { offsets } = peekHeader(good);

/** Fails unless both ways of reading refuse the bytes with one of the codes. */
async function refuses(bytes: Uint8Array<ArrayBuffer>, ...codes: FormatErrorCode[]) {
  const reads = [
    () => decodeScan(bytes, { source: "x.msgpack" }),
    () => collect(readScan(chunked(bytes, 37), { source: "x.msgpack" })),
  ];
  for (const read of reads) {
    await assert.rejects(read(), (error) => {
      assert.ok(error instanceof FormatError, `${error}`);
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, /^Cannot read "x\.msgpack": expected .+, got .+\. [A-Z].+\.$/s);
      if (codes.length > 0) {
        assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`);
      }
      return true;
    });
  }
}

function text(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(content);
}

function changed(at: number, value: number): Uint8Array<ArrayBuffer> {
  const bytes = good.slice();
  bytes[at] = value;
  return bytes;
}

Deno.test("decodeScan() says `cut` when a file ends anywhere before its end", async () => {
  for (let length = 1; length < good.length; length++) {
    await refuses(good.slice(0, length), "cut");
  }
});

Deno.test("decodeScan() refuses a file with any one byte flipped", async () => {
  const random = makeRandom(5);
  for (let at = 0; at < good.length; at++) {
    await refuses(changed(at, good[at] ^ (1 + Math.floor(255 * random()))));
  }
});

Deno.test("decodeScan() refuses random bytes behind a sound beginning", async () => {
  const random = makeRandom(6);
  for (const keep of [13, 22, offsets[0], offsets[1], offsets[3]]) {
    for (let round = 0; round < 20; round++) {
      await refuses(good.map((byte, i) => i < keep ? byte : Math.floor(256 * random())));
    }
  }
});

const foreign: Record<string, Uint8Array<ArrayBuffer>> = {
  "a web page": text("<!DOCTYPE html><title>404 Not Found</title>"),
  "JSON": text('{"error":"not found"}'),
  "a Git LFS pointer": text("version https://git-lfs.github.com/spec/v1\noid sha256:00"),
  "a gzip file": Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3),
  "zeros": new Uint8Array(1000),
  "one byte of another file": text("<"),
  "another magic": changed(4, "x".charCodeAt(0)),
  "plain MessagePack": encode({ magic: "weightscan" }),
  "a lens file": Uint8Array.from([0x94, 0xaa, ...text("weightlens"), ...good.slice(12)]),
};

for (const [name, bytes] of Object.entries(foreign)) {
  Deno.test(`decodeScan() says \`foreign\` when it is given ${name}`, async () => {
    await refuses(Uint8Array.from(bytes), "foreign");
  });
}

Deno.test("decodeScan() says `empty`, `version` and `trailing` for what they are", async () => {
  await refuses(new Uint8Array(0), "empty");
  await refuses(changed(12, 2), "version");
  await refuses(Uint8Array.from([...good, 0]), "trailing");
  await refuses(Uint8Array.from([...good, ...good]), "trailing");
});

Deno.test("a FormatError names a web page when a 404 page came", async () => {
  await assert.rejects(decodeScan(text("  <html>")), /a web page, perhaps a 404/);
});

/** A sound container with a header and records of the caller's making. */
async function make(
  change: Record<string, unknown>,
  records: readonly unknown[] = goodRecords,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await encodeContainer(
    scanKind,
    { ...goodHeader, ...change },
    records.map(encodeRecord),
  );
  return bytes;
}

const plane = zlibSync(new Uint8Array(60));
const frame = {
  layer: 0,
  order: 0,
  positions: [plane, plane],
  guesses: { ids: [1], texts: ["a"], p: new Uint8Array(4) },
  measures: { meanNorm: 1, lensEntropy: 1, cosineToPrevious: 1, meanDisplacement: 1 },
};
const goodRecords = [frame];
const { header: scanHeader } = makeScan({ ...size, nFrames: 1 });
const goodHeader = {
  ...scanHeader,
  tokens: { ids: [1], texts: ["a"] },
  bits: 13,
  keyEvery: 16,
};

Deno.test("decodeScan() reads the fixtures from which the broken ones below are made", async () => {
  assert.equal((await decodeScan(await make({}))).frames.length, 1);
  const reading = { ...frame, reads: [indices(0), weights] };
  const { frames: [{ reads }] } = await decodeScan(await make({}, [reading]));
  assert.deepEqual(reads, {
    tokens: new Uint16Array(20),
    weights: new Uint8Array(20).fill(255),
  });
});

const brokenHeaders: Record<string, Record<string, unknown>> = {
  "no particles": { nParticles: 0 },
  "absurdly many particles": { nParticles: limits.particles + 1 },
  "2^53 particles": { nParticles: 2 ** 53 - 1 },
  "a fraction of a particle": { nParticles: 1.5 },
  "-1 particles": { nParticles: -1 },
  "4 dimensions": { nDims: 4 },
  "33 bits": { bits: 33 },
  "a key frame never": { keyEvery: 0 },
  "more layer names than frames": { layers: ["a", "b"] },
  "a box of too few sides": { box: { min: [0], max: [1] } },
  "an infinite box": { box: { min: [0, 0, 0], max: [1, 1, Infinity] } },
  "a box inside out": { box: { min: [0, 0, 2], max: [1, 1, 1] } },
  "more token texts than ids": { tokens: { ids: [], texts: ["a"] } },
  "a number for a text": { writer: 7 },
  "no model": { model: null },
};

for (const [name, change] of Object.entries(brokenHeaders)) {
  Deno.test(`decodeScan() says \`invalid\` when the header has ${name}`, async () => {
    await refuses(await make(change), "invalid");
  });
}

/** Every particle reads one token. */
const indices = (token: number) => {
  const planes = new Uint8Array(40);
  planes.fill(token, 0, 20);
  return zlibSync(planes);
};
const weights = zlibSync(new Uint8Array(20).fill(255));
const bomb = zlibSync(new Uint8Array(8 * 1024 * 1024));
const brokenFrames: Record<string, Record<string, unknown>> = {
  "a prediction from frames that are not there": { order: 1 },
  "an unknown prediction": { order: 3 },
  "too few coordinates": { positions: [zlibSync(new Uint8Array(59)), plane] },
  "too many coordinates": { positions: [plane, zlibSync(new Uint8Array(61))] },
  "a decompression bomb": { positions: [bomb, bomb] },
  "no planes": { positions: [] },
  "coordinates that are not packed": { positions: [new Uint8Array(60), new Uint8Array(60)] },
  "an empty plane": { positions: [new Uint8Array(0), plane] },
  "bytes behind a plane": { positions: [Uint8Array.from([...plane, 1, 2, 3]), plane] },
  "a token that the prompt does not have": { reads: [indices(1), weights] },
  "too few tokens that are read": { reads: [zlibSync(new Uint8Array(39)), weights] },
  "too few weights": { reads: [indices(0), zlibSync(new Uint8Array(19))] },
  "tokens without weights": { reads: [indices(0)] },
  "a bomb of tokens that are read": { reads: [bomb, weights] },
  "fewer probabilities than guesses": {
    guesses: { ids: [1, 2], texts: ["a", "b"], p: new Uint8Array(4) },
  },
  "a measure that is no number": { measures: { ...frame.measures, meanNorm: "1" } },
  "a measure that is not finite": { measures: { ...frame.measures, meanNorm: NaN } },
  "no layer": { layer: undefined },
};

for (const [name, change] of Object.entries(brokenFrames)) {
  Deno.test(`decodeScan() refuses a frame with ${name}`, async () => {
    await refuses(await make({}, [{ ...frame, ...change }]), "invalid", "damaged");
  });
}

Deno.test("decodeScan() refuses a frame that is something else altogether", async () => {
  for (const record of [null, 1, "frame", [], new Uint8Array(9), [[[[[[[[1]]]]]]]]]) {
    await refuses(await make({}, [record]), "invalid", "damaged");
  }
});

Deno.test("decodeScan() says `limit` when the prefix announces a header of gigabytes", async () => {
  const bytes = good.slice(0, 100);
  new DataView(bytes.buffer).setUint32(15, 0xfffffff0, true);
  await refuses(bytes, "limit");
});

Deno.test("decodeScan() refuses offsets that fall, or announce a frame of gigabytes", async () => {
  for (const value of [0, offsets[0], 0xffffffff, 0x7fffffff]) {
    const bytes = good.slice();
    new DataView(bytes.buffer).setUint32(19, value, true);
    await refuses(bytes, "limit", "damaged");
  }
});

Deno.test("walkFault() refuses lengths without elements before anything is allocated", () => {
  const announced: Record<string, number[]> = {
    "an array of 2^32 − 1": [0xdd, 0xff, 0xff, 0xff, 0xff],
    "a map of 2^32 − 1": [0xdf, 0xff, 0xff, 0xff, 0xff],
    "a bin of 4 GB": [0xc6, 0xff, 0xff, 0xff, 0xff, 1],
    "a text of 4 GB": [0xdb, 0xff, 0xff, 0xff, 0xff, 65],
    "an extension": [0xd6, 0xff, 0, 0, 0, 0],
    "an unused tag": [0xc1],
    "half a length": [0xdc, 0],
    "nothing": [],
    "two objects": [1, 2],
    "arrays in arrays in arrays": new Array(50_000).fill(0x91),
  };
  for (const [name, bytes] of Object.entries(announced)) {
    assert.equal(typeof walkFault(Uint8Array.from(bytes)), "string", name);
  }
  const nested = Array.from({ length: 20_000 }, () => [0xdd, 0, 0, 0x40, 0]).flat();
  assert.equal(typeof walkFault(Uint8Array.from(nested)), "string");
});

Deno.test("walkFault() passes every kind of value that the format writes", () => {
  const values = [
    null,
    true,
    false,
    0,
    -1,
    127,
    -32,
    -33,
    255,
    65_535,
    2 ** 32 - 1,
    2 ** 40,
    -200,
    -40_000,
    -(2 ** 33),
    1.5,
    "",
    "a".repeat(31),
    "a".repeat(200),
    "a".repeat(300),
    "a".repeat(70_000),
    new Uint8Array(3),
    new Uint8Array(300),
    new Uint8Array(70_000),
    [],
    new Array(20).fill(0),
    new Array(70_000).fill(0),
    {},
    Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, [i]])),
    Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i])),
  ];
  for (const value of values) assert.equal(walkFault(encode(value)), undefined);
  assert.equal(walkFault(encode(1.5, { forceFloat32: true })), undefined);
});
