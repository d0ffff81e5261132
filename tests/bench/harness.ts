/** One comparison, as it is printed. */
export interface Row {
  /** What was done, e.g. `decode`. */
  readonly name: string;
  /** On how much, e.g. `13 × 1024 particles`. */
  readonly size: string;
  readonly ours: number;
  readonly rival: number;
  readonly rivalName: string;
  readonly unit: string;
  /** rival / ours for whatever is better when small: above 1 means ahead. */
  readonly ratio: number;
}

export interface BenchOptions {
  /** Takes the smaller sizes only. */
  readonly quick: boolean;
  readonly seed: number;
}

/** A group of comparisons that are run together. Rows are told as soon as they are measured. */
export interface Bench {
  readonly name: string;
  /** Left out unless it is asked for by its name: it takes very long. */
  readonly onlyByName?: boolean;
  run(options: BenchOptions): AsyncGenerator<Row>;
}

export interface Contest {
  readonly name: string;
  readonly size: string;
  readonly rivalName: string;
  /** Does the work once. All preparation belongs outside. */
  ours(): unknown;
  rival(): unknown;
}

/**
 * Times two ways of doing the same, in turns, so that whatever slows the machine down hits both; the
 * median of all turns after one for warming up.
 *
 * @param turns odd, 5 by default
 * @returns a row in milliseconds
 */
export async function race(contest: Contest, turns = 5): Promise<Row> {
  const { name, size, rivalName } = contest;
  await contest.ours();
  await contest.rival();
  const ours: number[] = [];
  const rival: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    // Who begins changes too: the second inherits the first's garbage.
    const order = turn % 2 === 0 ? [ours, rival] : [rival, ours];
    for (const times of order) {
      const start = performance.now();
      await (times === ours ? contest.ours() : contest.rival());
      times.push(performance.now() - start);
    }
  }
  return row({ name, size, rivalName, unit: "ms", ours: median(ours), rival: median(rival) });
}

/** Fills in the ratio. */
export function row(parts: Omit<Row, "ratio">): Row {
  return { ...parts, ratio: parts.rival / parts.ours };
}

/** @throws {RangeError} if there are no values */
export function median(values: readonly number[]): number {
  if (values.length === 0) {
    throw new RangeError("Cannot take the median: expected values, got none");
  }
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A number with three significant digits, without exponents. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return value.toLocaleString("en", { maximumSignificantDigits: value >= 1000 ? 6 : 3 });
}

const columns = ["name", "size", "ours", "rival", "rivalName", "unit", "ratio"] as const;

/** Rows as a table for people; columns as wide as their contents. */
export function formatTable(rows: readonly Row[]): string {
  const cells = [
    [...columns],
    ...rows.map((row) =>
      columns.map((column) => {
        const value = row[column];
        if (column === "ratio") return `${formatNumber(row.ratio)} ×`;
        return typeof value === "number" ? formatNumber(value) : value;
      })
    ),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i].length)));
  const isNumber = (i: number) => ["ours", "rival", "ratio"].includes(columns[i]);
  return cells.map((line) =>
    line.map((cell, i) => isNumber(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))
      .join("  ").trimEnd()
  ).join("\n");
}
