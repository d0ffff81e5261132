import assert from "node:assert/strict";
import { freeMemoryBytes } from "../../scan/runtime/memory.ts";

const machine = (available: number) => () => ({ available });

/** A container's files: its limit, what it has taken, and of that what it would give up. */
const container = (limit: string, used: number, givenUp: number) => (path: string) =>
  path.endsWith("memory.max")
    ? `${limit}\n`
    : path.endsWith("memory.current")
    ? `${used}\n`
    : `anon 5\ninactive_file ${givenUp}\nactive_file 7\n`;

const none = () => {
  throw new Error("no such file");
};

Deno.test("freeMemoryBytes() is what the machine has free when there is no container", () => {
  assert.equal(freeMemoryBytes(machine(8e9), none), 8e9);
  assert.equal(freeMemoryBytes(machine(8e9), container("max", 3e9, 0)), 8e9);
});

Deno.test("freeMemoryBytes() is what a container has left when that is less", () => {
  assert.equal(freeMemoryBytes(machine(8e9), container("4000000000", 3e9, 2e9)), 3e9);
  assert.equal(freeMemoryBytes(machine(1e9), container("4000000000", 3e9, 2e9)), 1e9);
  assert.equal(freeMemoryBytes(machine(8e9), container("4000000000", 5e9, 0)), 0);
});

Deno.test("freeMemoryBytes() is infinite when the system does not say", () => {
  assert.equal(freeMemoryBytes(machine(0), none), Infinity);
});

Deno.test("freeMemoryBytes() finds some on this machine", () => {
  assert.ok(freeMemoryBytes() > 1e6);
});
