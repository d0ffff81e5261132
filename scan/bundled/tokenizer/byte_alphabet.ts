/**
 * The printable stand-ins that byte-level BPE writes for the 256 bytes.
 *
 * Bytes that are printable in Latin-1 stand for themselves; the others take the characters from
 * U+0100 on, in order. Source: the byte-level alphabet of GPT-2 (Radford et al. 2019), as used by
 * every Hugging Face `ByteLevel` component.
 */

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) ||
    (byte >= 0xae && byte <= 0xff);
}

/** The stand-in of every byte, indexed by byte. [256] */
export const charOfByte: readonly string[] = (() => {
  let next = 0x100;
  return Array.from(
    { length: 256 },
    (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++),
  );
})();

const utf8 = new TextEncoder();

/** Writes a string's UTF-8 bytes as stand-ins; a lone surrogate becomes U+FFFD first. */
export function toByteChars(text: string): string {
  let chars = "";
  for (const byte of utf8.encode(text)) chars += charOfByte[byte];
  return chars;
}
