import type { Pair } from "../../../scan/format/pair_types.ts";
import {
  areaPath,
  type ChartFrame,
  crossings,
  frameChart,
  linePath,
  round,
  valueAt,
} from "../curve.ts";
import { make, makeSvg } from "../dom.ts";
import type { Disposer } from "../state.ts";
import { formatNumber, showToken } from "../text.ts";
import type { PairPanelContext } from "./pair_panel.ts";
import { withPair } from "./with_pair.ts";

interface Line {
  /** `a`, `b`, or `both` for what the two have together. */
  readonly side: "a" | "b" | "both";
  readonly name: string;
  readonly values: readonly number[];
}

interface Chart {
  readonly title: string;
  readonly meaning: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  /** Where the axis stands; null where there is none. */
  readonly base: number | null;
  /** Shaded from 0 up to these. */
  readonly band: readonly number[] | null;
  /** A layer that is named, with what it says. */
  readonly mark: { readonly layer: number; readonly text: string } | null;
  /** What a line's crossing of the base is called; "" marks none. */
  readonly crossing: boolean;
}

const size = { width: 320, height: 128, inset: 8 };

/** Curves over the layers: the race of the answers, how far the change has spread, how the guesses part. */
export const pairCurves = withPair((pair, context, disposer) => [
  make(
    "div",
    { class: "pair-curves" },
    ...chartsOf(pair).map((chart) => makeChart(chart, pair, context, disposer)),
  ),
  makeTable(pair, context, disposer),
]);

function chartsOf({ header, layers }: Pair): Chart[] {
  const { contrast, finding, nullBand, divergence } = header;
  const [said, rival] = [contrast.a, contrast.b].map(({ text }) => `“${showToken(text)}”`);
  const nameOf = (layer: number | null) => layer === null ? "" : header.layers[layer] ?? "";
  return [
    {
      title: `${said} or ${rival}`,
      meaning: contrast.kind === "answers"
        ? `Each layer's logit of ${said} minus that of ${rival}: above the axis the layer would rather say ${said}, below it ${rival}. A ring marks where a curve crosses.`
        : `Both prompts end on ${said}; ${rival} is what gains most on it. Above the axis the layer would rather say ${said}. A ring marks where a curve crosses.`,
      unit: "nats",
      lines: [
        { side: "a", name: "A", values: layers.map(({ race }) => race.a) },
        { side: "b", name: "B", values: layers.map(({ race }) => race.b) },
      ],
      base: 0,
      band: null,
      mark: finding.turnsAt === null
        ? null
        : { layer: finding.turnsAt, text: `B turns at ${nameOf(finding.turnsAt)}` },
      crossing: true,
    },
    {
      title: "Spread of the change",
      meaning: nullBand === null
        ? "Mean distance at the tokens after the change that are the same in both. The family has no control to hold against it."
        : "Mean distance at the tokens after the change that are the same in both. Shaded: the family's control, a change that should not matter.",
      unit: "of the mean norm",
      lines: [{ side: "both", name: "", values: layers.map(({ spread }) => spread) }],
      base: 0,
      band: nullBand?.spread ?? null,
      mark: divergence.onset === null
        ? null
        : { layer: divergence.onset, text: `half of its peak at ${nameOf(divergence.onset)}` },
      crossing: false,
    },
    {
      title: "The guesses part",
      meaning:
        "Jensen–Shannon divergence of the two next-token guesses of each layer: 0 is the same guess, 1 bit nothing in common.",
      unit: "bits",
      lines: [{ side: "both", name: "", values: layers.map(({ race }) => race.jensenShannon) }],
      base: 0,
      band: null,
      mark: null,
      crossing: false,
    },
  ];
}

function makeChart(
  chart: Chart,
  { layers }: Pair,
  { session }: PairPanelContext,
  disposer: Disposer,
): HTMLElement {
  const values = [...chart.lines.flatMap((line) => line.values), ...chart.band ?? []];
  const frame = frameChart(size, layers.length, values, chart.base);
  const head = makeSvg("line", { class: "ws-curve-head", y1: 0, y2: size.height });
  const marks = makeSvg("svg", { class: "ws-curve-marks", "aria-hidden": "true" });
  const dots = chart.lines.map(({ side }) =>
    makeSvg("circle", { class: "pair-dot", r: 3.4, "data-side": side })
  );
  if (chart.crossing) marks.append(...ringsOf(chart, frame));
  marks.append(...dots);
  const plot = make(
    "div",
    { class: "pair-plot" },
    makeSvg(
      "svg",
      {
        viewBox: `0 0 ${size.width} ${size.height}`,
        class: "ws-curve",
        preserveAspectRatio: "none",
        "aria-hidden": "true",
      },
      ...shapesOf(chart, frame),
      head,
    ),
    marks,
  );
  const reading = make("span", { class: "ws-curve-value" });
  const last = layers.length - 1;
  disposer.listen<PointerEvent>(plot, "click", (event) => {
    const box = plot.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * size.width;
    session.seek(Math.round((x - size.inset) / (size.width - 2 * size.inset) * last));
  });
  disposer.add(session.playhead.follow(({ position }) => {
    const at = Math.min(last, Math.max(0, position));
    const x = round(frame.x(at));
    head.setAttribute("x1", String(x));
    head.setAttribute("x2", String(x));
    chart.lines.forEach((line, i) => {
      // Percentages, so that a dot stays round while the chart stretches.
      dots[i].setAttribute("cx", percentOf(x, size.width));
      dots[i].setAttribute("cy", percentOf(frame.y(valueAt(line.values, at)), size.height));
    });
    const layer = Math.round(at);
    reading.replaceChildren(...chart.lines.flatMap((line) => [
      ...line.name === "" ? [] : [sideMark(line.name)],
      `${formatNumber(line.values[layer])} `,
    ]));
  }));
  return make(
    "figure",
    { class: "pair-chart" },
    make("figcaption", {}, make("span", { class: "pair-chart-title" }, chart.title), reading),
    plot,
    make(
      "div",
      { class: "ws-curve-range", "aria-hidden": "true" },
      make("span", {}, formatNumber(frame.min)),
      make("span", {}, chart.mark?.text ?? ""),
      make("span", {}, `${formatNumber(frame.max)} ${chart.unit}`),
    ),
    make("p", { class: "quiet" }, chart.meaning),
  );
}

function shapesOf(chart: Chart, frame: ChartFrame): SVGElement[] {
  const shapes: SVGElement[] = [];
  if (chart.band !== null) {
    shapes.push(makeSvg("path", { class: "pair-band", d: areaPath(frame, chart.band, 0) }));
  }
  if (chart.base !== null) {
    const y = round(frame.y(chart.base));
    shapes.push(makeSvg("line", { class: "pair-axis", x1: 0, x2: size.width, y1: y, y2: y }));
  }
  if (chart.mark !== null) {
    const x = round(frame.x(chart.mark.layer));
    shapes.push(makeSvg("line", { class: "pair-mark", x1: x, x2: x, y1: 0, y2: size.height }));
  }
  for (const { side, values } of chart.lines) {
    shapes.push(
      makeSvg("path", { class: "pair-line", "data-side": side, d: linePath(frame, values) }),
    );
  }
  return shapes;
}

/** Rings where the lines cross the axis. */
function ringsOf({ lines, base }: Chart, frame: ChartFrame): SVGElement[] {
  if (base === null) return [];
  return lines.flatMap(({ side, values }) =>
    crossings(values, base).map((layer) =>
      makeSvg("circle", {
        class: "pair-crossing",
        "data-side": side,
        r: 5,
        cx: percentOf(frame.x(layer), size.width),
        cy: percentOf(frame.y(base), size.height),
      })
    )
  );
}

function makeTable(
  { header, layers }: Pair,
  { session }: PairPanelContext,
  disposer: Disposer,
): HTMLElement {
  const band = header.nullBand?.spread;
  const heads = [
    "A, nats",
    "B, nats",
    "Spread",
    ...band ? ["Control's spread"] : [],
    "Jensen–Shannon, bits",
  ];
  const rows = layers.map(({ layer, race, spread }) => {
    const numbers = [race.a, race.b, spread, ...band ? [band[layer]] : [], race.jensenShannon];
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, header.layers[layer]),
      ...numbers.map((value) => make("td", { class: "n" }, formatNumber(value))),
    );
  });
  disposer.add(session.layer.follow((layer) =>
    rows.forEach((row, i) => {
      if (i === layer) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    })
  ));
  const table = make(
    "table",
    { class: "figures" },
    make("caption", { class: "ws-hidden" }, "The curves' numbers, layer by layer"),
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        make("th", { scope: "col" }, "Layer"),
        ...heads.map((text) => make("th", { scope: "col", class: "n" }, text)),
      ),
    ),
    make("tbody", {}, ...rows),
  );
  return make(
    "details",
    {},
    make("summary", {}, "As a table"),
    make("div", {
      class: "scroller",
      tabindex: 0,
      role: "region",
      "aria-label": "The curves' numbers",
    }, table),
  );
}

/** The letter of a prompt, in its colour. */
function sideMark(letter: string): HTMLElement {
  return make("span", { class: "side-mark", "data-side": letter }, letter);
}

function percentOf(value: number, whole: number): string {
  return `${round(value / whole * 100)}%`;
}
