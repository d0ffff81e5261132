import assert from "node:assert/strict";
import { readChoice, writeChoice } from "../../site/compare_state.ts";

Deno.test("readChoice() reads back what writeChoice() wrote", () => {
  for (
    const choice of [
      { a: "days", b: "days/friday" },
      { a: "x&y=#%", b: "ü/ " },
      { a: null, b: "days" },
      { a: null, b: null },
    ]
  ) assert.deepEqual(readChoice(writeChoice(choice, "")), choice);
});

Deno.test("writeChoice() keeps what the viewer has in the address, and stays readable", () => {
  assert.equal(
    writeChoice({ a: "days", b: "days/friday" }, "#layer=3&a=old&camera=1,2,3"),
    "#a=days&b=days/friday&layer=3&camera=1,2,3",
  );
  assert.equal(writeChoice({ a: null, b: null }, "#a=1&b=2"), "");
});
