import assert from "node:assert/strict";
import * as numbers from "../../site/lib/numbers.ts";
import { readQuality } from "../../site/lib/reading.ts";

Deno.test("bytes(), duration(), count() and percent() read well at every size", () => {
  assert.deepEqual([0, 999, 1000, 61_234, 2_340_000].map(numbers.bytes), [
    "0 bytes",
    "999 bytes",
    "1.0\u202fkB",
    "61\u202fkB",
    "2.3\u202fMB",
  ]);
  assert.deepEqual([12, 1234, 21_340, 59_600, 125_000].map(numbers.duration), [
    "12\u202fms",
    "1.2\u202fs",
    "21\u202fs",
    "1\u202fmin 0\u202fs",
    "2\u202fmin 5\u202fs",
  ]);
  assert.deepEqual([0, 999, 1000, 1_234_567].map(numbers.count), [
    "0",
    "999",
    "1,000",
    "1,234,567",
  ]);
  assert.equal(numbers.percent(0.9567), "95.7\u202f%");
  assert.equal(numbers.percent(0, 0), "0\u202f%");
});

Deno.test("longDay() does not depend on the machine's time zone or language", () => {
  assert.equal(numbers.longDay("2026-01-01"), "1 January 2026");
  assert.equal(numbers.longDay("2026-12-31T23:59:59Z"), "31 December 2026");
});

Deno.test("plural() and inWords() fit their numbers", () => {
  assert.equal(numbers.plural(1, "page"), "1 page");
  assert.equal(numbers.plural(0, "page"), "0 pages");
  assert.deepEqual([0, 12, 13].map(numbers.inWords), ["no", "twelve", "13"]);
});

Deno.test("readQuality() says less when the figures are worse", () => {
  const good = readQuality({
    explainedVariance: 0.97,
    trustworthiness: 0.99,
    neighbourRecall: 0.6,
  });
  assert.match(good[0].meaning, /nearly all.*3\.0\u202f%/);
  assert.match(good[1].meaning, /almost always/);
  assert.match(good[2].meaning, /about 9 are/);
  const bad = readQuality({ explainedVariance: -0.2, trustworthiness: 0.5, neighbourRecall: 0 });
  assert.match(bad[0].meaning, /less than half/);
  assert.equal(bad[0].share, 0);
  assert.match(bad[1].meaning, /distrust/);
});
