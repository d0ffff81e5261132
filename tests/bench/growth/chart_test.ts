import assert from "node:assert/strict";
import { SaxesParser } from "saxes";
import { type Chart, drawChart } from "./chart.ts";

const panel = {
  title: "Time",
  xLabel: "layers",
  yLabel: "seconds",
  series: [
    { name: "encoder", style: 0, points: [[1, 0.5], [4, 2], [16, 90]] },
    { name: "projection", style: 1, points: [[1, 0.4], [4, 2.1], [16, 91]] },
  ],
} as const;

const chart: Chart = { title: "Growth", description: "All of it.", panels: [panel, panel] };

/** Elements with their attributes; throws where the text is not well-formed. */
function parse(svg: string) {
  const elements: { name: string; attributes: Record<string, string> }[] = [];
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => elements.push({ name, attributes }));
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(svg).close();
  return elements;
}

Deno.test("drawChart() is well-formed, says what it shows, and repeats", () => {
  const svg = drawChart(chart);
  const [root] = parse(svg);
  assert.equal(root.name, "svg");
  assert.equal(root.attributes.role, "img");
  assert.match(svg, /<title id="title">Growth<\/title>/);
  assert.match(svg, /<desc id="description">All of it\.<\/desc>/);
  assert.match(svg, /prefers-color-scheme: dark/);
  assert.equal(drawChart(chart), svg);
});

Deno.test("drawChart() marks every point, and equal ratios are equally far apart", () => {
  const elements = parse(drawChart({ ...chart, panels: [panel] }));
  const x = elements.filter(({ name, attributes }) =>
    name === "circle" && attributes.class === "mark"
  ).map(({ attributes }) => Number(attributes.cx));
  assert.equal(x.length, 3);
  assert.ok(Math.abs((x[1] - x[0]) - (x[2] - x[1])) < 0.2, `${x}`);
  const squares = elements.filter(({ name, attributes }) =>
    name === "rect" && attributes.class === "mark"
  );
  assert.equal(squares.length, 3);
});

Deno.test("drawChart() has a labelled line for each power of ten around the values", () => {
  const svg = drawChart({ ...chart, panels: [panel] });
  for (const label of ["0.1", "1", "10", "100", "seconds", "layers"]) {
    assert.ok(svg.includes(`>${label}</text>`), label);
  }
});

Deno.test("drawChart() keeps the names of lines apart that end at one place", () => {
  const names = parse(drawChart({ ...chart, panels: [panel] }))
    .filter(({ attributes }) => attributes.class === "name")
    .map(({ attributes }) => Number(attributes.y));
  assert.equal(names.length, 2);
  assert.ok(Math.abs(names[0] - names[1]) >= 15);
});

Deno.test("drawChart() draws a line of a single point, and names with markup as text", () => {
  const series = [{ name: "<b> & c", style: 0, points: [[1024, 3]] as const }];
  const svg = drawChart({ ...chart, panels: [{ ...panel, series }] });
  parse(svg);
  assert.ok(svg.includes("&lt;b&gt; &amp; c"));
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
});

Deno.test("drawChart() throws where logarithms end, or there is nothing to draw", () => {
  const draw = (points: [number, number][]) =>
    drawChart({ ...chart, panels: [{ ...panel, series: [{ name: "a", style: 0, points }] }] });
  assert.throws(() => draw([[0, 1], [1, 1]]), /expected numbers above 0/);
  assert.throws(() => draw([[1, 0], [2, 1]]), RangeError);
  assert.throws(() => draw([[1, NaN]]), RangeError);
  assert.throws(() => draw([]), RangeError);
});
