import assert from "node:assert/strict";
import type { Frame } from "../../scan/format/types.ts";
import {
  companionsOf,
  noSelection,
  plainLadder,
  readersOf,
  rungOfTokens,
  rungsRead,
  sameSelection,
} from "../../site/viewer/selection.ts";

const frame = (reads?: readonly number[]): Frame => ({
  layer: 0,
  positions: new Float32Array(3 * (reads?.length ?? 4)),
  guesses: [],
  measures: { meanNorm: 1, lensEntropy: 1, cosineToPrevious: 1, meanDisplacement: 0 },
  ...(reads &&
    { reads: { tokens: Uint16Array.from(reads), weights: new Uint8Array(reads.length) } }),
});

/** Token 1 of b is inserted. */
const ladder = [{ a: 0, b: 0 }, { a: null, b: 1 }, { a: 1, b: 2 }];

Deno.test("readersOf() gives the particles that read a token most, none where nothing is told", () => {
  assert.deepEqual([...readersOf(frame([0, 1, 1, 2]), 1)], [1, 2]);
  assert.equal(readersOf(frame([0, 1, 1, 2]), 7).size, 0);
  assert.equal(readersOf(frame([0, 1]), null).size, 0);
  assert.equal(readersOf(frame(), 0).size, 0);
  assert.equal(readersOf(undefined, 0).size, 0);
});

Deno.test("companionsOf() gives a lone particle where the scan does not tell what is read", () => {
  assert.deepEqual([...companionsOf(frame([0, 1, 1, 2]), 2)], [1, 2]);
  assert.deepEqual([...companionsOf(frame(), 2)], [2]);
});

Deno.test("rungsRead() goes by the side's own tokens", () => {
  assert.deepEqual(rungOfTokens(ladder, "a"), [0, 2]);
  assert.deepEqual(rungOfTokens(ladder, "b"), [0, 1, 2]);
  const chosen = new Set([1, 3]);
  assert.deepEqual([...rungsRead(frame([0, 1, 0, 0]), chosen, rungOfTokens(ladder, "a"))], [2, 0]);
  assert.deepEqual([...rungsRead(frame([0, 1, 0, 2]), chosen, rungOfTokens(ladder, "b"))], [1, 2]);
  assert.equal(rungsRead(frame([9, 9]), chosen, rungOfTokens(ladder, "b")).size, 0);
});

Deno.test("plainLadder() aligns by place and inserts what is left over", () => {
  const tokens = (n: number) => Array.from({ length: n }, (_, id) => ({ id, text: "x" }));
  assert.deepEqual(plainLadder(tokens(1), tokens(2)), [{ a: 0, b: 0 }, { a: null, b: 1 }]);
  assert.deepEqual(plainLadder([], []), []);
});

Deno.test("sameSelection() compares what is chosen", () => {
  const particles = (...all: number[]) => ({ kind: "particles", particles: new Set(all) }) as const;
  const cell = (frame: number, rung: number) => ({ kind: "cell", frame, rung }) as const;
  assert.ok(sameSelection(noSelection, { kind: "none" }));
  assert.ok(sameSelection(particles(1, 2), particles(2, 1)));
  assert.ok(!sameSelection(particles(1, 2), particles(1, 3)));
  assert.ok(sameSelection(cell(1, 2), cell(1, 2)));
  assert.ok(!sameSelection(cell(1, 2), cell(2, 1)));
  assert.ok(!sameSelection(cell(1, 2), noSelection));
});
