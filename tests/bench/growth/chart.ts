/** Small multiples of lines on logarithmic axes, as an SVG that needs nothing from its page. */

/** A measured line. */
export interface Series {
  readonly name: string;
  /** Which of the chart's colours and marks; the same in every panel. */
  readonly style: number;
  /** [x, y], both above 0, in ascending order of x. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Panel {
  readonly title: string;
  /** With the unit. */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
}

export interface Chart {
  readonly title: string;
  /** For those who cannot see it. */
  readonly description: string;
  /** Laid out in two columns. */
  readonly panels: readonly Panel[];
}

const cell = { width: 400, height: 290 };
const plot = { left: 64, top: 40, width: 226, height: 190 };
const head = 44;

/** A card of its own colours, so that it is readable on any page. */
const style = `
  .card { fill: #ffffff; stroke: #d5dae1 }
  text { font: 12px system-ui, sans-serif; fill: #39424e }
  .title { font-size: 16px; font-weight: 600 }
  .head { font-weight: 600 }
  .grid { stroke: #e4e8ed }
  .axis { stroke: #8a94a1 }
  .line { fill: none; stroke-width: 2 }
  .s0 { --ink: #0b63b8 } .s1 { --ink: #b04a00 } .s2 { --ink: #39424e } .s3 { --ink: #86600c }
  .line { stroke: var(--ink) } .mark, .name { fill: var(--ink) }
  .s1 .line { stroke-dasharray: 6 3 } .s3 .line { stroke-dasharray: 2 3 }
  @media (prefers-color-scheme: dark) {
    .card { fill: #11161d; stroke: #2c3541 }
    text { fill: #c8d1dc }
    .grid { stroke: #232b35 }
    .axis { stroke: #6d7886 }
    .s0 { --ink: #6cb6ff } .s1 { --ink: #ff9d5c } .s2 { --ink: #c8d1dc } .s3 { --ink: #e2b93b }
  }`;

/**
 * Draws a chart; the same chart gives the same text.
 *
 * @throws {RangeError} if a number is not above 0 and finite, or a panel has no point
 */
export function drawChart({ title, description, panels }: Chart): string {
  const nRows = Math.ceil(panels.length / 2);
  const [width, height] = [2 * cell.width, head + nRows * cell.height];
  const body = panels.map((panel, i) => {
    const at = `${i % 2 * cell.width} ${head + Math.floor(i / 2) * cell.height}`;
    return `<g transform="translate(${at})">\n${drawPanel(panel)}\n</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="description">${escape(description)}</desc>`,
    `<style>${style}\n</style>`,
    `<rect class="card" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10"/>`,
    `<text class="title" x="24" y="32">${escape(title)}</text>`,
    ...body,
    "</svg>\n",
  ].join("\n");
}

function drawPanel({ title, xLabel, yLabel, series }: Panel): string {
  const points = series.flatMap((one) => one.points);
  const xTicks = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const yTicks = decades(points.map(([, y]) => y));
  const { left, top, width, height } = plot;
  const x = scale(title, xTicks[0], xTicks[xTicks.length - 1], left + 12, left + width - 12);
  const y = scale(title, yTicks[0], yTicks[yTicks.length - 1], top + height, top);
  const bottom = top + height;
  const text = (attributes: string, content: string) => `<text ${attributes}>${content}</text>`;
  return [
    text(`class="head" x="${left}" y="22"`, escape(title)),
    ...yTicks.flatMap((value) => [
      `<path class="grid" d="M${left} ${y(value)}H${left + width}"/>`,
      text(`x="${left - 8}" y="${y(value) + 4}" text-anchor="end"`, formatTick(value)),
    ]),
    `<path class="axis" d="M${left} ${bottom}H${left + width}"/>`,
    ...xTicks.flatMap((value) => [
      `<path class="axis" d="M${x(value)} ${bottom}v5"/>`,
      text(`x="${x(value)}" y="${bottom + 19}" text-anchor="middle"`, formatTick(value)),
    ]),
    text(`x="${left + width / 2}" y="${bottom + 40}" text-anchor="middle"`, escape(xLabel)),
    text(
      `transform="translate(18 ${top + height / 2}) rotate(-90)" text-anchor="middle"`,
      escape(yLabel),
    ),
    ...series.map((one) => drawSeries(one, x, y)),
    ...drawNames(series, y),
  ].join("\n");
}

type Scale = (value: number) => number;

function drawSeries({ points, style }: Series, x: Scale, y: Scale): string {
  const line = points.map(([px, py], i) => `${i === 0 ? "M" : "L"}${x(px)} ${y(py)}`).join("");
  const marks = points.map(([px, py]) =>
    style % 2 === 0
      ? `<circle class="mark" cx="${x(px)}" cy="${y(py)}" r="3.5"/>`
      : `<rect class="mark" x="${round(x(px) - 3.2)}" y="${
        round(y(py) - 3.2)
      }" width="6.4" height="6.4"/>`
  );
  return `<g class="s${style}"><path class="line" d="${line}"/>${marks.join("")}</g>`;
}

/** Least distance between two names, so that they do not lie on each other. */
const nameGap = 15;

/** Names at the ends of their lines, moved apart where they would meet. */
function drawNames(series: readonly Series[], y: Scale): string[] {
  const ends = series.map(({ name, style, points }) => ({
    name,
    style,
    at: y(points[points.length - 1][1]) + 4,
  })).sort((a, b) => a.at - b.at);
  for (let i = 1; i < ends.length; i++) {
    ends[i].at = Math.max(ends[i].at, ends[i - 1].at + nameGap);
  }
  const x = plot.left + plot.width + 6;
  return ends.map(({ name, style, at }) =>
    `<g class="s${style}"><text class="name" style="fill:var(--ink)" x="${x}" y="${at}">${
      escape(name)
    }</text></g>`
  );
}

/** Powers of ten around the values. */
function decades(values: readonly number[]): number[] {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}

function scale(title: string, from: number, to: number, start: number, end: number): Scale {
  if (!(from > 0 && Number.isFinite(to))) {
    throw new RangeError(
      `Cannot draw "${title}" on logarithmic axes: expected numbers above 0, got ${from} to ${to}`,
    );
  }
  const length = Math.log(to / from) || 1;
  return (value) => round(start + (end - start) * Math.log(value / from) / length);
}

const round = (value: number) => Math.round(10 * value) / 10;

function formatTick(value: number): string {
  return value >= 1 ? value.toLocaleString("en") : String(Number(value.toPrecision(6)));
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
