import assert from "node:assert/strict";
import { formatBriefly, formatFindings, formatPair, pairToJson } from "../../scan/diff/tell.ts";
import type { Pair } from "../../scan/format/mod.ts";
import type { PairRecord } from "../../scan/store/manifest.ts";
import { makePair } from "../format/pair_fixture.ts";

const record: PairRecord = {
  key: "pq",
  model: "m",
  family: "f",
  a: "f",
  b: "f/b",
  aKey: "p",
  bKey: "q",
  control: false,
  soundness: { largest: 0, nStates: 1, tolerance: 1e-3 },
  finding: { kind: "turns", sentence: "", turnsAt: null },
  pair: { path: "frames/pq.pair.msgpack", bytes: 1 },
  difference: null,
};

function saying(sentence: string): Pair {
  const pair = makePair();
  return { ...pair, header: { ...pair.header, finding: { ...pair.header.finding, sentence } } };
}

Deno.test("formatPair() has a row for every layer, all of one width", () => {
  const pair = saying("It turns.");
  const text = formatPair(pair);
  const lines = text.split("\n");
  assert.ok(lines.includes("It turns."));
  const head = lines.findIndex((line) => line.includes("JS, bits"));
  const rows = lines.slice(head, head + 1 + pair.layers.length);
  assert.equal(new Set(rows.map((row) => [...row].length)).size, 1, rows.join("\n"));
  pair.header.layers.forEach((name, i) => assert.ok(rows[i + 1].startsWith(`  ${name} `)));
  pair.layers.forEach(({ race }, i) => assert.ok(rows[i + 1].includes(race.b.toFixed(2))));
});

Deno.test("formatBriefly() and formatFindings() say the finding, safe in Markdown", () => {
  const pair = saying("a | b *c*\nd");
  assert.match(formatBriefly(pair), /a \| b \*c\*/);
  const table = formatFindings([pair, pair]).split("\n");
  assert.equal(table.length, 4);
  assert.ok(table[2].endsWith("| a \\| b \\*c\\* d |"), table[2]);
});

Deno.test("pairToJson() gives all numbers, and null where there is none", () => {
  const pair = makePair();
  const json = JSON.parse(JSON.stringify(pairToJson(pair, record)));
  assert.equal(json.key, "pq");
  assert.deepEqual(json.ladder, pair.header.ladder);
  assert.equal(json.layers.length, pair.layers.length);
  pair.layers.forEach(({ relative, cause }, i) => {
    const expected = (values: Float32Array) =>
      Array.from(values, (value) => Number.isNaN(value) ? null : value);
    assert.deepEqual(json.layers[i].relative, expected(relative));
    assert.deepEqual(json.layers[i].cause.lost, expected(cause.lost));
  });
});
