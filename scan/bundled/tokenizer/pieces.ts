/**
 * How byte-level BPE cuts a text into pieces before it merges: a word, a number or a run of signs,
 * each with one leading space. Source: the pattern of GPT-2 (Radford et al. 2019); `tokenizer.json`
 * names it by `ByteLevel` with `use_regex`.
 */
export const piecePattern =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** Counts how often each piece occurs. */
export function countPieces(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [piece] of text.matchAll(piecePattern)) {
      counts.set(piece, (counts.get(piece) ?? 0) + 1);
    }
  }
  return counts;
}
