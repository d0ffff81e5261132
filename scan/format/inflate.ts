import { FormatError } from "./errors.ts";

/**
 * Unpacks a zlib stream of known size. What comes out of it is dropped as soon as it is more than
 * that, so a decompression bomb costs one chunk. The stream's Adler-32 is checked.
 *
 * @param expectedBytes the exact size
 * @throws {FormatError} if it is damaged, or larger or smaller
 */
export async function inflate(
  packed: Uint8Array,
  expectedBytes: number,
  source: string,
  what: string,
): Promise<Uint8Array> {
  const unpacker = new DecompressionStream("deflate");
  const writer = unpacker.writable.getWriter();
  const reader = unpacker.readable.getReader();
  // What goes wrong in writing shows up in reading too. A copy is written because the view may lie in
  // a buffer that goes on filling.
  writer.write(packed.slice()).catch(() => {});
  writer.close().catch(() => {});
  const out = new Uint8Array(expectedBytes);
  let at = 0;
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.length > expectedBytes) {
        throw new FormatError("damaged", source, `${expectedBytes} bytes of ${what}`, "more");
      }
      out.set(value, at);
      at += value.length;
    }
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError("damaged", source, `${what} that can be unpacked`, reason, { cause });
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (at !== expectedBytes) {
    throw new FormatError("damaged", source, `${expectedBytes} bytes of ${what}`, `${at}`);
  }
  return out;
}
