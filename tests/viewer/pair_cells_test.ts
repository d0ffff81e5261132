import assert from "node:assert/strict";
import { classifyCell, decidesFrom, effectOf, movedFrom } from "../../scan/pair/cells.ts";

function layerOf(distance: number, restored: number, lost: number) {
  return {
    quietRelative: Float32Array.of(distance),
    cause: { restored: Float32Array.of(restored), lost: Float32Array.of(lost) },
  };
}

Deno.test("classifyCell() tells movement from effect", () => {
  const far = 2 * movedFrom;
  const near = movedFrom / 2;
  const strong = 2 * decidesFrom;
  assert.equal(classifyCell(layerOf(far, strong, strong), 0), "both");
  assert.equal(classifyCell(layerOf(far, 0, 0), 0), "moved");
  assert.equal(classifyCell(layerOf(near, strong, strong), 0), "decides");
  assert.equal(classifyCell(layerOf(near, 0, -1), 0), "neither");
  assert.equal(classifyCell(layerOf(NaN, strong, strong), 0), null);
  assert.equal(classifyCell(layerOf(far, NaN, NaN), 0), null);
});

Deno.test("effectOf() is the mean of both patches, or the one there is", () => {
  assert.equal(effectOf(layerOf(0, 0.5, 1).cause, 0), 0.75);
  assert.equal(effectOf(layerOf(0, NaN, 0.5).cause, 0), 0.5);
  assert.equal(effectOf(layerOf(0, 3, 2).cause, 0), 1);
  assert.equal(effectOf(layerOf(0, -3, 0).cause, 0), 0);
});
