import assert from "node:assert/strict";
import { zlibSync } from "fflate";
import {
  decodePair,
  encodePair,
  encodeScan,
  FormatError,
  type FormatErrorCode,
  limits,
  type Pair,
  type PairHeader,
  type PairLayer,
} from "../../scan/format/mod.ts";
import { readOpening } from "../../scan/format/container.ts";
import { fromHalf, toHalf } from "../../scan/format/half.ts";
import { pairKind } from "../../scan/format/kinds.ts";
import { encodeContainer, encodeRecord } from "../../scan/format/write_container.ts";
import { decode } from "@msgpack/msgpack";
import { makeRandom } from "../fixtures/synthetic_cloud.ts";
import { makeScan } from "./fixtures.ts";
import { makePair, type PairSize } from "./pair_fixture.ts";

const sizes: readonly PairSize[] = [
  { frames: 1, rungs: 0, particles: 0, movers: 0 },
  { frames: 1, rungs: 1, particles: 1, movers: 1 },
  { frames: 2, rungs: 2, particles: 2, movers: 2 },
  { frames: 2, rungs: 3, particles: 0, movers: 0 },
  { frames: 13, rungs: 20, particles: 300 },
];

for (const size of sizes) {
  Deno.test(`decodePair() undoes encodePair() for ${JSON.stringify(size)}`, async () => {
    const pair = makePair(size);
    assert.deepEqual(await decodePair(await encodePair(pair)), pair);
  });
}

Deno.test("decodePair() gives the nearest float16 of every number, and NaN for NaN", async () => {
  const random = makeRandom(4);
  const pair = makePair({ frames: 2, rungs: 9, particles: 50 });
  const noise = (array: Float32Array) =>
    array.map((_, i) => i % 3 === 1 ? NaN : (random() - 0.5) * 10 ** (6 * random() - 3));
  const layers = pair.layers.map((layer): PairLayer => ({
    ...layer,
    relative: noise(layer.relative),
    cosine: noise(layer.cosine),
    match: { ...layer.match, overlap: noise(layer.match.overlap) },
    cause: { restored: noise(layer.cause.restored), lost: noise(layer.cause.lost) },
    displaced: Float32Array.from({ length: 50 }, () => 20 * random()),
    standout: Float32Array.from({ length: 50 }, random),
  }));
  const read = await decodePair(await encodePair({ ...pair, layers }));
  const half = (array: Float32Array) => array.map((value) => fromHalf(toHalf(value)));
  layers.forEach((layer, i) => {
    const got = read.layers[i];
    assert.deepEqual(got.relative, half(layer.relative));
    assert.ok(Number.isNaN(got.cosine[1]));
    assert.deepEqual(got.cosine, half(layer.cosine));
    assert.deepEqual(got.match.overlap, half(layer.match.overlap));
    assert.deepEqual(got.cause.restored, half(layer.cause.restored));
    assert.deepEqual(got.cause.lost, half(layer.cause.lost));
    assert.deepEqual(got.displaced, half(layer.displaced ?? new Float32Array()));
    got.standout?.forEach((share, particle) => {
      assert.ok(Math.abs(share - (layer.standout?.[particle] ?? NaN)) <= 0.5 / 255 + 1e-6);
    });
  });
});

Deno.test("decodePair() keeps what is null, a warp with detours and both kinds of insertions", async () => {
  const pair = makePair({ frames: 3, rungs: 4, particles: 0 });
  const tokens = pair.header.b.tokens;
  const header: PairHeader = {
    ...pair.header,
    a: { ...pair.header.a, tokens: tokens.slice(0, 3) },
    b: { ...pair.header.b, tokens: tokens.slice(0, 2) },
    ladder: [{ a: 0, b: null }, { a: null, b: 0 }, { a: 1, b: 1 }, { a: 2, b: null }],
    warp: [[0, 0], [1, 0], [1, 1], [1, 2], [2, 2]],
    nullBand: null,
    divergence: { onset: null, peak: null, reconvergence: null },
    finding: { ...pair.header.finding, kind: "stays", turnsAt: null, carriers: [] },
    contrast: { ...pair.header.contrast, kind: "rival" },
    massiveChannels: [],
    control: true,
  };
  assert.deepEqual((await decodePair(await encodePair({ ...pair, header }))).header, header);
});

Deno.test("encodePair() gives the same bytes for the same pair, read and written again too", async () => {
  const bytes = await encodePair(makePair());
  assert.deepEqual(await encodePair(makePair()), bytes);
  assert.deepEqual(await encodePair(await decodePair(bytes)), bytes);
});

Deno.test("encodePair() keeps within 60 KB for 13 frames, 20 rungs and 1024 particles", async () => {
  const pair = makePair();
  const random = makeRandom(3);
  // Full precision, nothing alike: the most that such a pair can take.
  const noise = { ...pair, layers: pair.layers.map((layer) => spoilPrecision(layer, random)) };
  const bytes = (await encodePair(noise)).length;
  const without = (await encodePair(makePair({ particles: 0 }))).length;
  console.log(`pair file: ${bytes} bytes of noise, ${without} without particles`);
  assert.ok(bytes <= 60_000, `${bytes}`);
  assert.ok(without <= 15_000, `${without}`);
});

function spoilPrecision(layer: PairLayer, random: () => number): PairLayer {
  const noise = (array: Float32Array) => array.map((value) => value && random());
  return {
    ...layer,
    relative: noise(layer.relative),
    cosine: noise(layer.cosine),
    quietRelative: noise(layer.quietRelative),
    quietCosine: noise(layer.quietCosine),
    cause: { restored: noise(layer.cause.restored), lost: noise(layer.cause.lost) },
    displaced: layer.displaced && layer.displaced.map(random),
  };
}

const small = { frames: 3, rungs: 5, particles: 6, movers: 2 };

/** A pair with one thing wrong. */
function spoil(
  header: Partial<PairHeader>,
  layer: Partial<PairLayer> = {},
): Pair {
  const pair = makePair(small);
  const layers = pair.layers.map((good, i) => i === 1 ? { ...good, ...layer } : good);
  return { header: { ...pair.header, ...header }, layers };
}

const { header: good } = makePair(small);
const bad: Record<string, readonly [Pair, ErrorConstructor]> = {
  "too few layers": [{ header: good, layers: [] }, TypeError],
  "a ladder that leaves out a token": [spoil({ ladder: good.ladder.slice(1) }), TypeError],
  "a ladder that ends early": [spoil({ ladder: good.ladder.slice(0, -1) }), TypeError],
  "a ladder that goes back": [
    spoil({ ladder: [good.ladder[1], good.ladder[0], ...good.ladder.slice(2)] }),
    TypeError,
  ],
  "a rung without tokens": [spoil({ ladder: [{ a: null, b: null }] }), TypeError],
  "a change behind the ladder": [spoil({ firstChange: 6 }), TypeError],
  "a warp that starts late": [spoil({ warp: [[1, 1], [2, 2]] }), TypeError],
  "a warp that ends early": [spoil({ warp: [[0, 0], [1, 1]] }), TypeError],
  "a warp that stands still": [spoil({ warp: [[0, 0], [1, 1], [1, 1], [2, 2]] }), TypeError],
  "a warp that falls": [spoil({ warp: [[0, 0], [2, 1], [1, 2], [2, 2]] }), TypeError],
  "a warp between two frames": [spoil({ warp: [[0, 0], [0.5, 1], [2, 2]] }), TypeError],
  "a warp far behind the frames": [
    spoil({ warp: [[0, 0], [65_537, 1], [2, 2]] }),
    TypeError,
  ],
  "no warp": [spoil({ warp: [] }), TypeError],
  "falling channels": [spoil({ massiveChannels: [4, 3] }), TypeError],
  "a channel that the model lacks": [spoil({ massiveChannels: [192] }), TypeError],
  "a peak behind the last frame": [
    spoil({ divergence: { onset: 0, peak: 3, reconvergence: null } }),
    TypeError,
  ],
  "a short null band": [spoil({ nullBand: { a: "x", b: "y", spread: [1, 2] } }), TypeError],
  "a null band without numbers": [
    spoil({ nullBand: { a: "x", b: "y", spread: [1, NaN, 2] } }),
    TypeError,
  ],
  "a carrier on no rung": [
    spoil({ finding: { ...good.finding, carriers: [{ rung: 5, from: 0, to: 1, share: 1 }] } }),
    TypeError,
  ],
  "a carrier that ends before it starts": [
    spoil({ finding: { ...good.finding, carriers: [{ rung: 0, from: 1, to: 0, share: 1 }] } }),
    TypeError,
  ],
  "an answer that turns after the end": [
    spoil({ finding: { ...good.finding, turnsAt: 3 } }),
    TypeError,
  ],
  "a short array": [spoil({}, { cosine: new Float32Array(4) }), TypeError],
  "displacements without ranks": [spoil({}, { standout: null }), TypeError],
  "too few ranks": [spoil({}, { standout: new Float32Array(5) }), TypeError],
  "a spread that is no number": [spoil({}, { spread: NaN }), TypeError],
  "an infinite number": [
    spoil({}, { relative: new Float32Array(5).fill(Infinity) }),
    RangeError,
  ],
  "a number beyond float16": [spoil({}, { relative: new Float32Array(5).fill(7e4) }), RangeError],
  "a rank above 1": [spoil({}, { standout: new Float32Array(6).fill(1.01) }), RangeError],
  "a rank that is no number": [spoil({}, { standout: new Float32Array(6).fill(NaN) }), RangeError],
};

for (const [name, [pair, error]] of Object.entries(bad)) {
  Deno.test(`encodePair() throws a ${error.name} when there is ${name}`, async () => {
    await assert.rejects(encodePair(pair), (thrown) => {
      assert.ok(thrown instanceof error, `${thrown}`);
      assert.match((thrown as Error).message, /^Cannot encode .+: expected .+/);
      return true;
    });
  });
}

const bytes = await encodePair(makePair(small));

/** Fails unless reading says what is wrong, with one of the codes. */
async function refuses(file: Uint8Array<ArrayBuffer>, ...codes: FormatErrorCode[]) {
  await assert.rejects(decodePair(file, { source: "x.msgpack" }), (error) => {
    assert.ok(error instanceof FormatError, `${error}`);
    assert.match(error.message, /^Cannot read "x\.msgpack": expected .+, got .+\. [A-Z].+\.$/s);
    if (codes.length > 0) assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`);
    return true;
  });
}

Deno.test("decodePair() says `cut` when a file ends anywhere before its end", async () => {
  for (let length = 1; length < bytes.length; length++) {
    await refuses(bytes.slice(0, length), "cut");
  }
});

Deno.test("decodePair() refuses a file with any one byte flipped", async () => {
  const random = makeRandom(5);
  for (let at = 0; at < bytes.length; at++) {
    const flipped = bytes.slice();
    flipped[at] ^= 1 + Math.floor(255 * random());
    await refuses(flipped);
  }
});

Deno.test("decodePair() says `empty`, `foreign`, `version` and `trailing` for what they are", async () => {
  await refuses(new Uint8Array(0), "empty");
  await refuses(new TextEncoder().encode("<!DOCTYPE html><title>404</title>"), "foreign");
  const scan = await encodeScan(
    makeScan({ nFrames: 1, nParticles: 1, nDims: 3, nGuesses: 0 }),
  );
  await refuses(scan, "foreign");
  await assert.rejects(decodePair(scan), /a file of the kind "weightscan"/);
  const newer = bytes.slice();
  newer[12] = 2;
  await refuses(newer, "version");
  await refuses(Uint8Array.from([...bytes, 0]), "trailing");
});

/** What the good file's records say, to be spoilt. */
function recordsOf(file: Uint8Array) {
  const length = new DataView(file.buffer).getUint32(15, true);
  const { offsets, header } = readOpening(file.subarray(0, length), pairKind, "x");
  const records = Array.from(
    { length: offsets.length - 1 },
    (_, i) => decode(file.subarray(offsets[i], offsets[i + 1])) as Record<string, unknown>,
  );
  return { header: header as Record<string, unknown>, records };
}

/** A sound container with a header or a layer of the caller's making. */
async function make(
  header: Record<string, unknown>,
  layer: Record<string, unknown> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const known = recordsOf(bytes);
  const records = known.records.map((record, i) => i === 1 ? { ...record, ...layer } : record);
  return await encodeContainer(
    pairKind,
    { ...known.header, ...header },
    records.map(encodeRecord),
  );
}

Deno.test("decodePair() reads the records from which the broken ones below are made", async () => {
  assert.deepEqual(await make({}), bytes);
});

const member = { promptId: "x", title: "", text: "", tokens: { ids: [1], texts: ["a"] } };
const brokenHeaders: Record<string, Record<string, unknown>> = {
  "no particles": { nParticles: 0 },
  "absurdly many particles": { nParticles: limits.particles + 1 },
  "2^53 particles": { nParticles: 2 ** 53 - 1 },
  "more layer names than layers": { layers: ["a", "b", "c", "d"] },
  "a ladder of lists": { ladder: [0, 0, 2, 0, 0] },
  "an unknown kind of rung": { ladder: Uint8Array.of(0, 0, 3, 0, 0) },
  "a ladder of millions of rungs": { ladder: new Uint8Array(1_000_000) },
  "a prompt that the ladder does not fit": { a: member },
  "more token texts than ids": {
    b: { ...member, tokens: { ids: [], texts: ["a"] } },
  },
  "half a step of the warp": { warp: new Uint8Array(10) },
  "an endless warp": { warp: new Uint8Array(400_000) },
  "an unknown kind of contrast": { contrast: { kind: "other" } },
  "an infinite logit difference": {
    contrast: {
      kind: "rival",
      a: { id: 1, text: "" },
      b: { id: 2, text: "" },
      logitDifference: { a: Infinity, b: 0 },
    },
  },
  "a first change at −1": { firstChange: -1 },
  "no finding": { finding: undefined },
  "absurdly many carriers": {
    finding: {
      kind: "turns",
      sentence: "",
      turnsAt: null,
      displacedAfter: null,
      carriers: new Array(limits.carriers + 1).fill({ rung: 0, from: 0, to: 0, share: 1 }),
    },
  },
};

for (const [name, change] of Object.entries(brokenHeaders)) {
  Deno.test(`decodePair() says \`invalid\` when the header has ${name}`, async () => {
    await refuses(await make(change), "invalid");
  });
}

const bomb = zlibSync(new Uint8Array(8 * 1024 * 1024));
const plane = (length: number, value = 0) => zlibSync(new Uint8Array(length).fill(value));
const floats = new Uint8Array(8);
const brokenLayers: Record<string, Record<string, unknown>> = {
  "too few numbers on the rungs": { rungs: [plane(29), plane(30)] },
  "too many numbers on the rungs": { rungs: [plane(30), plane(31)] },
  "a decompression bomb": { rungs: [bomb, bomb] },
  "one plane": { rungs: [plane(30)] },
  "an infinite number": { rungs: [plane(30, 0x7c), plane(30)] },
  "too few frames in the match": { match: [plane(8), plane(9)] },
  "a spread that is not finite": { spread: Infinity },
  "a layer without a number": { layer: undefined },
  "a race without numbers": { race: { a: 1, b: "2", jensenShannon: 0 } },
  "fewer probabilities than movers": {
    movers: { ids: [1, 2], texts: ["", ""], a: floats, b: new Uint8Array(4) },
  },
  "absurdly many movers": {
    movers: {
      ids: new Array(limits.guesses + 1).fill(0),
      texts: new Array(limits.guesses + 1).fill(""),
      a: new Uint8Array(4 * limits.guesses + 4),
      b: new Uint8Array(4 * limits.guesses + 4),
    },
  },
  "a bomb of displacements": {
    particles: { displaced: [plane(6), bomb], standout: plane(6) },
  },
  "too few ranks": { particles: { displaced: [plane(6), plane(6)], standout: plane(5) } },
  "ranks alone": { particles: { standout: plane(6) } },
};

for (const [name, change] of Object.entries(brokenLayers)) {
  Deno.test(`decodePair() refuses a layer with ${name}`, async () => {
    await refuses(await make({}, change), "invalid", "damaged");
  });
}

Deno.test("decodePair() refuses a layer that is something else altogether", async () => {
  const { header } = recordsOf(bytes);
  for (const record of [null, 1, "layer", [], new Uint8Array(9), [[[[[[[[1]]]]]]]]]) {
    const file = await encodeContainer(
      pairKind,
      { ...header, layers: ["a"], warp: new Uint8Array(4) },
      [encodeRecord(record)],
    );
    await refuses(file, "invalid", "damaged");
  }
});

Deno.test("decodePair() says `limit` when the prefix announces a header of gigabytes", async () => {
  const file = bytes.slice(0, 100);
  new DataView(file.buffer).setUint32(15, 0xfffffff0, true);
  await refuses(file, "limit");
});
