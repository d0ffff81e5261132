import type { Pair } from "../../../scan/format/pair_types.ts";
import { make, makeToken } from "../dom.ts";
import { sayToken } from "../text.ts";

/** Column heads of a map over the token ladder, and how its columns are marked. */
export interface LadderHead {
  readonly rows: readonly HTMLTableRowElement[];
  /** A rung in words: `␣Monday in A, ␣Friday in B`. */
  say(rung: number): string;
  /** Marks rungs whose particles are chosen. */
  mark(rungs: ReadonlySet<number>): void;
}

/**
 * Two lines of tokens, a's above b's. A token that both have stands once, across both lines; where only one
 * has a token, the other line is left open.
 */
export function makeLadderHead({ header }: Pick<Pair, "header">): LadderHead {
  const first = make("tr", {}, make("th", { scope: "col", class: "heat-side" }, "A"));
  const second = make("tr", {}, make("th", { scope: "col", class: "heat-side" }, "B"));
  const heads: HTMLTableCellElement[][] = [];
  const tokens = header.ladder.map(({ a, b }) => ({
    a: a === null ? null : header.a.tokens[a]?.text ?? "",
    b: b === null ? null : header.b.tokens[b]?.text ?? "",
  }));
  const say = (rung: number): string => {
    const { a, b } = tokens[rung];
    if (a !== null && a === b) return `“${sayToken(a)}”`;
    if (b === null) return `“${sayToken(a ?? "")}”, in A alone`;
    if (a === null) return `“${sayToken(b)}”, in B alone`;
    return `“${sayToken(a)}” in A, “${sayToken(b)}” in B`;
  };
  tokens.forEach(({ a, b }, rung) => {
    if (a !== null && a === b) {
      heads[rung] = [make("th", { scope: "col", rowspan: 2, title: say(rung) }, makeToken(a))];
      first.append(heads[rung][0]);
      return;
    }
    const inserted = a === null || b === null;
    heads[rung] = [a, b].map((text) => {
      const kind = text === null ? "heat-gap" : inserted ? "heat-inserted" : "heat-changed";
      const head = make("th", { scope: "col", class: kind, title: say(rung) });
      if (text === null) head.append(make("span", { class: "ws-hidden" }, "no token"));
      else head.append(makeToken(text));
      return head;
    });
    first.append(heads[rung][0]);
    second.append(heads[rung][1]);
  });
  return {
    rows: [first, second],
    say,
    mark(rungs) {
      heads.forEach((cells, rung) =>
        cells.forEach((cell) => cell.toggleAttribute("data-current", rungs.has(rung)))
      );
    },
  };
}
