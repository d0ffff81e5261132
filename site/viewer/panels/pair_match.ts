import type { Pair, PairLayer } from "../../../scan/format/pair_types.ts";
import { make, makeSvg } from "../dom.ts";
import { formatCell, type HeatDomain, placeOn, rangeOf } from "../heat.ts";
import { followPageLook } from "../page_look.ts";
import { heatScales } from "../palette.ts";
import { formatNumber } from "../text.ts";
import { HeatGrid, HeatLegend } from "./heat_grid.ts";
import { withPair } from "./with_pair.ts";

type MatchKey = keyof PairLayer["match"];

const matchMeasures: {
  readonly [key in MatchKey]: {
    readonly title: string;
    readonly meaning: string;
    /** Whether a large value means alike. */
    readonly isLikeness: boolean;
  };
} = {
  overlap: {
    title: "Shared neighbours",
    meaning: "Share of each token's nearest tokens that are the same in both layers.",
    isLikeness: true,
  },
  procrustes: {
    title: "Procrustes distance",
    meaning:
      "What is left between the two layers' tokens after the best turn and scale. 0 is the same shape.",
    isLikeness: false,
  },
  cka: {
    title: "CKA",
    meaning:
      "Debiased linear centred kernel alignment: 1 is the same pattern of likeness among the tokens. Needs four tokens.",
    isLikeness: true,
  },
};

/** Every layer of a against every layer of b, with the cheapest way through drawn over it. */
export const pairMatch = withPair((pair, { session }, disposer) => {
  const { layers } = pair.header;
  const look = followPageLook(disposer);
  const short = layers.map((_, i) => i === 0 ? "e" : String(i));
  const head = make(
    "tr",
    {},
    make("th", { scope: "col", class: "heat-side" }, "A ↑  B →"),
    ...short.map((text, i) => make("th", { scope: "col", title: `B, ${layers[i]}` }, text)),
  );
  const grid = new HeatGrid({
    label: "Likeness of each layer of A and each layer of B",
    rows: short,
    nColumns: layers.length,
    head: [head],
    headAt: "bottom",
    onChoose: (row) => session.seek(row),
  }, disposer);
  grid.element.classList.add("heat-square");
  const path = makeWarp(pair);
  grid.scroller.append(path.element);
  path.follow(grid.table, (undo) => disposer.add(undo));

  const select = make(
    "select",
    { class: "ws-select" },
    ...Object.entries(matchMeasures).map(([key, { title }]) =>
      make("option", { value: key }, title)
    ),
  );
  const numbers = make("input", { type: "checkbox" });
  const meaning = make("p", { class: "quiet heat-meaning" });
  const legend = new HeatLegend("too few tokens");
  const draw = () => {
    const key = select.value as MatchKey;
    const measure = matchMeasures[key];
    const domain = domainOf(pair, key);
    meaning.textContent = measure.meaning;
    legend.draw(
      heatScales.match,
      look.value,
      `${formatNumber(domain.low)} unlike`,
      `${formatNumber(domain.high)} alike`,
    );
    grid.draw(heatScales.match, look.value, (row, column) => {
      const value = pair.layers[row].match[key][column];
      const place = placeOn(domain, value);
      const where = `${layers[row]} of A, ${layers[column]} of B`;
      return {
        place,
        number: place === null ? "" : formatCell(value),
        sign: "",
        isOnPath: path.has(row, column),
        say: `${where}: ${
          place === null ? "not compared" : `${measure.title.toLowerCase()} ${formatNumber(value)}`
        }${path.has(row, column) ? ", on the way" : ""}`,
      };
    });
  };
  disposer.listen(select, "change", draw);
  disposer.listen(numbers, "change", () => grid.showNumbers(numbers.checked));
  disposer.add(look.subscribe(draw), session.layer.follow((layer) => grid.markRow(layer)));
  draw();
  return [
    make(
      "div",
      { class: "heat-tools" },
      make("label", {}, "Show ", select),
      make("label", { class: "heat-check" }, numbers, " Numbers"),
    ),
    meaning,
    grid.element,
    legend.element,
  ];
});

/** From the least alike pair of layers to the most alike. */
function domainOf({ layers }: Pair, key: MatchKey): HeatDomain {
  const { min, max } = rangeOf(layers.flatMap(({ match }) => [...match[key]])) ??
    { min: 0, max: 0 };
  return matchMeasures[key].isLikeness ? { low: min, high: max } : { low: max, high: min };
}

interface Warp {
  readonly element: SVGSVGElement;
  has(a: number, b: number): boolean;
  /** Keeps it over the table's cells. */
  follow(table: HTMLTableElement, undo: (stop: () => void) => void): void;
}

/** The warping path as a line through the cells' middles. */
function makeWarp({ header }: Pair): Warp {
  const n = header.layers.length;
  const steps = new Set(header.warp.map(([a, b]) => `${a} ${b}`));
  const points = header.warp.map(([a, b]) => `${b + 0.5},${n - a - 0.5}`).join(" ");
  const attributes = { points, "vector-effect": "non-scaling-stroke" };
  const element = makeSvg(
    "svg",
    {
      class: "heat-path",
      viewBox: `0 0 ${n} ${n}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    makeSvg("polyline", { class: "heat-path-halo", ...attributes }),
    makeSvg("polyline", { class: "heat-path-line", ...attributes }),
  );
  return {
    element,
    has: (a, b) => steps.has(`${a} ${b}`),
    follow(table, undo) {
      const place = () => {
        const cells = table.querySelectorAll<HTMLElement>("td[data-row]");
        const [first, last] = [cells[0], cells[cells.length - 1]];
        if (!first || !last) return;
        element.style.left = `${first.offsetLeft}px`;
        element.style.top = `${first.offsetTop}px`;
        element.style.width = `${last.offsetLeft + last.offsetWidth - first.offsetLeft}px`;
        element.style.height = `${last.offsetTop + last.offsetHeight - first.offsetTop}px`;
      };
      const resized = new ResizeObserver(place);
      resized.observe(table);
      undo(() => resized.disconnect());
    },
  };
}
