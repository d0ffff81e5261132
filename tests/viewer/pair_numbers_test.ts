import assert from "node:assert/strict";
import { cellsCsv, layersCsv, matchCsv, moversCsv } from "../../site/viewer/pair_csv.ts";
import {
  divergenceDomain,
  formatCell,
  formatShare,
  placeOn,
  rangeOf,
} from "../../site/viewer/heat.ts";
import { makeSyntheticPair } from "../fixtures/synthetic_pair.ts";

/** Fields of comma-separated lines, read by a parser of its own: RFC 4180 by characters. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted && character === '"' && text[i + 1] === '"') field += text[++i];
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === ",") {
      row.push(field);
      field = "";
    } else if (!quoted && character === "\r" && text[i + 1] === "\n") {
      rows.push([...row, field]);
      row = [];
      field = "";
      i++;
    } else field += character;
  }
  assert.ok(!quoted && field === "" && row.length === 0, "the last line is not closed");
  return rows;
}

const strange = [' "quoted", and more', "\n", "=1+1", "\u0000\u202e"];

function strangePair() {
  const words = ["After", ...strange];
  const memberOf = (promptId: string, last: string) => ({
    promptId,
    title: "Strange",
    text: words.join(""),
    tokens: [...words, last].map((text, id) => ({ id, text })),
  });
  return makeSyntheticPair({ a: memberOf("s", "x"), b: memberOf("s/v", "y"), frames: 3 });
}

Deno.test("cellsCsv() has a line for every cell, and leaves empty what was not compared", () => {
  const pair = makeSyntheticPair({ frames: 4 });
  const [head, ...rows] = readCsv(cellsCsv(pair));
  assert.equal(rows.length, 4 * pair.header.ladder.length);
  assert.ok(rows.every((row) => row.length === head.length));
  const inserted = pair.header.ladder.findIndex(({ a }) => a === null);
  const row = rows[inserted];
  assert.deepEqual(row.slice(0, 5), ["0", "embedding", String(inserted), "", String(inserted)]);
  assert.deepEqual(row.slice(7), ["", "", "", "", "", "", ""]);
  const cell = rows[3 * pair.header.ladder.length + pair.header.firstChange];
  const relative = pair.layers[3].relative[pair.header.firstChange];
  assert.ok(Math.abs(Number(cell[7]) - relative) < 1e-5 * relative);
});

Deno.test("cellsCsv() keeps tokens apart from the table and from formulas", () => {
  const rows = readCsv(cellsCsv(strangePair()));
  strange.forEach((text, i) => {
    const field = rows[2 + i][5];
    assert.equal(JSON.parse(field), text);
    assert.match(field, /^"/);
  });
});

Deno.test("layersCsv() has the control's spread where there is one", () => {
  const rows = readCsv(layersCsv(makeSyntheticPair({ frames: 3 })));
  assert.deepEqual(rows[0].slice(2, 4), ["spread", "null_spread"]);
  assert.equal(rows.length, 4);
  assert.ok(rows.slice(1).every((row) => Number(row[3]) > 0));
  const without = readCsv(layersCsv(makeSyntheticPair({ frames: 3, nullBand: false })));
  assert.ok(without.slice(1).every((row) => row[3] === ""));
});

Deno.test("matchCsv() marks the warping path from the first layers to the last", () => {
  const pair = makeSyntheticPair({ frames: 5 });
  const rows = readCsv(matchCsv(pair)).slice(1);
  assert.equal(rows.length, 25);
  const path = rows.filter((row) => row[5] === "1").map(([a, b]) => [Number(a), Number(b)]);
  assert.deepEqual(path, pair.header.warp);
  assert.deepEqual([path[0], path.at(-1)], [[0, 0], [4, 4]]);
});

Deno.test("moversCsv() ranks the tokens of every layer", () => {
  const rows = readCsv(moversCsv(makeSyntheticPair({ frames: 2 }))).slice(1);
  assert.deepEqual(rows.map((row) => row[2]), ["1", "2", "3", "4", "1", "2", "3", "4"]);
  assert.equal(JSON.parse(rows[3][4]), "\n");
});

Deno.test("placeOn() runs from the low end to the high, also downwards, and stays on the scale", () => {
  assert.deepEqual([0, 1, 2, 3].map((value) => placeOn({ low: 0, high: 2 }, value)), [
    0,
    0.5,
    1,
    1,
  ]);
  assert.equal(placeOn({ low: 1, high: -1 }, 0), 0.5);
  assert.equal(placeOn({ low: 1, high: 1 }, 1), 0);
  assert.equal(placeOn({ low: 0, high: 1 }, NaN), null);
});

Deno.test("divergenceDomain() starts at sameness and ends at the cell that differs most", () => {
  const pair = makeSyntheticPair();
  const all = pair.layers.flatMap((layer) => [...layer.cosine]).filter(Number.isFinite);
  assert.deepEqual(divergenceDomain(pair, "cosine"), { low: 1, high: Math.min(...all) });
  assert.equal(divergenceDomain(pair, "relative").low, 0);
  const none = { ...pair, layers: [] };
  assert.deepEqual(divergenceDomain(none, "relative"), { low: 0, high: 0 });
  assert.equal(rangeOf([NaN, NaN]), null);
});

Deno.test("formatShare() and formatCell() write short numbers with a true minus", () => {
  assert.deepEqual([0.834, -0.05, 1.2, -0.001, NaN].map(formatShare), [
    "83\u202f%",
    "−5\u202f%",
    "120\u202f%",
    "0\u202f%",
    "–",
  ]);
  assert.deepEqual([0.432, -1.26, 12.4, 0, -0.001, 250, NaN].map(formatCell), [
    "0.43",
    "−1.26",
    "12.4",
    "0.00",
    "0.00",
    "250",
    "–",
  ]);
});
