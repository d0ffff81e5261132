import assert from "node:assert/strict";
import { followPath, framePathOf, mapPlayhead } from "../../site/viewer/frame_path.ts";
import { EchoClock, PairClock } from "../../site/viewer/pair_clock.ts";

/** b stays at its second frame for a while, then catches up. */
const warp = [[0, 0], [1, 1], [2, 1], [3, 1], [3, 2], [3, 3], [4, 4]] as const;

Deno.test("framePathOf() takes the middle frame where a path names several, and keeps the ends", () => {
  assert.deepEqual(framePathOf(warp), [0, 1, 1, 2, 4]);
  assert.deepEqual(framePathOf(warp, true), [0, 2, 3, 3, 4]);
  assert.deepEqual(framePathOf([[0, 0], [0, 1], [0, 2]]), [2]);
  assert.deepEqual(framePathOf([[0, 0]]), [0]);
});

Deno.test("followPath() runs through the frames between, and stays where the path stays", () => {
  const path = framePathOf(warp);
  assert.equal(followPath(path, 1.5), 1);
  assert.equal(followPath(path, 3.5), 3);
  assert.equal(followPath(path, 4), 4);
  assert.equal(followPath(path, 9), 4);
  assert.equal(followPath(null, 2.25), 2.25);
});

Deno.test("mapPlayhead() shows neighbouring frames, and closes the loop with the other", () => {
  const path = framePathOf(warp);
  const between = { from: 3, to: 4, mix: 0.75, position: 3.75, layer: 4 };
  assert.deepEqual(mapPlayhead(path, between), {
    from: 3,
    to: 4,
    mix: 0.5,
    position: 3.5,
    layer: 4,
  });
  const wrap = { from: 4, to: 0, mix: 0.25, position: 3, layer: 4 };
  assert.deepEqual(mapPlayhead(path, wrap), { from: 4, to: 0, mix: 0.25, position: 3, layer: 4 });
  assert.equal(mapPlayhead(null, between), between);
});

Deno.test("PairClock() has a frame when both have it", () => {
  const clock = new PairClock();
  clock.setFrames("a", 5, 5);
  assert.equal(clock.a.timeline.available, 0);
  clock.setFrames("b", 5, 2);
  assert.equal(clock.a.timeline.available, 2);
  clock.a.seek(4);
  assert.equal(clock.b.waiting.value, true);
  clock.setFrames("b", 5, 5);
  clock.a.tick(10_000);
  assert.deepEqual([clock.a.layer.value, clock.b.layer.value], [4, 4]);
});

Deno.test("PairClock() goes on with one where the other cannot be had", () => {
  const clock = new PairClock();
  clock.setFrames("a", 5, 5);
  clock.setMissing("b", true);
  assert.equal(clock.a.timeline.available, 5);
  clock.setMissing("b", false);
  assert.equal(clock.a.timeline.available, 0);
});

Deno.test("PairClock() lets b follow the warped path and a follow what b is asked to do", () => {
  const clock = new PairClock();
  clock.setFrames("a", 5, 5);
  clock.setFrames("b", 5, 5);
  clock.setWarp(warp);
  const seen: [number, number][] = [];
  clock.b.playhead.subscribe(({ position }) =>
    seen.push([clock.a.playhead.value.position, position])
  );
  for (let layer = 0; layer < 5; layer++) {
    clock.a.seek(layer);
    clock.a.tick(10_000);
    assert.equal(clock.b.layer.value, [0, 1, 1, 2, 4][layer]);
    assert.equal(clock.b.playhead.value.mix, 0, "b rests where a rests");
  }
  clock.b.seek(1);
  clock.a.tick(10_000);
  assert.deepEqual([clock.a.layer.value, clock.b.layer.value], [2, 1]);
  clock.b.scrub(4);
  assert.deepEqual([clock.a.layer.value, clock.b.layer.value], [4, 4]);
  assert.equal(clock.b.tick(10_000), false, "time passes once for both");
  clock.setWarp(null);
  clock.a.seek(3);
  clock.a.tick(10_000);
  assert.equal(clock.b.layer.value, 3);
  assert.ok(seen.length > 0);
});

Deno.test("PairClock() keeps two playheads together while layers play", () => {
  const clock = new PairClock();
  clock.setFrames("a", 4, 4);
  clock.setFrames("b", 4, 4);
  clock.b.play();
  assert.equal(clock.a.playing.value, true);
  for (let i = 0; i < 300; i++) {
    clock.a.tick(33);
    assert.deepEqual(clock.a.playhead.value, clock.b.playhead.value);
  }
});

Deno.test("EchoClock() shows what another shows and has no frames of its own", () => {
  const clock = new PairClock();
  clock.setFrames("a", 4, 4);
  clock.setFrames("b", 4, 4);
  const echo = new EchoClock(clock.a);
  echo.setFrames(4, 0);
  echo.reset();
  clock.a.scrub(1.5);
  assert.equal(echo.playhead.value.position, 1.5);
  assert.equal(clock.a.timeline.available, 4);
});
