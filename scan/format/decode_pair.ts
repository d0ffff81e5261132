import { sourceOfBytes } from "./byte_source.ts";
import { readRecord } from "./container.ts";
import { tokensOf } from "./decode.ts";
import { FormatError } from "./errors.ts";
import { fromHalf } from "./half.ts";
import { inflate } from "./inflate.ts";
import { pairKind } from "./kinds.ts";
import {
  floatsOf,
  type PairHeaderRecord,
  pairHeaderSchema,
  type PairLayerRecord,
  pairLayerSchema,
  rungKinds,
} from "./pair_schema.ts";
import type { Mover, Pair, PairHeader, PairLayer, Rung } from "./pair_types.ts";
import { joinPlanes } from "./quantise.ts";
import { readContainer } from "./read_container.ts";
import { checkRecord } from "./schema.ts";

/**
 * Reads a pair's side file.
 *
 * @param options.source path or address of the file, for messages
 * @returns arrays that the caller owns
 * @throws {FormatError} if the file is not whole and sound
 */
export async function decodePair(
  bytes: Uint8Array<ArrayBuffer>,
  options: { readonly source?: string } = {},
): Promise<Pair> {
  const source = options.source ?? "pair";
  let header: PairHeader | undefined;
  const layers: PairLayer[] = [];
  for await (const event of readContainer(sourceOfBytes(bytes), pairKind, source)) {
    if (event.type === "opening") {
      const { header: value, offsets } = event.opening;
      header = headerOf(checkHeader(value, offsets.length - 1, source));
    } else if (event.type === "record" && header) {
      layers.push(await readLayer(header, event.bytes, event.index, source));
    }
  }
  if (header === undefined) throw new Error("unreachable: readContainer opens or throws");
  return { header, layers };
}

function checkHeader(value: unknown, nFrames: number, source: string): PairHeaderRecord {
  const record = checkRecord(pairHeaderSchema, value, source, "the header");
  if (record.layers.length !== nFrames) {
    throw new FormatError("invalid", source, `${nFrames} layer names`, `${record.layers.length}`);
  }
  return record;
}

function headerOf(record: PairHeaderRecord): PairHeader {
  const { nullBand, warp } = record;
  return {
    ...record,
    a: { ...record.a, tokens: tokensOf(record.a.tokens) },
    b: { ...record.b, tokens: tokensOf(record.b.tokens) },
    ladder: ladderOf(record.ladder),
    nullBand: nullBand && { ...nullBand, spread: floatsOf(nullBand.spread) },
    warp: pairsOf(warp),
  };
}

function ladderOf(kinds: Uint8Array): Rung[] {
  let [a, b] = [0, 0];
  return Array.from(kinds, (kind) => ({
    a: kind === rungKinds.bOnly ? null : a++,
    b: kind === rungKinds.aOnly ? null : b++,
  }));
}

async function readLayer(
  header: PairHeader,
  bytes: Uint8Array,
  index: number,
  source: string,
): Promise<PairLayer> {
  const what = `layer ${index}`;
  const record = checkRecord(pairLayerSchema, readRecord(bytes, source, what), source, what);
  const halves = (planes: readonly [Uint8Array, Uint8Array], length: number, name: string) =>
    unpackHalves(planes, length, source, `${name} of ${what}`);

  const [nRungs, nFrames, nParticles] = [
    header.ladder.length,
    header.layers.length,
    header.nParticles,
  ];
  const rungs = cut(await halves(record.rungs, 6 * nRungs, "rungs"), nRungs);
  const match = cut(await halves(record.match, 3 * nFrames, "match"), nFrames);
  const { particles } = record;
  return {
    layer: record.layer,
    relative: rungs(0),
    cosine: rungs(1),
    quietRelative: rungs(2),
    quietCosine: rungs(3),
    spread: record.spread,
    race: { ...record.race, movers: moversOf(record.movers) },
    match: { overlap: match(0), procrustes: match(1), cka: match(2) },
    cause: { restored: rungs(4), lost: rungs(5) },
    displaced: particles ? await halves(particles.displaced, nParticles, "displacements") : null,
    standout: particles
      ? Float32Array.from(
        await inflate(particles.standout, nParticles, source, `ranks of ${what}`),
        (step) => step / 255,
      )
      : null,
  };
}

/** @throws {FormatError} with code `invalid` if a number is infinite */
async function unpackHalves(
  [packedHigh, packedLow]: readonly [Uint8Array, Uint8Array],
  length: number,
  source: string,
  what: string,
): Promise<Float32Array> {
  const [high, low] = await Promise.all([
    inflate(packedHigh, length, source, what),
    inflate(packedLow, length, source, what),
  ]);
  const values = Float32Array.from(joinPlanes(high, low), fromHalf);
  if (values.some((value) => Math.abs(value) === Infinity)) {
    throw new FormatError("invalid", source, `finite ${what}`, "an infinite number");
  }
  return values;
}

/** Arrays of one length that stand behind each other, each a copy. */
function cut(all: Float32Array, length: number): (i: number) => Float32Array {
  return (i) => all.slice(i * length, (i + 1) * length);
}

function moversOf(lists: PairLayerRecord["movers"]): Mover[] {
  const [a, b] = [floatsOf(lists.a), floatsOf(lists.b)];
  return tokensOf(lists).map((token, i) => ({ ...token, a: a[i], b: b[i] }));
}

function pairsOf(packed: Uint8Array): [number, number][] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Array.from(
    { length: packed.length / 4 },
    (_, i) => [view.getUint16(4 * i, true), view.getUint16(4 * i + 2, true)],
  );
}
