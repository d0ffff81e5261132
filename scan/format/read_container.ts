import type { ByteSource } from "./byte_source.ts";
import {
  checkEnd,
  endBytes,
  type Opening,
  openingBytes,
  prefixBytes,
  readOpening,
} from "./container.ts";
import { FormatError } from "./errors.ts";
import type { Kind } from "./kinds.ts";

export type ContainerEvent =
  | { readonly type: "opening"; readonly opening: Opening }
  | {
    readonly type: "record";
    /** A view that is valid until the next event. */
    readonly bytes: Uint8Array;
    readonly index: number;
  }
  | { readonly type: "end"; readonly nRecords: number; readonly verified: boolean };

/**
 * Cuts a file into its records as it arrives, and checks at its end that it is whole.
 *
 * The source is closed when the caller stops early or the file is broken.
 *
 * @throws {FormatError} if the file is not whole and sound
 */
export async function* readContainer(
  bytes: ByteSource,
  kind: Kind,
  source: string,
): AsyncGenerator<ContainerEvent, void, void> {
  const need = async (start: number, end: number, what: string) => {
    const there = await bytes.until(end);
    if (there < end) {
      throw new FormatError("cut", source, `${end} bytes up to the end of the ${what}`, `${there}`);
    }
    return bytes.view(start, end);
  };

  try {
    const prefix = bytes.view(0, await bytes.until(prefixBytes));
    const first = await need(0, openingBytes(prefix, kind, source), "header");
    const opening = readOpening(first, kind, source);
    yield { type: "opening", opening };

    const { offsets } = opening;
    const nRecords = offsets.length - 1;
    for (let index = 0; index < nRecords; index++) {
      const record = await need(offsets[index], offsets[index + 1], `record ${index}`);
      yield { type: "record", bytes: record, index };
    }

    const fileBytes = offsets[nRecords] + endBytes(nRecords);
    const end = await need(offsets[nRecords], fileBytes, "end record");
    const body = bytes.view(0, offsets[nRecords]);
    const verified = await checkEnd(end, body, nRecords, source);
    if (await bytes.until(fileBytes + 1) > fileBytes) {
      throw new FormatError("trailing", source, `${fileBytes} bytes`, "more");
    }
    yield { type: "end", nRecords, verified };
  } finally {
    await bytes.close();
  }
}
