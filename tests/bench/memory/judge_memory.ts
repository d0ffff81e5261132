import { median } from "../harness.ts";

/** How memory went over many scans. */
export interface MemoryVerdict {
  /** Median of the first quarter and of the last, in the unit of the values. */
  readonly first: number;
  readonly last: number;
  /** Slope of a straight line through the second half, by least squares, in the unit a scan. */
  readonly perScanMiB: number;
  readonly isFlat: boolean;
}

/** Growth from the first quarter to the last that counts as flat: allocators keep what they once had. */
const tolerance = 0.05;

/**
 * @param values in MiB, one after each scan, at least eight
 * @throws {RangeError} if there are fewer
 */
export function judgeMemory(values: readonly number[]): MemoryVerdict {
  if (values.length < 8) {
    throw new RangeError(
      `Cannot judge memory: expected at least 8 scans, got ${values.length}`,
    );
  }
  const quarter = Math.floor(values.length / 4);
  const first = median(values.slice(0, quarter));
  const last = median(values.slice(-quarter));
  const half = values.slice(values.length >> 1);
  return {
    first,
    last,
    perScanMiB: slope(half),
    isFlat: last <= first * (1 + tolerance),
  };
}

function slope(values: readonly number[]): number {
  const n = values.length;
  const middle = (n - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  let [product, square] = [0, 0];
  values.forEach((value, i) => {
    product += (i - middle) * (value - mean);
    square += (i - middle) ** 2;
  });
  return product / square;
}
