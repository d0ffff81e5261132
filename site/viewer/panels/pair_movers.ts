import type { Mover, Pair } from "../../../scan/format/pair_types.ts";
import { round } from "../curve.ts";
import { make, makeSvg, makeToken } from "../dom.ts";
import { formatProbability } from "../text.ts";
import { withPair } from "./with_pair.ts";

/** The tokens whose probability the change moves most, at the layer on show; all layers in a table. */
export const pairMovers = withPair((pair, { session }, disposer) => {
  const title = make("p", { class: "movers-title" });
  const body = make("tbody");
  const draw = () => {
    const layer = Math.min(session.layer.value, pair.layers.length - 1);
    title.textContent = `As ${pair.header.layers[layer] ?? "no layer"} would go on`;
    body.replaceChildren(...(pair.layers[layer]?.race.movers ?? []).map(makeRow));
  };
  disposer.add(session.layer.follow(draw));
  return [
    title,
    make(
      "table",
      { class: "movers" },
      make("caption", { class: "ws-hidden" }, "Next tokens whose probability differs most"),
      makeHead("Token", "From A to B"),
      body,
    ),
    makeAll(pair),
  ];
});

function makeHead(...before: string[]): HTMLElement {
  return make(
    "thead",
    {},
    make(
      "tr",
      {},
      ...before.map((text) => make("th", { scope: "col" }, text)),
      ...["A", "B"].map((letter) =>
        make(
          "th",
          { scope: "col", class: "n" },
          make("span", { class: "side-mark", "data-side": letter }, letter),
        )
      ),
    ),
  );
}

/** A dumbbell from a's probability to b's. */
function makeRow(mover: Mover): HTMLElement {
  const [a, b] = [mover.a, mover.b].map((p) => `${round(2 + 96 * Math.min(1, Math.max(0, p)))}%`);
  return make(
    "tr",
    {},
    make("th", { scope: "row", title: `token ${mover.id}` }, makeToken(mover.text)),
    make(
      "td",
      { class: "movers-way" },
      makeSvg(
        "svg",
        { "aria-hidden": "true" },
        makeSvg("line", { class: "movers-track", x1: "2%", x2: "98%", y1: "50%", y2: "50%" }),
        makeSvg("line", { class: "movers-step", x1: a, x2: b, y1: "50%", y2: "50%" }),
        makeSvg("circle", { class: "pair-dot", "data-side": "a", r: 4, cx: a, cy: "50%" }),
        makeSvg("circle", { class: "pair-dot", "data-side": "b", r: 4, cx: b, cy: "50%" }),
      ),
    ),
    make("td", { class: "n" }, formatProbability(mover.a)),
    make("td", { class: "n" }, formatProbability(mover.b)),
  );
}

function makeAll({ header, layers }: Pair): HTMLElement {
  const rows = layers.flatMap(({ layer, race }) =>
    race.movers.map((mover, i) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, header.layers[layer]),
        make("td", { class: "n" }, String(i + 1)),
        make("td", {}, makeToken(mover.text)),
        make("td", { class: "n" }, formatProbability(mover.a)),
        make("td", { class: "n" }, formatProbability(mover.b)),
      )
    )
  );
  const table = make(
    "table",
    { class: "figures" },
    make("caption", { class: "ws-hidden" }, "Every layer's guesses that differ most"),
    makeHead("Layer", "Rank", "Token"),
    make("tbody", {}, ...rows),
  );
  return make(
    "details",
    {},
    make("summary", {}, "Every layer as a table"),
    make("div", {
      class: "scroller is-tall",
      tabindex: 0,
      role: "region",
      "aria-label": "Every layer's guesses that differ most",
    }, table),
  );
}
