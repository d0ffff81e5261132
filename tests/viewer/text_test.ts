import assert from "node:assert/strict";
import {
  formatBytes,
  formatNumber,
  formatProbability,
  sayLayer,
  sayToken,
  showToken,
} from "../../site/viewer/text.ts";

Deno.test("formatProbability() rounds without lying at the ends", () => {
  const cases: [number, string][] = [
    [0, "0 %"],
    [0.00001, "< 0.1 %"],
    [0.0049, "0.5 %"],
    [0.0123, "1 %"],
    [0.624, "62 %"],
    [0.989, "99 %"],
    [0.9951, "99.5 %"],
    [0.99999, "99.9 %"],
    [1, "100 %"],
    [NaN, "–"],
  ];
  for (const [p, text] of cases) {
    assert.equal(formatProbability(p).replaceAll("\u202f", " "), text);
  }
});

Deno.test("formatNumber() keeps three digits and no exponent", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [0.0005, "< 0.001"],
    [-0.0005, "> −0.001"],
    [0.03123, "0.0312"],
    [1.2345, "1.23"],
    [48.06, "48.1"],
    [999.4, "999"],
    [1240.2, "1,240"],
    [-2.5, "−2.50"],
    [Infinity, "–"],
    [NaN, "–"],
  ];
  for (const [value, text] of cases) assert.equal(formatNumber(value), text);
});

Deno.test("showToken() makes visible what cannot be seen", () => {
  assert.equal(showToken(" big"), "␣big");
  assert.equal(showToken("\n\t"), "↵⇥");
  assert.equal(showToken(""), "∅");
  assert.equal(showToken("\u0007"), "�");
});

Deno.test("sayToken() says words, and names blanks", () => {
  assert.equal(sayToken(" big"), "big");
  assert.equal(sayToken(" "), "space");
  assert.equal(sayToken(" \n"), "new line");
  assert.equal(sayToken(""), "empty token");
});

Deno.test("sayLayer() counts layers as people do", () => {
  assert.equal(sayLayer(7, 13), "layer 7 of 12");
  assert.equal(sayLayer(0, 13), "embedding, before layer 1 of 12");
  assert.equal(sayLayer(0, 1), "embedding");
});

Deno.test("formatBytes() changes units", () => {
  assert.deepEqual([0, 999, 1000, 48_200, 999_600, 1_230_000].map(formatBytes), [
    "0 B",
    "999 B",
    "1 kB",
    "48 kB",
    "1.0 MB",
    "1.2 MB",
  ]);
});
