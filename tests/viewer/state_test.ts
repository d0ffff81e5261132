import assert from "node:assert/strict";
import { Disposer, Tracked } from "../../site/viewer/state.ts";

Deno.test("Tracked() tells changes, and only changes", () => {
  const tracked = new Tracked(1);
  const heard: number[] = [];
  const undo = tracked.subscribe((value) => heard.push(value));
  tracked.value = 1;
  tracked.value = 2;
  tracked.value = NaN;
  tracked.value = NaN;
  undo();
  undo();
  tracked.value = 3;
  assert.deepEqual(heard, [2, NaN]);
});

Deno.test("Tracked() compares with the given test", () => {
  const tracked = new Tracked([1], (a, b) => a[0] === b[0]);
  let count = 0;
  tracked.subscribe(() => count++);
  tracked.value = [1];
  tracked.value = [2];
  assert.equal(count, 1);
});

Deno.test("follow() begins with the present value", () => {
  const heard: string[] = [];
  const tracked = new Tracked("a");
  tracked.follow((value) => heard.push(value));
  tracked.value = "b";
  assert.deepEqual(heard, ["a", "b"]);
});

Deno.test("Tracked() lets a listener unsubscribe others while it runs", () => {
  const tracked = new Tracked(0);
  const heard: string[] = [];
  tracked.subscribe(() => undoSecond());
  const undoSecond = tracked.subscribe(() => heard.push("second"));
  tracked.subscribe(() => heard.push("third"));
  tracked.value = 1;
  assert.deepEqual(heard, ["third"]);
});

Deno.test("Tracked() tells a function twice that subscribed twice", () => {
  const tracked = new Tracked(0);
  let count = 0;
  const listener = () => count++;
  const undo = tracked.subscribe(listener);
  tracked.subscribe(listener);
  undo();
  tracked.value = 1;
  assert.equal(count, 1);
});

Deno.test("Disposer() undoes the last first, and what comes too late at once", () => {
  const disposer = new Disposer();
  const done: string[] = [];
  disposer.add(() => done.push("a"), () => done.push("b"));
  disposer.dispose();
  disposer.dispose();
  disposer.add(() => done.push("late"));
  assert.deepEqual(done, ["b", "a", "late"]);
});

Deno.test("Disposer() stops listening to events", () => {
  const target = new EventTarget();
  const disposer = new Disposer();
  let count = 0;
  disposer.listen(target, "x", () => count++);
  target.dispatchEvent(new Event("x"));
  disposer.dispose();
  target.dispatchEvent(new Event("x"));
  assert.equal(count, 1);
});
