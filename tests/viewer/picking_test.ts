import assert from "node:assert/strict";
import { mixPlaces, nearestParticle, placesAt } from "../../site/viewer/picking.ts";
import type { FrameShape } from "../../site/viewer/session.ts";

/** Clip coordinates are the places themselves; w grows with z. */
const matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0.1, 0, 0, 0, 1];
const box = { width: 200, height: 100 };

Deno.test("nearestParticle() takes the nearest in reach, of two in one place the one in front", () => {
  const places = Float32Array.of(0, 0, 5, 0, 0, 0, 0.5, 0, 0);
  assert.equal(nearestParticle(places, matrix, box, { x: 100, y: 50 }, 10), 1);
  assert.equal(nearestParticle(places, matrix, box, { x: 148, y: 50 }, 10), 2);
  assert.equal(nearestParticle(places, matrix, box, { x: 20, y: 20 }, 10), null);
  assert.equal(nearestParticle(new Float32Array(0), matrix, box, { x: 1, y: 1 }, 10), null);
});

Deno.test("nearestParticle() passes over what lies behind the camera", () => {
  const places = Float32Array.of(0, 0, -20);
  assert.equal(nearestParticle(places, matrix, box, { x: 100, y: 50 }, 1000), null);
});

Deno.test("placesAt() mixes two frames and lays flat ones into the plane z = 0", () => {
  const shape = (positions: number[]): FrameShape => ({
    frame: {
      layer: 0,
      positions: Float32Array.from(positions),
      guesses: [],
      measures: { meanNorm: 1, lensEntropy: 1, cosineToPrevious: 1, meanDisplacement: 0 },
    },
    extent: { centre: [0, 0, 0], radius: 1 },
    motion: new Float32Array(1),
  });
  const playhead = { from: 0, to: 1, mix: 0.25, position: 0.25, layer: 0 };
  const flat = placesAt([shape([0, 4]), shape([4, 0])], playhead, 2);
  assert.deepEqual(flat && [...flat], [1, 3, 0]);
  assert.equal(placesAt([shape([0, 0, 0])], playhead, 3), null);
  assert.deepEqual([...mixPlaces(Float32Array.of(0, 2), Float32Array.of(4, 2), 0.5)], [2, 2]);
});
