import assert from "node:assert/strict";
import { formatBytes, formatDuration, timeLeft } from "../scan/progress.ts";

Deno.test("formatDuration() picks units that fit, without ever showing 60 s", () => {
  const cases: [number, string][] = [
    [0, "0.0 s"],
    [1234, "1.2 s"],
    [9949, "9.9 s"],
    [9951, "10 s"],
    [59_400, "59 s"],
    [59_600, "1 min 00 s"],
    [125_000, "2 min 05 s"],
    [3_600_000, "1 h 00 min"],
    [3_723_000, "1 h 02 min"],
  ];
  for (const [durationMs, expected] of cases) assert.equal(formatDuration(durationMs), expected);
});

Deno.test("formatBytes() picks units that fit, without ever showing 1000.0", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 KB"],
    [999_949, "999.9 KB"],
    [999_999, "1.0 MB"],
    [5_000_000_000, "5.0 GB"],
  ];
  for (const [bytes, expected] of cases) assert.equal(formatBytes(bytes), expected);
});

Deno.test("timeLeft() extrapolates the rate so far, and is empty while that is a guess", () => {
  assert.equal(timeLeft(2000, 1, 4), "6.0 s left");
  assert.equal(timeLeft(100, 1, 4), "");
  assert.equal(timeLeft(2000, 0, 4), "");
  assert.equal(timeLeft(2000, 4, 4), "");
});
