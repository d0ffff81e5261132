import type { Pair } from "../../../scan/format/pair_types.ts";
import { make } from "../dom.ts";
import { cellsCsv, layersCsv, matchCsv, moversCsv } from "../pair_csv.ts";
import { withPair } from "./with_pair.ts";

const tables: readonly {
  readonly name: string;
  readonly title: string;
  readonly write: (pair: Pair) => string;
}[] = [
  { name: "cells", title: "Cells", write: cellsCsv },
  { name: "layers", title: "Layers", write: layersCsv },
  { name: "match", title: "Layer match", write: matchCsv },
  { name: "guesses", title: "Guesses that move", write: moversCsv },
];

/** How long a made file may be fetched by the browser. */
const keptMs = 10_000;

/** The page's numbers as CSV, made here from the comparison's file. */
export const pairCsv = withPair((pair, _context, disposer) => [
  make(
    "p",
    { class: "csv" },
    make("span", { class: "quiet" }, "As CSV "),
    ...tables.map(({ name, title, write }) => {
      const button = make("button", { type: "button", class: "button" }, title);
      disposer.listen(button, "click", () => save(fileName(pair, name), write(pair)));
      return button;
    }),
  ),
]);

function save(name: string, text: string): void {
  // With a byte order mark spreadsheets read it as UTF-8.
  const href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), keptMs);
}

function fileName({ header }: Pair, name: string): string {
  const ids = [header.a.promptId, header.b.promptId].map((id) => id.replace(/[^\w-]+/g, "-"));
  return `${ids.join("-vs-")}-${name}.csv`;
}
