import type { Pair, PairLayer } from "../format/mod.ts";
import type { PairRecord } from "../store/manifest.ts";

/** Signs that are easier to read than white space. */
function showToken(text: string): string {
  return `“${text.replaceAll("\n", "↵")}”`;
}

/** A column of a table: its head, and its cells as text. */
type Column = readonly [head: string, cells: readonly string[]];

function table(columns: readonly Column[], indent = "  "): string {
  const widths = columns.map(([head, cells]) =>
    Math.max(...[head, ...cells].map((text) => [...text].length))
  );
  const nRows = columns[0][1].length;
  const line = (texts: readonly string[]) =>
    indent +
    texts.map((text, i) =>
      i === 0
        ? text + " ".repeat(widths[i] - [...text].length)
        : " ".repeat(widths[i] - [...text].length) + text
    ).join("  ");
  return [
    line(columns.map(([head]) => head)),
    ...Array.from({ length: nRows }, (_, row) => line(columns.map(([, cells]) => cells[row]))),
  ].join("\n");
}

function fixed(digits: number): (value: number) => string {
  return (value) => Number.isNaN(value) ? "–" : value.toFixed(digits);
}

/** Largest of some numbers and its place; NaN is passed over. */
function largest(values: Float32Array): { value: number; at: number } | null {
  let at = -1;
  values.forEach((value, i) => {
    if (!Number.isNaN(value) && (at < 0 || value > values[at])) at = i;
  });
  return at < 0 ? null : { value: values[at], at };
}

/** A comparison as a terminal shows it: the finding, then the numbers that it rests on. */
export function formatPair({ header, layers }: Pair): string {
  const { a, b, contrast, ladder, soundness, finding, nullBand } = header;
  const textAt = (rung: number) => {
    const { a: inA, b: inB } = ladder[rung];
    const texts = [
      inA === null ? null : a.tokens[inA].text,
      inB === null ? null : b.tokens[inB].text,
    ];
    const known = texts.filter((text) => text !== null);
    return [...new Set(known)].map(showToken).join("/");
  };
  const strongest = (layer: PairLayer) => {
    const cell = largest(layer.cause.restored);
    return cell === null ? "–" : `${(100 * cell.value).toFixed(0)} % ${textAt(cell.at)}`;
  };
  const names = `${showToken(contrast.a.text)} − ${showToken(contrast.b.text)}`;
  const sound = soundness.nStates === 0
    ? "nothing stands before the change"
    : `${soundness.nStates} states before the change agree, largest deviation ` +
      `${soundness.largest.toExponential(1)} (at most ${soundness.tolerance.toExponential(0)})`;
  return [
    `A  ${a.text}`,
    `B  ${b.text}`,
    "",
    finding.sentence,
    "",
    table([
      ["layer", layers.map((_, i) => header.layers[i])],
      [`${names} in A`, layers.map(({ race }) => fixed(2)(race.a))],
      ["in B", layers.map(({ race }) => fixed(2)(race.b))],
      ["JS, bits", layers.map(({ race }) => fixed(3)(race.jensenShannon))],
      ["spread", layers.map(({ spread }) => fixed(3)(spread))],
      ...(nullBand ? [["of control", nullBand.spread.map(fixed(3))] as Column] : []),
      ["restored most", layers.map(strongest)],
    ]),
    "",
    `  ${sound}`,
  ].join("\n");
}

/** A comparison in three lines: both texts, and the finding. */
export function formatBriefly({ header: { a, b, control, finding } }: Pair): string {
  return [
    `${a.promptId} | ${b.promptId}${control ? " (control)" : ""}`,
    `  ${finding.sentence}`,
  ].join("\n");
}

/**
 * Findings as a Markdown table, a row each. `seen` is how much of the picture's motion between the two is
 * motion of the codes, see `visibleChange`.
 */
export function formatFindings(pairs: readonly Pair[]): string {
  const cell = (text: string) => text.replaceAll(/\s+/g, " ").replaceAll(/[|\\`*_<>[\]]/g, "\\$&");
  const rows = pairs.map(({ header: { a, b, control, finding, visibleChange } }) =>
    [
      "",
      cell(a.promptId),
      `${cell(b.promptId)}${control ? " (control)" : ""}`,
      visibleChange === null ? "–" : visibleChange.toFixed(2),
      cell(finding.sentence),
      "",
    ].join(" | ").trim()
  );
  return ["| a | b | seen | finding |", "|---|---|---:|---|", ...rows].join("\n");
}

/** A comparison as one JSON value; numbers that are not there are null. */
export function pairToJson({ header, layers }: Pair, record: PairRecord): unknown {
  const list = (values: Float32Array | null) =>
    values && Array.from(values, (value) => Number.isNaN(value) ? null : value);
  return {
    key: record.key,
    ...header,
    layers: layers.map((layer, i) => ({
      name: header.layers[i],
      relative: list(layer.relative),
      cosine: list(layer.cosine),
      quietRelative: list(layer.quietRelative),
      quietCosine: list(layer.quietCosine),
      spread: layer.spread,
      race: layer.race,
      match: {
        overlap: list(layer.match.overlap),
        procrustes: list(layer.match.procrustes),
        cka: list(layer.match.cka),
      },
      cause: { restored: list(layer.cause.restored), lost: list(layer.cause.lost) },
    })),
    files: { pair: record.pair.path, difference: record.difference },
  };
}
