import assert from "node:assert/strict";
import { actionOf } from "../../site/viewer/keys.ts";

const press = (
  key: string,
  held: Partial<Record<"ctrlKey" | "metaKey" | "altKey", true>> = {},
) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});

Deno.test("actionOf() knows the keys of the original and more", () => {
  assert.equal(actionOf(press(" "), false), "toggle");
  assert.equal(actionOf(press("["), false), "back");
  assert.equal(actionOf(press("]"), false), "forward");
  assert.equal(actionOf(press("E"), false), "edges");
  assert.equal(actionOf(press("?"), false), "help");
  assert.equal(actionOf(press("x"), true), null);
});

Deno.test("actionOf() leaves keys that scroll to the page unless the stage has the focus", () => {
  for (const key of ["Home", "End", "ArrowUp", "ArrowLeft", "+", "-"]) {
    assert.equal(actionOf(press(key), false), null);
    assert.notEqual(actionOf(press(key), true), null);
  }
});

Deno.test("actionOf() leaves the browser's own shortcuts alone", () => {
  for (const key of ["r", "c", "+", "-", " "]) {
    for (const held of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }] as const) {
      assert.equal(actionOf(press(key, held), true), null);
    }
  }
});
