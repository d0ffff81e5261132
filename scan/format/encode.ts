import { zlibSync } from "fflate";
import { encodeContainer, encodeRecord } from "./write_container.ts";
import { scanKind } from "./kinds.ts";
import { type Order, packHigh, type Past, quantise, residual, splitPlanes } from "./quantise.ts";
import {
  faultOf,
  type FrameRecord,
  frameSchema,
  type HeaderRecord,
  headerSchema,
} from "./schema.ts";
import type { Frame, Guess, Reads, Scan, Token } from "./types.ts";

export interface EncodeOptions {
  /** Bits of a coordinate, 8 … 16; 12 by default: an error of at most 1/8,190 of the box's side. */
  readonly bits?: number;
  /** Frames between two that can be read without the ones before, 16 by default. */
  readonly keyEvery?: number;
}

/**
 * Writes a scan as a frame file: the same scan gives the same bytes on every platform.
 *
 * Positions lose what lies below the lattice of `bits`, probabilities are kept as float32, lone
 * surrogates in texts become U+FFFD; all else survives exactly.
 *
 * @returns the file's bytes, which the caller owns
 * @throws {TypeError} if a field has the wrong kind or an array the wrong length
 * @throws {RangeError} if a position lies outside the header's box, or a limit of the format is passed
 */
export async function encodeScan(
  scan: Scan,
  options: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { header, frames } = scan;
  const { bits = 12, keyEvery = 16 } = options;
  const { tokens, ...rest } = header;
  const record: HeaderRecord = {
    ...rest,
    layers: [...rest.layers],
    nDims: header.nDims === 2 ? 2 : 3,
    box: { min: [...header.box.min], max: [...header.box.max] },
    tokens: tokenLists(tokens),
    bits,
    keyEvery,
  };
  const fault = faultOf(headerSchema, record);
  if (fault) throw new TypeError(`Cannot encode scan "${header.prompt.id}": expected ${fault}`);
  if (header.nDims !== record.nDims || frames.length !== header.layers.length) {
    throw new TypeError(
      `Cannot encode scan "${header.prompt.id}": expected 2 or 3 dimensions and ` +
        `${header.layers.length} frames, got ${header.nDims} and ${frames.length}`,
    );
  }

  const records: Uint8Array[] = [];
  let past: Past = [];
  for (const [index, frame] of frames.entries()) {
    const name = `frame ${index} of "${header.prompt.id}"`;
    checkReads(frame, header, name);
    const length = header.nParticles * header.nDims;
    if (frame.positions.length !== length) {
      throw new TypeError(
        `Cannot encode ${name}: expected ${length} coordinates, got ${frame.positions.length}`,
      );
    }
    if (index % keyEvery === 0) past = [];
    const lattice = quantise(frame.positions, header.box, bits);
    records.push(encodeFrame(frame, lattice, past, bits, name));
    past = [lattice, ...past.slice(0, 1)];
  }
  return await encodeContainer(scanKind, record, records);
}

function encodeFrame(
  frame: Frame,
  lattice: Uint16Array,
  past: Past,
  bits: number,
  name: string,
): Uint8Array {
  const { order, positions } = smallest(lattice, past, bits);
  const { meanNorm, lensEntropy, cosineToPrevious, meanDisplacement } = frame.measures;
  const record: FrameRecord = {
    layer: frame.layer,
    order,
    positions,
    ...(frame.reads ? { reads: packReads(frame.reads) } : {}),
    guesses: guessLists(frame.guesses),
    measures: { meanNorm, lensEntropy, cosineToPrevious, meanDisplacement },
  };
  const fault = faultOf(frameSchema, record);
  if (fault) throw new TypeError(`Cannot encode ${name}: expected ${fault}`);
  return encodeRecord(record);
}

function checkReads({ reads }: Frame, { nParticles, tokens }: Scan["header"], name: string): void {
  if (!reads) return;
  if (reads.tokens.length !== nParticles || reads.weights.length !== nParticles) {
    throw new TypeError(
      `Cannot encode ${name}: expected ${nParticles} tokens and weights that are read, got ` +
        `${reads.tokens.length} and ${reads.weights.length}`,
    );
  }
  const beyond = reads.tokens.find((token) => token >= tokens.length);
  if (beyond !== undefined) {
    throw new RangeError(
      `Cannot encode ${name}: expected particles to read one of ${tokens.length} tokens, got ${beyond}`,
    );
  }
}

/** Indices as all low bytes, then all high bytes; and the weights. Each a zlib stream. */
function packReads({ tokens, weights }: Reads): [Uint8Array, Uint8Array] {
  const [high, low] = splitPlanes(tokens);
  const planes = new Uint8Array(2 * tokens.length);
  planes.set(low);
  planes.set(high, tokens.length);
  return [deflate(planes), deflate(weights)];
}

/** Tries every prediction that the past allows; motion that goes on favours 2, jumps favour 0. */
function smallest(
  lattice: Uint16Array,
  past: Past,
  bits: number,
): { order: Order; positions: [Uint8Array, Uint8Array] } {
  const orders = ([0, 1, 2] as const).slice(0, past.length + 1);
  const candidates = orders.map((order) => {
    const [high, low] = splitPlanes(residual(lattice, past, order, bits));
    const positions: [Uint8Array, Uint8Array] = [deflate(packHigh(high, bits)), deflate(low)];
    return { order, positions };
  });
  const size = ({ positions: [high, low] }: typeof candidates[number]) => high.length + low.length;
  return candidates.reduce((best, other) => size(other) < size(best) ? other : best);
}

/** A zlib stream by fflate, whose bytes depend on no platform's zlib. */
export function deflate(bytes: Uint8Array): Uint8Array {
  return zlibSync(bytes, { level: 9 });
}

/** Tokens as parallel lists, which spares their keys. */
export function tokenLists(tokens: readonly Token[]): { ids: number[]; texts: string[] } {
  return {
    ids: tokens.map((token) => token.id),
    texts: tokens.map((token) => token.text.toWellFormed()),
  };
}

function guessLists(guesses: readonly Guess[]): FrameRecord["guesses"] {
  const p = new Uint8Array(4 * guesses.length);
  const view = new DataView(p.buffer);
  guesses.forEach((guess, i) => view.setFloat32(4 * i, guess.p, true));
  return { ...tokenLists(guesses), p };
}
