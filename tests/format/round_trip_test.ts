import assert from "node:assert/strict";
import { decodeScan, encodeScan, FormatError, limits, type Scan } from "../../scan/format/mod.ts";
import { makeRandom } from "../fixtures/synthetic_cloud.ts";
import { makeSyntheticFamily, makeSyntheticScan } from "../fixtures/synthetic_scan.ts";
import { makeScan, type ScanSize } from "./fixtures.ts";

/** Everything but positions, which lose what lies below the lattice. */
function withoutPositions({ header, frames }: Scan) {
  return { header, frames: frames.map(({ positions: _, ...rest }) => rest) };
}

/** Largest error of a coordinate, as a share of the box's side. */
function largestError(written: Scan, read: Scan): number {
  const { min, max } = written.header.box;
  const nDims = written.header.nDims;
  let worst = 0;
  written.frames.forEach((frame, i) => {
    frame.positions.forEach((value, at) => {
      const side = max[at % nDims] - min[at % nDims] || 1;
      worst = Math.max(worst, Math.abs(read.frames[i].positions[at] - value) / side);
    });
  });
  return worst;
}

const sizes: ScanSize[] = [
  { nFrames: 1, nParticles: 1, nDims: 2, nGuesses: 0 },
  { nFrames: 1, nParticles: 1, nDims: 3, nGuesses: 1 },
  { nFrames: 2, nParticles: 2, nDims: 2, nGuesses: 2 },
  { nFrames: 2, nParticles: 2, nDims: 3, nGuesses: 5 },
  { nFrames: 17, nParticles: 3, nDims: 3, nGuesses: 5 },
  { nFrames: 35, nParticles: 40, nDims: 2, nGuesses: 10 },
  { nFrames: 13, nParticles: 1024, nDims: 3, nGuesses: 5 },
];

for (const size of sizes) {
  Deno.test(`decodeScan() undoes encodeScan() when the scan is ${JSON.stringify(size)}`, async () => {
    const scan = makeScan(size);
    for (const bits of [8, 11, 12, 13, 16]) {
      const read = await decodeScan(await encodeScan(scan, { bits, keyEvery: 4 }));
      assert.deepEqual(withoutPositions(read), withoutPositions(scan));
      const step = 1 / (2 ** bits - 1);
      assert.ok(largestError(scan, read) <= step / 2 + 1e-6, `${bits} bits`);
    }
  });
}

Deno.test("encodeScan() gives the same bytes when the same values come in another order of keys", async () => {
  const scan = makeScan(sizes[4]);
  const { parameters } = scan.header;
  const reversed = Object.fromEntries(Object.entries(parameters).reverse());
  const again = {
    frames: scan.frames,
    header: Object.fromEntries(
      Object.entries({ ...scan.header, parameters: reversed }).reverse(),
    ) as unknown as Scan["header"],
  };
  assert.deepEqual(await encodeScan(again), await encodeScan(structuredClone(scan)));
});

Deno.test("encodeScan() is stable: what it wrote reads and writes as the same bytes", async () => {
  const bytes = await encodeScan(makeScan(sizes[5]));
  assert.deepEqual(await encodeScan(await decodeScan(bytes)), bytes);
});

Deno.test("encodeScan() keeps within 65 KB when 13 frames of 1024 particles morph", async () => {
  for (let family = 0; family < 3; family++) {
    for (const { scan, prompt } of makeSyntheticFamily(family, { members: 2 })) {
      const bytes = await encodeScan(scan);
      assert.ok(bytes.length <= 65_000, `${prompt.id}: ${bytes.length}`);
      assert.ok(largestError(scan, await decodeScan(bytes)) <= 1 / 4096);
    }
  }
});

Deno.test("encodeScan() keeps within 45 KB when 13 frames of 1024 particles morph in 10 bits", async () => {
  for (let family = 0; family < 3; family++) {
    for (const { scan, prompt } of makeSyntheticFamily(family, { members: 2 })) {
      const bytes = await encodeScan(scan, { bits: 10 });
      console.log(`${prompt.id} in 10 bits: ${bytes.length} bytes`);
      assert.ok(bytes.length <= 45_000, `${prompt.id}: ${bytes.length}`);
      // Half a step of 1/1,023, and what float32 rounds.
      assert.ok(largestError(scan, await decodeScan(bytes)) <= 1 / 2045);
    }
  }
});

Deno.test("encodeScan() keeps within 65 KB when 1024 particles jump anywhere in every frame", async () => {
  const { scan } = makeSyntheticScan();
  const random = makeRandom(9);
  const frames = scan.frames.map((frame) => ({ ...frame, positions: frame.positions.map(random) }));
  const box = { min: [0, 0, 0], max: [1, 1, 1] };
  const bytes = await encodeScan({ header: { ...scan.header, box }, frames });
  assert.ok(bytes.length <= 65_000, `${bytes.length}`);
});

Deno.test("encodeScan() puts all on the one point when the box is one", async () => {
  const scan = makeScan({ nFrames: 3, nParticles: 4, nDims: 3, nGuesses: 1 });
  const box = { min: [2, -3, 0.5], max: [2, -3, 0.5] };
  const positions = Float32Array.from({ length: 12 }, (_, i) => box.min[i % 3]);
  const flat: Scan = {
    header: { ...scan.header, box },
    frames: scan.frames.map((frame) => ({ ...frame, positions })),
  };
  const read = await decodeScan(await encodeScan(flat));
  read.frames.forEach((frame) => assert.deepEqual(frame.positions, positions));
});

Deno.test("encodeScan() replaces a lone surrogate when a text holds one", async () => {
  const scan = makeScan(sizes[0]);
  const header = { ...scan.header, tokens: [{ id: 1, text: "a\ud800b" }] };
  const read = await decodeScan(await encodeScan({ ...scan, header }));
  assert.equal(read.header.tokens[0].text, "a\ufffdb");
});

const size = { nFrames: 2, nParticles: 2, nDims: 3, nGuesses: 1 } as const;

/** A scan with one thing wrong. */
function spoil(change: (scan: Scan) => Partial<Scan["header"]> | Scan["frames"]): Scan {
  const scan = makeScan(size);
  const changed = change(scan);
  return Array.isArray(changed)
    ? { ...scan, frames: changed }
    : { ...scan, header: { ...scan.header, ...changed } };
}

function movedTo(value: number) {
  return ({ frames }: Scan) =>
    frames.map((frame) => ({ ...frame, positions: new Float32Array(6).fill(value) }));
}

const bad: { name: string; scan: Scan; error: ErrorConstructor }[] = [
  { name: "a position is NaN", scan: spoil(movedTo(NaN)), error: RangeError },
  { name: "a position is infinite", scan: spoil(movedTo(Infinity)), error: RangeError },
  { name: "a position is outside the box", scan: spoil(movedTo(99)), error: RangeError },
  { name: "a frame is missing", scan: spoil((s) => s.frames.slice(1)), error: TypeError },
  {
    name: "there are no layers",
    scan: { ...spoil(() => ({ layers: [] })), frames: [] },
    error: TypeError,
  },
  {
    name: "particles and positions differ",
    scan: spoil(() => ({ nParticles: 3 })),
    error: TypeError,
  },
  { name: "there are no particles", scan: spoil(() => ({ nParticles: 0 })), error: TypeError },
  {
    name: "there are too many particles",
    scan: spoil(() => ({ nParticles: limits.particles + 1 })),
    error: TypeError,
  },
  { name: "there are four dimensions", scan: spoil(() => ({ nDims: 4 })), error: TypeError },
  {
    name: "the box is inside out",
    scan: spoil(({ header: { box } }) => ({ box: { min: box.max, max: box.min } })),
    error: TypeError,
  },
  {
    name: "a quality figure is NaN",
    scan: spoil(({ header: { quality } }) => ({ quality: { ...quality, trustworthiness: NaN } })),
    error: TypeError,
  },
  {
    name: "fewer particles read than there are",
    scan: spoil(({ frames }) =>
      frames.map((frame) => ({
        ...frame,
        reads: { tokens: new Uint16Array(1), weights: new Uint8Array(1) },
      }))
    ),
    error: TypeError,
  },
  {
    name: "a particle reads a token that is not there",
    scan: spoil(({ frames, header: { nParticles, tokens } }) =>
      frames.map((frame) => ({
        ...frame,
        reads: {
          tokens: new Uint16Array(nParticles).fill(tokens.length),
          weights: new Uint8Array(nParticles),
        },
      }))
    ),
    error: RangeError,
  },
  {
    name: "a measure is NaN",
    scan: spoil(({ frames }) =>
      frames.map((frame) => ({ ...frame, measures: { ...frame.measures, meanNorm: NaN } }))
    ),
    error: TypeError,
  },
];

for (const { name, scan, error } of bad) {
  Deno.test(`encodeScan() throws a ${error.name} when ${name}`, async () => {
    await assert.rejects(
      encodeScan(scan),
      (thrown) =>
        thrown instanceof error && !(thrown instanceof FormatError) &&
        thrown.message.startsWith("Cannot encode"),
    );
  });
}
