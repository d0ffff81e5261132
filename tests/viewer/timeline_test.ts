import assert from "node:assert/strict";
import {
  defaultTimelineOptions,
  easeInOut,
  easeOut,
  reducedTimelineOptions,
  Timeline,
  type TimelineOptions,
} from "../../site/viewer/timeline.ts";

const options: TimelineOptions = { dwellMs: 100, morphMs: 200, endDwellMs: 300, stepMs: 80 };

function makeTimeline(count: number, available = count): Timeline {
  const timeline = new Timeline(options);
  timeline.setFrames(count, available);
  return timeline;
}

/** Lets time pass in small ticks, as a screen does. */
function pass(timeline: Timeline, ms: number, tickMs = 10): void {
  for (let t = 0; t < ms; t += tickMs) timeline.tick(tickMs);
}

Deno.test("Timeline() stands at the first frame before anything happens", () => {
  const timeline = makeTimeline(5);
  assert.deepEqual(timeline.playhead(), { from: 0, to: 1, mix: 0, position: 0, layer: 0 });
  assert.equal(timeline.tick(1000), false);
  assert.equal(timeline.playing, false);
});

Deno.test("play() morphs, rests and morphs on", () => {
  const timeline = makeTimeline(5);
  timeline.play();
  pass(timeline, 100);
  const { from, to, mix } = timeline.playhead();
  assert.deepEqual([from, to], [0, 1]);
  assert.ok(mix > 0.3 && mix < 0.7, `half-way at half the time, got ${mix}`);
  pass(timeline, 110);
  assert.equal(timeline.playhead().position, 1);
  pass(timeline, 50);
  assert.equal(timeline.playhead().position, 1, "rests");
  pass(timeline, 250);
  assert.equal(timeline.playhead().position, 2);
});

Deno.test("play() turns from the last frame back into the first and goes on", () => {
  const timeline = makeTimeline(3);
  timeline.seek(1);
  pass(timeline, 400);
  timeline.play();
  pass(timeline, 200);
  assert.equal(timeline.playhead().position, 2);
  pass(timeline, 280);
  assert.equal(timeline.playhead().position, 2, "rests longer at the end");
  pass(timeline, 160);
  const turning = timeline.playhead();
  assert.deepEqual([turning.from, turning.to], [2, 0]);
  assert.ok(turning.position > 0 && turning.position < 2);
  pass(timeline, 200);
  assert.equal(timeline.playhead().from, 0);
  assert.ok(timeline.playing);
});

Deno.test("play() at the last frame begins anew at once", () => {
  const timeline = makeTimeline(3);
  timeline.seek(2);
  pass(timeline, 400);
  timeline.play();
  timeline.tick(20);
  const { from, to, mix } = timeline.playhead();
  assert.deepEqual([from, to], [2, 0]);
  assert.ok(mix > 0);
});

Deno.test("pause() glides to the nearest frame, where numbers are true", () => {
  const timeline = makeTimeline(5);
  timeline.play();
  pass(timeline, 60);
  timeline.pause();
  pass(timeline, 200);
  assert.equal(timeline.playhead().position, 0);
  timeline.play();
  pass(timeline, 160);
  timeline.pause();
  pass(timeline, 200);
  assert.equal(timeline.playhead().position, 1);
});

Deno.test("pause() during the way back ends it at its nearer end", () => {
  for (const [ms, layer] of [[100, 2], [180, 0]]) {
    const timeline = makeTimeline(3);
    timeline.seek(2);
    pass(timeline, 400);
    timeline.play();
    pass(timeline, ms);
    assert.equal(timeline.playhead().from, 2);
    assert.equal(timeline.playhead().to, 0);
    timeline.pause();
    pass(timeline, 200);
    assert.equal(timeline.playhead().position, layer);
  }
});

Deno.test("step() adds up when keys come faster than the picture", () => {
  const timeline = makeTimeline(9);
  timeline.step(1);
  timeline.step(1);
  timeline.step(1);
  assert.equal(timeline.target, 3);
  pass(timeline, 1000);
  assert.equal(timeline.playhead().position, 3);
  timeline.step(-5);
  pass(timeline, 1000);
  assert.equal(timeline.playhead().position, 0, "stops at the first frame");
});

Deno.test("step() during the way back goes on from its nearer end", () => {
  const timeline = makeTimeline(3);
  timeline.seek(2);
  pass(timeline, 400);
  timeline.play();
  pass(timeline, 100);
  timeline.step(-1);
  pass(timeline, 400);
  assert.equal(timeline.playhead().position, 1);
  assert.equal(timeline.playing, false);
});

Deno.test("seek() passes through the frames between", () => {
  const timeline = makeTimeline(9);
  timeline.seek(8);
  const seen = new Set<number>();
  for (let i = 0; i < 100; i++) {
    timeline.tick(5);
    seen.add(timeline.playhead().layer);
  }
  assert.equal(timeline.playhead().position, 8);
  assert.ok(seen.size > 4, `saw ${[...seen]}`);
});

Deno.test("seek() to a frame that has not arrived waits for it", () => {
  const timeline = makeTimeline(9, 2);
  timeline.seek(6);
  pass(timeline, 500);
  assert.equal(timeline.playhead().position, 0);
  assert.ok(timeline.waiting);
  timeline.setFrames(9, 5);
  assert.ok(timeline.waiting);
  timeline.setFrames(9, 7);
  pass(timeline, 1000);
  assert.equal(timeline.playhead().position, 6);
  assert.equal(timeline.waiting, false);
});

Deno.test("play() waits at the last frame that has arrived", () => {
  const timeline = makeTimeline(9, 2);
  timeline.play();
  pass(timeline, 2000);
  assert.equal(timeline.playhead().position, 1);
  assert.ok(timeline.waiting && timeline.playing);
  timeline.setFrames(9, 3);
  timeline.tick(10);
  assert.ok(timeline.playhead().position > 1, "goes on at once");
});

Deno.test("scrub() shows what is between frames, settle() the nearest", () => {
  const timeline = makeTimeline(5);
  timeline.scrub(2.4);
  assert.deepEqual(timeline.playhead(), {
    from: 2,
    to: 3,
    mix: 2.4 - 2,
    position: 2.4,
    layer: 2,
  });
  timeline.settle();
  pass(timeline, 200);
  assert.equal(timeline.playhead().position, 2);
  timeline.scrub(99);
  assert.equal(timeline.playhead().position, 4);
  timeline.scrub(-1);
  assert.equal(timeline.playhead().position, 0);
});

Deno.test("scrub() stays within what has arrived", () => {
  const timeline = makeTimeline(9, 3);
  timeline.scrub(7);
  assert.equal(timeline.playhead().position, 2);
});

Deno.test("speed makes the same way in less time, and is limited", () => {
  const positionAfter = (speed: number) => {
    const timeline = makeTimeline(9);
    timeline.speed = speed;
    timeline.play();
    pass(timeline, 200);
    return timeline.playhead().position;
  };
  assert.ok(positionAfter(0.5) < positionAfter(1));
  assert.ok(positionAfter(1) < positionAfter(4));
  const timeline = makeTimeline(2);
  timeline.speed = 100;
  assert.equal(timeline.speed, 4);
  timeline.speed = NaN;
  assert.equal(timeline.speed, 4);
});

Deno.test("Timeline() cuts where motion is reduced", () => {
  const timeline = new Timeline(reducedTimelineOptions);
  timeline.setFrames(5, 5);
  timeline.step(1);
  assert.equal(timeline.playhead().position, 1);
  timeline.play();
  for (let i = 0; i < 400; i++) {
    timeline.tick(10);
    const { mix } = timeline.playhead();
    assert.ok(mix === 0 || mix === 1, `mix ${mix}`);
  }
});

Deno.test("tick() is the same in one piece and in many", () => {
  const one = makeTimeline(9);
  const many = makeTimeline(9);
  one.play();
  many.play();
  one.tick(450);
  pass(many, 450, 1);
  assert.ok(Math.abs(one.playhead().position - many.playhead().position) < 0.02);
});

Deno.test("Timeline() holds out with no frame and with one", () => {
  for (const count of [0, 1]) {
    const timeline = makeTimeline(count);
    timeline.play();
    pass(timeline, 1000);
    timeline.step(3);
    timeline.seek(-2);
    timeline.scrub(5);
    timeline.settle();
    pass(timeline, 1000);
    const { from, to, mix, position, layer } = timeline.playhead();
    assert.deepEqual([from, to, mix, position, layer], [0, 0, 0, 0, 0]);
  }
});

Deno.test("reset() forgets the scan and keeps speed and options", () => {
  const timeline = makeTimeline(5);
  timeline.speed = 2;
  timeline.play();
  pass(timeline, 300);
  timeline.reset();
  assert.deepEqual([timeline.count, timeline.available, timeline.playing], [0, 0, false]);
  assert.equal(timeline.playhead().position, 0);
  assert.equal(timeline.speed, 2);
});

Deno.test("easing runs from 0 to 1 without turning back", () => {
  for (const ease of [easeInOut, easeOut]) {
    assert.equal(ease(0), 0);
    assert.equal(ease(1), 1);
    for (let t = 0; t < 1; t += 0.01) assert.ok(ease(t + 0.01) >= ease(t));
  }
  assert.ok(defaultTimelineOptions.endDwellMs > defaultTimelineOptions.dwellMs);
});
