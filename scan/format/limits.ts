/**
 * Upper bounds that a reader checks before it allocates anything, and a writer before it writes.
 * They are far above what a viewer can show and far below what hurts.
 */
export const limits = {
  /** Bytes of a header record. */
  headerBytes: 4 * 1024 * 1024,
  /** Frames of a scan, rows of a lens grid, layers of a pair. */
  records: 1024,
  particles: 65_536,
  tokens: 65_536,
  /** Guesses of one token in one layer. */
  guesses: 256,
  /** Different tokens that are guessed anywhere in a lens grid. */
  guessed: 1 << 20,
  /** Guesses of all tokens of a layer of a lens grid. */
  cells: 1 << 20,
  /** Stretches that a pair's finding names. */
  carriers: 4096,
  /** Bytes of a frame or row record; a frame of the largest size, incompressible, is 393 KB. */
  recordBytes: 8 * 1024 * 1024,
  /** Nesting of arrays and maps in a record. */
  depth: 6,
} as const;
