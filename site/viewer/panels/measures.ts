import type { LayerMeasures } from "../../../scan/format/types.ts";
import { make, makeSvg } from "../dom.ts";
import { Disposer } from "../state.ts";
import { formatNumber } from "../text.ts";
import type { Panel } from "./panel.ts";

interface Measure {
  readonly key: keyof LayerMeasures;
  readonly title: string;
  readonly unit: string;
  readonly meaning: string;
}

const measureList: readonly Measure[] = [
  {
    key: "lensEntropy",
    title: "Entropy of the guess",
    unit: "bits",
    meaning: "how undecided the layer is about the next token",
  },
  {
    key: "meanNorm",
    title: "Norm",
    unit: "",
    meaning: "how long the hidden states are, on average over tokens",
  },
  {
    key: "cosineToPrevious",
    title: "Cosine to previous",
    unit: "",
    meaning: "1 means that the layer kept every direction",
  },
  {
    key: "meanDisplacement",
    title: "Displacement",
    unit: "projection units",
    meaning: "how far the particles moved, on average",
  },
];

const width = 240;
const height = 72;
const inset = 6;

/** Small curves of the layers' measures with the playhead on them, and the numbers as a table. */
export const measures: Panel = (container, { session }) => {
  const disposer = new Disposer();
  const curves = measureList.map((measure) => makeCurve(measure, (layer) => session.seek(layer)));
  const grid = make("div", { class: "ws-curves" }, ...curves.map((curve) => curve.element));
  const served = container.querySelector("table");
  const table = served === null ? makeTable() : null;
  container.prepend(grid);
  if (table) container.append(table.element);

  const bodyRows = () => [...(served ?? table!.table).querySelectorAll("tbody tr")];
  const drawAll = () => {
    const values = session.shapes.map((shape) => shape.frame.measures);
    curves.forEach((curve) => curve.draw(values, session.nFrames));
    if (table) table.draw(session.header.value?.layers ?? [], values);
    drawLayer();
  };
  const drawHead = () => {
    const { position } = session.playhead.value;
    curves.forEach((curve) => curve.point(position));
  };
  const drawLayer = () => {
    bodyRows().forEach((row, i) => {
      if (i === session.layer.value && session.arrived.value > 0) {
        row.setAttribute("aria-current", "true");
      } else row.removeAttribute("aria-current");
    });
  };
  disposer.add(
    session.arrived.follow(() => {
      drawAll();
      drawHead();
    }),
    session.playhead.subscribe(drawHead),
    session.layer.subscribe(drawLayer),
    () => {
      grid.remove();
      table?.element.remove();
      bodyRows().forEach((row) => row.removeAttribute("aria-current"));
    },
  );
  return () => disposer.dispose();
};

interface Curve {
  readonly element: HTMLElement;
  draw(values: readonly LayerMeasures[], nFrames: number): void;
  /** Moves the playhead. @param position 0 … nFrames − 1 */
  point(position: number): void;
}

function makeCurve(measure: Measure, seek: (layer: number) => void): Curve {
  const line = makeSvg("polyline", { class: "ws-curve-line", points: "" });
  const head = makeSvg("line", { class: "ws-curve-head", y1: 0, y2: height });
  const dot = makeSvg("circle", { class: "ws-curve-dot", r: 3.2 });
  const svg = makeSvg(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      class: "ws-curve",
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    line,
    head,
  );
  const overlay = makeSvg("svg", { class: "ws-curve-marks", "aria-hidden": "true" }, dot);
  const value = make("span", { class: "ws-curve-value" });
  const low = make("span");
  const high = make("span");
  const plot = make("div", { class: "ws-curve-plot" }, svg, overlay);
  const element = make(
    "figure",
    { class: "ws-curve-figure" },
    make("figcaption", {}, make("span", { title: measure.meaning }, measure.title), value),
    plot,
    make("div", { class: "ws-curve-range", "aria-hidden": "true" }, low, high),
  );

  let points: { x: number; y: number; value: number }[] = [];
  let last = 0;
  const xOf = (layer: number) => last > 0 ? inset + (width - 2 * inset) * layer / last : width / 2;

  plot.addEventListener("click", (event) => {
    const box = plot.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * width;
    seek(Math.round((x - inset) / (width - 2 * inset) * last));
  });

  return {
    element,
    draw(values, nFrames) {
      last = nFrames - 1;
      const numbers = values.map((each) => each[measure.key]);
      const min = Math.min(...numbers);
      const max = Math.max(...numbers);
      const reach = max - min || 1;
      points = numbers.map((number, layer) => ({
        x: xOf(layer),
        y: height - inset - (height - 2 * inset) * (number - min) / reach,
        value: number,
      }));
      line.setAttribute("points", points.map(({ x, y }) => `${round(x)},${round(y)}`).join(" "));
      low.textContent = points.length > 0 ? formatNumber(min) : "";
      high.textContent = points.length > 0
        ? `${formatNumber(max)}${measure.unit ? ` ${measure.unit}` : ""}`
        : "";
    },
    point(position) {
      const from = points[Math.min(Math.floor(position), points.length - 1)];
      if (from === undefined) return;
      const to = points[Math.min(Math.floor(position) + 1, points.length - 1)];
      const mix = position - Math.floor(position);
      const x = round(from.x + (to.x - from.x) * mix);
      const y = round(from.y + (to.y - from.y) * mix);
      head.setAttribute("x1", String(x));
      head.setAttribute("x2", String(x));
      // Percentages, so that the dot stays round while the curve stretches.
      dot.setAttribute("cx", `${round(x / width * 100)}%`);
      dot.setAttribute("cy", `${round(y / height * 100)}%`);
      const nearest = points[Math.min(Math.round(position), points.length - 1)];
      value.textContent = formatNumber(nearest.value);
    },
  };
}

interface Table {
  readonly element: HTMLElement;
  readonly table: HTMLTableElement;
  draw(layers: readonly string[], values: readonly LayerMeasures[]): void;
}

function makeTable(): Table {
  const body = make("tbody");
  const head = make("tr", {}, make("th", { scope: "col" }, "Layer"));
  for (const { title, unit } of measureList) {
    head.append(make("th", { scope: "col" }, unit ? `${title}, ${unit}` : title));
  }
  const table = make("table", { class: "ws-table" }, make("thead", {}, head), body);
  const scroller = make("div", {
    class: "ws-scroller",
    tabindex: 0,
    role: "region",
    "aria-label": "Measures of every layer",
  }, table);
  return {
    element: make("details", {}, make("summary", {}, "As a table"), scroller),
    table,
    draw(layers, values) {
      body.replaceChildren(
        ...values.map((each, layer) =>
          make(
            "tr",
            {},
            make("th", { scope: "row" }, layers[layer] ?? String(layer)),
            ...measureList.map(({ key }) => make("td", {}, formatNumber(each[key]))),
          )
        ),
      );
    },
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
