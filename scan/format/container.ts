import { decode } from "@msgpack/msgpack";
import { FormatError } from "./errors.ts";
import type { Kind } from "./kinds.ts";
import { limits } from "./limits.ts";
import { walkFault } from "./walk.ts";

/**
 * The frame around all kinds of files: an opening record `[magic, version, offsets, header]`, the
 * records, and an end record `{ count, sha256 }`. Why it looks as it does: `spec.md`.
 */

export const formatVersion = 1;
const magicLength = 10;
/** Bytes that tell how long the opening record is: tags, magic, version, head of the offsets, first offset. */
export const prefixBytes = 2 + magicLength + 1 + 5 + 4;

/** The opening record, its lengths checked and its header not yet. */
export interface Opening {
  /** Where each record starts, then where the end record starts. [nRecords + 1], in bytes */
  readonly offsets: Uint32Array;
  readonly header: unknown;
}

/**
 * Length of the end record of a file of `nRecords` records: a map of two with the keys `count` and
 * `sha256`, an integer in its shortest form and 32 bytes. Written out so that readers need no encoder.
 */
export function endBytes(nRecords: number): number {
  const countBytes = nRecords < 0x80 ? 1 : nRecords < 0x100 ? 2 : 3;
  return 1 + (1 + "count".length) + countBytes + (1 + "sha256".length) + (2 + 32);
}

/**
 * Length of the opening record, from the first {@linkcode prefixBytes} of a file.
 *
 * @throws {FormatError} if this is not a file of the kind or of a newer version
 */
export function openingBytes(prefix: Uint8Array, kind: Kind, source: string): number {
  if (prefix.length === 0) throw new FormatError("empty", source, `a ${kind.noun}`, "no bytes");
  const magic = String.fromCharCode(...prefix.subarray(2, 2 + magicLength));
  const start = [0x94, 0xa0 | magicLength].slice(0, prefix.length);
  if (start.some((byte, i) => prefix[i] !== byte) || !kind.magic.startsWith(magic)) {
    throw new FormatError("foreign", source, `a ${kind.noun}`, describe(prefix));
  }
  if (prefix.length < prefixBytes) {
    throw new FormatError("cut", source, "a header", `only ${prefix.length} bytes`);
  }
  const version = prefix[2 + magicLength];
  if (version !== formatVersion) {
    const code = version > formatVersion && version < 0x80 ? "version" : "damaged";
    throw new FormatError(code, source, `format version ${formatVersion}`, `${version}`);
  }
  const at = 2 + magicLength + 1;
  const widthOfLength = [0xc4, 0xc5, 0xc6].indexOf(prefix[at]);
  if (widthOfLength < 0) {
    throw new FormatError("damaged", source, "byte offsets", `0x${prefix[at].toString(16)}`);
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(
    at + 1 + (1 << widthOfLength),
    true,
  );
  if (length < prefixBytes || length > limits.headerBytes) {
    const expected = `a header of ${prefixBytes} … ${limits.headerBytes} bytes`;
    throw new FormatError("limit", source, expected, `${length}`);
  }
  return length;
}

/**
 * Reads the opening record and checks that its offsets make sense.
 *
 * @param bytes exactly the record, {@linkcode openingBytes} long
 */
export function readOpening(bytes: Uint8Array, kind: Kind, source: string): Opening {
  const record = readRecord(bytes, source, "header");
  if (!Array.isArray(record) || record.length !== 4 || !(record[2] instanceof Uint8Array)) {
    throw new FormatError("damaged", source, "[magic, version, offsets, header]", typeof record);
  }
  const packed: Uint8Array = record[2];
  const nRecords = packed.length / 4 - 1;
  if (!Number.isInteger(nRecords) || nRecords < 1 || nRecords > limits.records) {
    const expected = `1 … ${limits.records} records in a ${kind.noun}`;
    throw new FormatError("limit", source, expected, `${nRecords}`);
  }
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const offsets = Uint32Array.from({ length: nRecords + 1 }, (_, i) => view.getUint32(i * 4, true));
  for (let i = 0; i < nRecords; i++) {
    const length = offsets[i + 1] - offsets[i];
    if (length < 1) {
      throw new FormatError("damaged", source, "rising byte offsets", `${length} bytes at ${i}`);
    }
    if (length > limits.recordBytes) {
      const expected = `records of at most ${limits.recordBytes} bytes`;
      throw new FormatError("limit", source, expected, `${length}`);
    }
  }
  if (offsets[0] !== bytes.length) {
    throw new FormatError("damaged", source, `records from ${bytes.length} on`, `${offsets[0]}`);
  }
  return { offsets, header: record[3] };
}

/**
 * Decodes exactly one record. Binary values are views into `bytes`, at any alignment.
 *
 * @param what the record's name, for the message
 */
export function readRecord(bytes: Uint8Array, source: string, what: string): unknown {
  const fault = walkFault(bytes);
  if (fault !== undefined) {
    throw new FormatError("damaged", source, `a whole ${what} record`, fault);
  }
  try {
    return decode(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError("damaged", source, `a ${what} record`, reason, { cause });
  }
}

/**
 * Checks the end record against all that came before it.
 *
 * @param body every byte before the end record
 * @returns whether the digest was checked: browsers have SHA-256 in secure contexts only (https, localhost)
 */
export async function checkEnd(
  end: Uint8Array,
  body: Uint8Array<ArrayBuffer>,
  nRecords: number,
  source: string,
): Promise<boolean> {
  const record = readRecord(end, source, "end");
  const { count, sha256 }: { count?: unknown; sha256?: unknown } =
    typeof record === "object" && record !== null ? record : {};
  if (count !== nRecords || !(sha256 instanceof Uint8Array) || sha256.length !== 32) {
    throw new FormatError("damaged", source, `an end record that counts ${nRecords}`, `${count}`);
  }
  // Browsers leave it undefined on plain http, whatever its type says.
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) return false;
  const digest = new Uint8Array(await subtle.digest("SHA-256", body));
  if (digest.some((byte, i) => byte !== sha256[i])) {
    throw new FormatError("damaged", source, `SHA-256 ${hex(sha256)}`, hex(digest));
  }
  return true;
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What some bytes that are no file of ours look like. */
function describe(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes.subarray(0, 24));
  if (/^\s*(<!|<html|<\?xml)/i.test(text)) return "a web page, perhaps a 404";
  if (text.startsWith("version https://git")) return "a Git LFS pointer instead of the file";
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "a gzip file; it must be served unpacked";
  for (const magic of ["weightscan", "weightlens", "weightpair"]) {
    if (text.slice(2).startsWith(magic)) return `a file of the kind "${magic}"`;
  }
  return `bytes that begin with ${hex(bytes.subarray(0, 8))}`;
}
