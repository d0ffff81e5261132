import assert from "node:assert/strict";
import { drawChart } from "./chart.ts";
import { describeGrowth, type Growth, rowsOf } from "./growth.ts";

const report = (encodeSeconds: number) => ({
  encodeSeconds,
  projectSeconds: 3 * encodeSeconds,
  peakMiB: 100 * encodeSeconds,
  nSteps: 7,
  explainedVariance: 0.9,
  trustworthiness: 0.99,
});

const alone: Growth = {
  by: "particles",
  measured: [
    { size: 256, particles: 256, nStates: 13, ours: report(1), rival: null },
    { size: 1024, particles: 1024, nStates: 13, ours: report(2), rival: null },
  ],
};

Deno.test("rowsOf() compares with growth in proportion where there is no other encoder", () => {
  const rows = rowsOf(alone, null);
  assert.deepEqual(rows.map(({ ours, rival, ratio }) => [ours, rival, ratio]), [
    [1, 1, 1],
    [3, 3, 1],
    [100, 100, 1],
    [2, 4, 2],
    [6, 12, 2],
    [200, 400, 2],
  ]);
  assert.ok(rows.every(({ rivalName }) => rivalName === "in proportion"));
  assert.equal(rows[3].size, "13 × 1024 particles");
});

Deno.test("rowsOf() compares the encoder's time and memory with the other encoder's", () => {
  const measured = alone.measured.map((one) => ({ ...one, rival: report(5) }));
  const rows = rowsOf({ ...alone, measured }, "pooled").slice(3);
  assert.deepEqual(rows.map(({ rivalName }) => rivalName), ["pooled", "in proportion", "pooled"]);
  assert.deepEqual(rows.map(({ rival }) => rival), [5, 12, 500]);
});

Deno.test("describeGrowth() makes a panel of time and one of memory for each direction", () => {
  const layers: Growth = { ...alone, by: "layers" };
  const chart = describeGrowth([alone, layers], "slots", null);
  assert.deepEqual(chart.panels.map(({ title }) => title), [
    "Time, 12 layers",
    "Time, 256 particles a layer",
    "Peak memory, 12 layers",
    "Peak memory, 256 particles a layer",
  ]);
  assert.deepEqual(chart.panels.map(({ series }) => series.length), [2, 2, 1, 1]);
  assert.match(chart.description, /By number of layers: 256: 1\.0 s for the encoder/);
  assert.match(drawChart(chart), /^<svg /);
});
