/** Points that need not be in memory all at once: they are made a block of rows at a time. */
export interface Rows {
  readonly n: number;
  readonly d: number;
  /** Writes rows `first` … `first + count - 1` to the beginning of `into`, [count, d]. */
  fill(into: Float32Array, first: number, count: number): void;
  /** All of them, [n, d], where they are in memory. */
  readonly whole?: Float32Array;
}

/** Rows that are in memory. @param x [n, d] */
export function rowsOf(x: Float32Array, n: number, d: number): Rows {
  return {
    n,
    d,
    whole: x,
    fill: (into, first, count) => into.set(x.subarray(first * d, (first + count) * d)),
  };
}

/** Numbers of a block, at most: 64 MB. */
const mostNumbers = 2 ** 24;

/** Rows of a block: all of them where they are not too many. */
export function rowsPerBlock({ n, d }: Rows, most = mostNumbers): number {
  return Math.min(n, Math.max(1, Math.floor(most / d)));
}

/**
 * Goes over all rows.
 *
 * @param nRows rows of a block
 * @returns blocks [nRows, d], the rows past the end 0; each is overwritten by the next
 */
export function* readBlocks(rows: Rows, nRows: number): Generator<Block> {
  const { n, d, whole } = rows;
  if (whole && nRows >= n) {
    yield { data: whole, first: 0, count: n };
    return;
  }
  const data = new Float32Array(nRows * d);
  for (let first = 0; first < n; first += nRows) {
    const count = Math.min(nRows, n - first);
    rows.fill(data, first, count);
    data.fill(0, count * d);
    yield { data, first, count };
  }
}

/** Some rows. */
export interface Block {
  readonly data: Float32Array;
  readonly first: number;
  readonly count: number;
}
