import assert from "node:assert/strict";

/** Fails where two numbers differ by more than rounding. */
export function near(actual: number, expected: number, tolerance = 1e-6, message = ""): void {
  if (Number.isNaN(expected)) return assert.ok(Number.isNaN(actual), `${message} ${actual}`);
  assert.ok(
    Math.abs(actual - expected) <= tolerance * (1 + Math.abs(expected)),
    `${message} ${actual} is not ${expected}`,
  );
}

/** {@linkcode near} for every number of two rows. */
export function allNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = 1e-6,
  message = "",
): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    near(actual[i], expected[i], tolerance, `${message} [${i}]`);
  }
}
