import assert from "node:assert/strict";
import { Flight } from "../../site/viewer/scene/flight.ts";
import { type CameraPose, defaultPose } from "../../site/viewer/settings.ts";

const far: CameraPose = { azimuth: 2, polar: 0.5, zoom: 4, target: [1, -1, 0.5] };

Deno.test("advance() goes from the first pose to the last and stays there", () => {
  const flight = new Flight(defaultPose, far, 300);
  assert.deepEqual(flight.advance(0), defaultPose);
  const zooms = [0, 1, 2, 3, 4].map(() => flight.advance(50).zoom);
  assert.deepEqual([...zooms].sort((a, b) => a - b), zooms);
  assert.ok(!flight.done);
  assert.deepEqual(flight.advance(50), far);
  assert.ok(flight.done);
  assert.deepEqual(flight.advance(50), far);
});

Deno.test("advance() turns the short way round when the angles lie on both sides of the back", () => {
  const from = { ...defaultPose, azimuth: 3 };
  const flight = new Flight(from, { ...defaultPose, azimuth: -3 }, 100);
  assert.ok(Math.abs(flight.to.azimuth - (2 * Math.PI - 3)) < 1e-12);
  assert.ok(flight.advance(30).azimuth > 3);
});
