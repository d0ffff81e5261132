/** A comparison's numbers as comma-separated values (RFC 4180), made from its side file. */

import type { Pair } from "../../scan/format/pair_types.ts";
import type { Token } from "../../scan/format/types.ts";
import { classifyCell } from "../../scan/pair/cells.ts";

type Field = string | number | null;

/** Digits that a half or single float really has. */
const significantDigits = 6;

function writeField(field: Field): string {
  if (field === null) return "";
  if (typeof field === "number") {
    // What was not compared is left empty.
    return Number.isFinite(field) ? String(Number(field.toPrecision(significantDigits))) : "";
  }
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

function writeRows(head: readonly string[], rows: Iterable<readonly Field[]>): string {
  const lines = [head.join(",")];
  for (const row of rows) lines.push(row.map(writeField).join(","));
  return lines.map((line) => `${line}\r\n`).join("");
}

/**
 * A token's text as JSON: blanks and line ends stay visible, and since it starts with a quotation mark no
 * spreadsheet takes it for a formula.
 */
function tokenField(token: Token | undefined): Field {
  return token === undefined ? null : JSON.stringify(token.text);
}

/** A cell a line: every layer at every rung of the ladder. */
export function cellsCsv({ header, layers }: Pair): string {
  const head = [
    ...["layer", "layer_name", "rung", "a_index", "b_index", "a_token", "b_token"],
    ...["relative", "cosine", "quiet_relative", "quiet_cosine", "restored", "lost", "class"],
  ];
  return writeRows(
    head,
    layers.flatMap((layer) =>
      header.ladder.map(({ a, b }, rung): Field[] => [
        layer.layer,
        nameField(header.layers[layer.layer]),
        rung,
        a,
        b,
        tokenField(a === null ? undefined : header.a.tokens[a]),
        tokenField(b === null ? undefined : header.b.tokens[b]),
        layer.relative[rung],
        layer.cosine[rung],
        layer.quietRelative[rung],
        layer.quietCosine[rung],
        layer.cause.restored[rung],
        layer.cause.lost[rung],
        classifyCell(layer, rung),
      ])
    ),
  );
}

/** A layer a line: spread, race, divergence of the guesses. */
export function layersCsv({ header, layers }: Pair): string {
  const head = [
    ...["layer", "layer_name", "spread", "null_spread"],
    ...["logit_difference_a", "logit_difference_b", "jensen_shannon_bits"],
  ];
  return writeRows(
    head,
    layers.map(({ layer, spread, race }) => [
      layer,
      nameField(header.layers[layer]),
      spread,
      header.nullBand?.spread[layer] ?? null,
      race.a,
      race.b,
      race.jensenShannon,
    ]),
  );
}

/** A pair of layers a line, with whether the warping path goes through it. */
export function matchCsv({ header, layers }: Pair): string {
  const path = new Set(header.warp.map(([a, b]) => `${a} ${b}`));
  return writeRows(
    ["a_layer", "b_layer", "overlap", "procrustes", "cka", "on_path"],
    layers.flatMap(({ layer, match }) =>
      layers.map(({ layer: other }): Field[] => [
        layer,
        other,
        match.overlap[other],
        match.procrustes[other],
        match.cka[other],
        path.has(`${layer} ${other}`) ? 1 : 0,
      ])
    ),
  );
}

/** A token of a layer a line: those whose probability moved most. */
export function moversCsv({ header, layers }: Pair): string {
  return writeRows(
    ["layer", "layer_name", "rank", "token_id", "token", "p_a", "p_b"],
    layers.flatMap(({ layer, race }) =>
      race.movers.map((mover, rank): Field[] => [
        layer,
        nameField(header.layers[layer]),
        rank + 1,
        mover.id,
        tokenField(mover),
        mover.a,
        mover.b,
      ])
    ),
  );
}

/** Layer names come from a file, too. */
function nameField(name: string | undefined): Field {
  return name === undefined ? null : /^[\s=+\-@]/.test(name) ? JSON.stringify(name) : name;
}
