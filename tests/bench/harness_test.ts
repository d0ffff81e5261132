import assert from "node:assert/strict";
import { formatNumber, formatTable, median, race, row } from "./harness.ts";

Deno.test("median() is the middle value, or the mean of the two in the middle", () => {
  assert.equal(median([3]), 3);
  assert.equal(median([9, 1]), 5);
  assert.equal(median([5, 100, 1]), 5);
  assert.throws(() => median([]), RangeError);
});

Deno.test("race() runs both sides equally often and in turns", async () => {
  const calls: string[] = [];
  const result = await race({
    name: "n",
    size: "s",
    rivalName: "r",
    ours: () => calls.push("ours"),
    rival: () => Promise.resolve(calls.push("rival")),
  }, 3);
  assert.deepEqual(calls, [
    ...["ours", "rival"],
    ...["ours", "rival"],
    ...["rival", "ours"],
    ...["ours", "rival"],
  ]);
  assert.equal(result.unit, "ms");
  assert.equal(result.ratio, result.rival / result.ours);
});

Deno.test("formatTable() lines its columns up and shows the ratio", () => {
  const rows = [
    row({ name: "a", size: "1", ours: 2, rival: 3, rivalName: "JSON", unit: "ms" }),
    row({
      name: "long name",
      size: "1,000",
      ours: 1234.5,
      rival: 12,
      rivalName: "x",
      unit: "bytes",
    }),
  ];
  const lines = formatTable(rows).split("\n");
  assert.equal(lines.length, 3);
  assert.match(lines[1], /1\.5 ×$/);
  assert.equal(new Set(lines.map((line) => line.length)).size, 1);
});

Deno.test("formatNumber() keeps three digits and never writes exponents", () => {
  assert.deepEqual([0.000123456, 1.2345, 123.4, 98765.4].map(formatNumber), [
    "0.000123",
    "1.23",
    "123",
    "98,765.4",
  ]);
  assert.equal(formatNumber(Infinity), "Infinity");
});
