import assert from "node:assert/strict";
import { freeMemoryBytes } from "../../scan/runtime/memory.ts";

/** What is free with a machine's free memory, a limit, and what is taken of it. */
const free = (available: number, limit: number, taken: number) =>
  freeMemoryBytes({ available: () => available, limit: () => limit, taken: () => taken });

Deno.test("freeMemoryBytes() is what the machine has free when there is no limit", () => {
  assert.equal(free(8e9, 0, 1e9), 8e9);
  // What Linux says where a group has no limit.
  assert.equal(free(8e9, 2 ** 63, 1e9), 8e9);
});

Deno.test("freeMemoryBytes() is what a container has left when that is less", () => {
  assert.equal(free(8e9, 4e9, 1e9), 3e9);
  assert.equal(free(1e9, 4e9, 1e9), 1e9);
  assert.equal(free(8e9, 4e9, 5e9), 0);
});

Deno.test("freeMemoryBytes() is infinite when the system does not say", () => {
  assert.equal(free(0, 0, 1e9), Infinity);
});

Deno.test("freeMemoryBytes() finds some on this machine", () => {
  const bytes = freeMemoryBytes();
  assert.ok(bytes > 1e6 && bytes <= Deno.systemMemoryInfo().total, `${bytes}`);
});
