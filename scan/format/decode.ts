import { type ByteSource, sourceOfBytes, sourceOfStream } from "./byte_source.ts";
import {
  endBytes,
  type Opening,
  openingBytes,
  prefixBytes,
  readOpening,
  readRecord,
} from "./container.ts";
import { FormatError } from "./errors.ts";
import { scanKind } from "./kinds.ts";
import { inflate } from "./inflate.ts";
import { dequantise, highBytes, joinPlanes, type Past, restore, unpackHigh } from "./quantise.ts";
import { readContainer } from "./read_container.ts";
import { checkRecord, frameSchema, type HeaderRecord, headerSchema } from "./schema.ts";
import type { Frame, Guess, Header, Reads, Scan, Token } from "./types.ts";

/** A file's header with what it takes to read single frames. */
export interface ScanIndex {
  readonly header: Header;
  /** Where each frame starts, then where the end record starts. [nFrames + 1], in bytes */
  readonly offsets: Uint32Array;
  /** Size of the whole file. */
  readonly fileBytes: number;
  readonly bits: number;
  readonly keyEvery: number;
}

/** What {@linkcode readScan} tells, in this order: once `header`, each `frame`, once `end`. */
export type ScanEvent =
  | { readonly type: "header"; readonly header: Header; readonly index: ScanIndex }
  | { readonly type: "frame"; readonly frame: Frame; readonly index: number }
  | {
    readonly type: "end";
    readonly nFrames: number;
    /** False where the browser has no SHA-256 because the page came over plain http. */
    readonly verified: boolean;
  };

export interface ReadOptions {
  /** Path or address of the file, for messages. */
  readonly source?: string;
}

/**
 * Reads a frame file while it arrives: the header and every frame are told as soon as their bytes
 * are there. Frames told before `end` are checked one by one, the file as a whole only at `end`.
 * The stream is cancelled when the caller stops early or the file is broken; errors of the stream
 * itself pass through.
 *
 * @param stream a frame file, chunked anyhow, e.g. `response.body` (check `response.ok` first)
 * @throws {FormatError} if the file is not whole and sound
 */
export function readScan(
  stream: ReadableStream<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<ScanEvent, void, void> {
  return readFrom(sourceOfStream(stream), options.source ?? "scan");
}

/** Reads a whole frame file. @throws {FormatError} as {@linkcode readScan} */
export async function decodeScan(
  bytes: Uint8Array<ArrayBuffer>,
  options: ReadOptions = {},
): Promise<Scan> {
  let header: Header | undefined;
  const frames: Frame[] = [];
  for await (const event of readFrom(sourceOfBytes(bytes), options.source ?? "scan")) {
    if (event.type === "header") header = event.header;
    else if (event.type === "frame") frames.push(event.frame);
  }
  if (header === undefined) throw new Error("unreachable: readFrom tells a header or throws");
  return { header, frames };
}

/**
 * Reads the header from a file's first bytes.
 *
 * @param bytes the file or a beginning of it, at least {@linkcode headerBytes} long
 * @throws {FormatError} with code `cut` if the header goes on after `bytes`
 */
export function peekHeader(bytes: Uint8Array, options: ReadOptions = {}): ScanIndex {
  const source = options.source ?? "scan";
  const length = headerBytes(bytes, options);
  if (bytes.length < length) {
    throw new FormatError("cut", source, `a header of ${length} bytes`, `${bytes.length}`);
  }
  return readIndex(readOpening(bytes.subarray(0, length), scanKind, source), source);
}

/** Length of the header record, which a file's first 22 bytes tell. @throws {FormatError} as {@linkcode peekHeader} */
export function headerBytes(bytes: Uint8Array, options: ReadOptions = {}): number {
  return openingBytes(bytes.subarray(0, prefixBytes), scanKind, options.source ?? "scan");
}

/**
 * Which bytes of the file {@linkcode readFrameAt} needs for a frame: from the key frame on.
 *
 * @returns end exclusive; a range request wants `bytes=${start}-${end - 1}`
 * @throws {RangeError} if there is no such frame
 */
export function frameRange(index: ScanIndex, frame: number): { start: number; end: number } {
  if (!Number.isInteger(frame) || frame < 0 || frame >= index.offsets.length - 1) {
    throw new RangeError(
      `Cannot find frame ${frame}: expected 0 … ${index.offsets.length - 2}`,
    );
  }
  return { start: index.offsets[keyFrame(index, frame)], end: index.offsets[frame + 1] };
}

/**
 * Reads one frame out of a range of the file.
 *
 * @param bytes exactly the bytes of {@linkcode frameRange}
 * @throws {FormatError} if they are damaged; the file's digest cannot be checked from a part of it
 */
export async function readFrameAt(
  index: ScanIndex,
  frame: number,
  bytes: Uint8Array,
  options: ReadOptions = {},
): Promise<Frame> {
  const source = options.source ?? "scan";
  const { start, end } = frameRange(index, frame);
  if (bytes.length !== end - start) {
    throw new FormatError("cut", source, `bytes ${start} … ${end}`, `${bytes.length} bytes`);
  }
  const reader = new FrameReader(index, source);
  const at = (i: number) => index.offsets[i] - start;
  for (let i = keyFrame(index, frame); i < frame; i++) {
    await reader.read(bytes.subarray(at(i), at(i + 1)), i);
  }
  return await reader.read(bytes.subarray(at(frame), at(frame + 1)), frame);
}

function keyFrame(index: ScanIndex, frame: number): number {
  return frame - frame % index.keyEvery;
}

async function* readFrom(
  bytes: ByteSource,
  source: string,
): AsyncGenerator<ScanEvent, void, void> {
  let reader: FrameReader | undefined;
  for await (const event of readContainer(bytes, scanKind, source)) {
    if (event.type === "opening") {
      const index = readIndex(event.opening, source);
      reader = new FrameReader(index, source);
      yield { type: "header", header: index.header, index };
    } else if (event.type === "record" && reader) {
      const frame = await reader.read(event.bytes, event.index);
      yield { type: "frame", frame, index: event.index };
    } else if (event.type === "end") {
      yield { type: "end", nFrames: event.nRecords, verified: event.verified };
    }
  }
}

function readIndex(opening: Opening, source: string): ScanIndex {
  const { offsets } = opening;
  const record = checkRecord(headerSchema, opening.header, source, "the header");
  const nFrames = offsets.length - 1;
  if (record.layers.length !== nFrames) {
    throw new FormatError("invalid", source, `${nFrames} layer names`, `${record.layers.length}`);
  }
  const fileBytes = offsets[nFrames] + endBytes(nFrames);
  const { bits, keyEvery } = record;
  return { header: headerOf(record), offsets, fileBytes, bits, keyEvery };
}

function headerOf(record: HeaderRecord): Header {
  const { bits: _bits, keyEvery: _keyEvery, tokens, ...rest } = record;
  return { ...rest, tokens: tokensOf(tokens) };
}

/** Parallel lists back to tokens. */
export function tokensOf(lists: { ids: readonly number[]; texts: readonly string[] }): Token[] {
  return lists.ids.map((id, i) => ({ id, text: lists.texts[i] }));
}

/** Reads frames in file order; it remembers the two before, which predict the next. */
class FrameReader {
  #past: Past = [];

  constructor(readonly index: ScanIndex, readonly source: string) {}

  async read(bytes: Uint8Array, i: number): Promise<Frame> {
    const { header, bits, keyEvery } = this.index;
    const what = `frame ${i}`;
    const record = checkRecord(
      frameSchema,
      readRecord(bytes, this.source, what),
      this.source,
      what,
    );
    if (i % keyEvery === 0) this.#past = [];
    if (record.order > this.#past.length) {
      const expected = `a prediction from at most ${this.#past.length} frames in ${what}`;
      throw new FormatError("invalid", this.source, expected, `${record.order}`);
    }
    const length = header.nParticles * header.nDims;
    const [packedHigh, packedLow] = record.positions;
    const plane = `positions of ${what}`;
    const [high, low] = await Promise.all([
      inflate(packedHigh, highBytes(length, bits), this.source, plane),
      inflate(packedLow, length, this.source, plane),
    ]);
    const values = joinPlanes(unpackHigh(high, length, bits), low);
    const lattice = restore(values, this.#past, record.order, bits);
    this.#past = [lattice, ...this.#past.slice(0, 1)];
    return {
      layer: record.layer,
      positions: dequantise(lattice, header.box, bits),
      ...(record.reads ? { reads: await this.#readReads(record.reads, what) } : {}),
      guesses: guessesOf(record.guesses),
      measures: record.measures,
    };
  }

  async #readReads(packed: readonly [Uint8Array, Uint8Array], what: string): Promise<Reads> {
    const { nParticles, tokens: prompt } = this.index.header;
    const plane = `reads of ${what}`;
    const [planes, weights] = await Promise.all([
      inflate(packed[0], 2 * nParticles, this.source, plane),
      inflate(packed[1], nParticles, this.source, plane),
    ]);
    const tokens = joinPlanes(planes.subarray(nParticles), planes.subarray(0, nParticles));
    const beyond = tokens.find((token) => token >= prompt.length);
    if (beyond !== undefined) {
      const expected = `one of ${prompt.length} tokens in the ${plane}`;
      throw new FormatError("invalid", this.source, expected, `${beyond}`);
    }
    return { tokens, weights };
  }
}

function guessesOf(
  lists: { ids: readonly number[]; texts: readonly string[]; p: Uint8Array },
): Guess[] {
  const p = new DataView(lists.p.buffer, lists.p.byteOffset, lists.p.byteLength);
  return tokensOf(lists).map((token, i) => ({ ...token, p: p.getFloat32(4 * i, true) }));
}
