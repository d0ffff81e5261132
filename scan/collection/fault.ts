/** What is wrong with a collection, and the report that says so. */

/** One thing that is wrong in one place. */
export interface Fault {
  /** File as it is shown, e.g. `prompts/day.yml`. */
  readonly path: string;
  /** From 1; 0 where the fault is the file's or the folder's as a whole. */
  readonly line: number;
  /** From 1, in UTF-16 units as editors count; 0 where `line` is 0. */
  readonly column: number;
  /** Units to underline from `column` on. */
  readonly length: number;
  /** Only an error keeps the collection from being scanned. */
  readonly severity: "error" | "warning";
  /** Stable name of the kind of fault, e.g. `unknown-key`. */
  readonly code: FaultCode;
  readonly message: string;
  /** What to do about it. */
  readonly mend: string;
  /** The line it is in, "" where `line` is 0. */
  readonly source: string;
}

export type FaultCode =
  | "folder"
  | "file"
  | "encoding"
  | "yaml"
  | "yaml-feature"
  | "nesting"
  | "duplicate-key"
  | "unknown-key"
  | "missing-key"
  | "value"
  | "characters"
  | "id"
  | "duplicate-id"
  | "duplicate-text"
  | "model"
  | "context"
  | "expected-token"
  | "licence";

/** Sorts by file, line and column, errors before warnings in one place. Returns a new array. */
export function sortFaults(faults: readonly Fault[]): Fault[] {
  return [...faults].sort((a, b) =>
    compare(a.path, b.path) || a.line - b.line || a.column - b.column ||
    compare(a.severity, b.severity) || compare(a.code, b.code) || compare(a.message, b.message)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const styles = { bold: 1, red: 31, yellow: 33, cyan: 36, grey: 90 };

/**
 * The report as a compiler gives it: place, fault, the source line with a caret under the fault,
 * the mend; and a closing count. Ends with a newline. Characters that could move a terminal's
 * cursor or turn its text around are shown as their code points.
 *
 * @param options.nFiles number of files looked at, for the closing count
 */
export function formatFaults(
  faults: readonly Fault[],
  options: { readonly color?: boolean; readonly nFiles?: number } = {},
): string {
  const paint = (style: keyof typeof styles, text: string) =>
    options.color ? `\x1b[${styles[style]}m${text}\x1b[0m` : text;
  const blocks = sortFaults(faults).map((fault) => {
    const place = fault.line > 0 ? `${fault.path}:${fault.line}:${fault.column}` : fault.path;
    const hue = fault.severity === "error" ? "red" : "yellow";
    const lines = [
      `${paint("bold", visible(place))}: ${paint(hue, fault.severity)}: ${visible(fault.message)}`,
    ];
    if (fault.line > 0) {
      const { text, offset, length } = excerpt(fault);
      const margin = String(fault.line).replace(/./g, " ");
      lines.push(`  ${paint("grey", `${fault.line} |`)} ${text}`);
      lines.push(
        `  ${paint("grey", `${margin} |`)} ${" ".repeat(offset)}${paint(hue, "^".repeat(length))}`,
      );
    }
    lines.push(`  ${paint("cyan", "mend:")} ${visible(fault.mend)}`);
    return lines.join("\n") + "\n";
  });
  return blocks.join("\n") + (blocks.length > 0 ? "\n" : "") + count(faults, options.nFiles) + "\n";
}

/** `3 errors and 1 warning in 2 of 24 files`. */
function count(faults: readonly Fault[], nFiles: number | undefined): string {
  const nErrors = faults.filter((fault) => fault.severity === "error").length;
  const nWarnings = faults.length - nErrors;
  const parts = [
    ...nErrors > 0 || nWarnings === 0 ? [plural(nErrors, "error")] : [],
    ...nWarnings > 0 ? [plural(nWarnings, "warning")] : [],
  ];
  const nFaulty = new Set(faults.map((fault) => fault.path)).size;
  const where = nFiles === undefined || nFiles < nFaulty
    ? plural(nFaulty, "file")
    : `${nFaulty} of ${plural(nFiles, "file")}`;
  return `${parts.join(" and ")} in ${where}`;
}

export function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

const widthMax = 100;

/** The part of the source line around the fault, with the caret's offset and length in cells. */
function excerpt(fault: Fault): { text: string; offset: number; length: number } {
  const start = fault.column - 1;
  const end = Math.min(fault.source.length, start + Math.max(1, fault.length));
  const from = start > widthMax - 20 ? start - 40 : 0;
  const to = Math.min(fault.source.length, from + widthMax);
  const show = (a: number, b: number) => visible(fault.source.slice(a, b).replaceAll("\t", " "));
  const before = (from > 0 ? "…" : "") + show(from, start);
  const text = before + show(start, to) + (to < fault.source.length ? "…" : "");
  return {
    text,
    offset: cells(before),
    length: Math.max(1, cells(show(start, Math.min(end, to)))),
  };
}

/** Shows what a terminal would obey instead of print: controls, bidi marks, lone surrogates. */
export function visible(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (c) => {
    return `<${codePoint(c)}>`;
  });
}

/** `U+202E` */
export function codePoint(character: string): string {
  return "U+" + character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Terminal cells that a text takes, near enough to put a caret under it. */
function cells(text: string): number {
  let n = 0;
  for (const c of text) n += /\p{M}/u.test(c) ? 0 : wide.test(c) ? 2 : 1;
  return n;
}

/** Faults as GitHub's workflow commands, which put them on the lines of a pull request. */
export function formatAnnotations(faults: readonly Fault[]): string {
  const escape = (text: string) =>
    visible(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const property = (text: string) => escape(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  return sortFaults(faults).map((fault) => {
    const place = fault.line > 0 ? `,line=${fault.line},col=${fault.column}` : "";
    return `::${fault.severity} file=${property(fault.path)}${place}::` +
      `${escape(fault.message)} (${escape(fault.mend)})\n`;
  }).join("");
}
