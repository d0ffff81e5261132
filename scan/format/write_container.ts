import { encode } from "@msgpack/msgpack";
import { formatVersion } from "./container.ts";
import type { Kind } from "./kinds.ts";
import { limits } from "./limits.ts";

/** Encodes with sorted keys and well-formed text, so that equal values are equal bytes. */
export function encodeRecord(value: unknown): Uint8Array {
  return encode(value, { sortKeys: true });
}

/**
 * Assembles a file.
 *
 * @returns the file's bytes, which the caller owns
 * @throws {RangeError} if there are no records, or more or larger ones than the limits allow
 */
export async function encodeContainer(
  kind: Kind,
  header: unknown,
  records: readonly Uint8Array[],
): Promise<Uint8Array<ArrayBuffer>> {
  if (records.length < 1 || records.length > limits.records) {
    throw new RangeError(
      `Cannot encode a ${kind.noun}: expected 1 … ${limits.records} records, got ${records.length}`,
    );
  }
  const opening = (offsets: Uint32Array) =>
    encodeRecord([kind.magic, formatVersion, littleEndian(offsets), header]);
  const offsets = new Uint32Array(records.length + 1);
  offsets[0] = opening(offsets).length;
  for (const [i, record] of records.entries()) {
    if (record.length > limits.recordBytes) {
      throw new RangeError(
        `Cannot encode record ${i} of a ${kind.noun}: expected at most ${limits.recordBytes} bytes, got ${record.length}`,
      );
    }
    offsets[i + 1] = offsets[i] + record.length;
  }
  if (offsets[0] > limits.headerBytes) {
    throw new RangeError(
      `Cannot encode a ${kind.noun}: expected a header of at most ${limits.headerBytes} bytes, got ${
        offsets[0]
      }`,
    );
  }
  const body = concat([opening(offsets), ...records]);
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return concat([body, encodeRecord({ count: records.length, sha256 })]);
}

function littleEndian(values: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setUint32(i * 4, value, true));
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
