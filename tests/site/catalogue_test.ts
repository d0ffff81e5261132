import assert from "node:assert/strict";
import { catalogueOf } from "../../site/lib/catalogue.ts";
import { makeEntry } from "./fixtures.ts";

const other = { ...makeEntry().model, name: "Other Model 2" };

Deno.test("catalogueOf() puts the base prompt first and gives every scan an address", () => {
  const catalogue = catalogueOf([
    makeEntry({ variant: "friday", text: "Friday comes before" }),
    makeEntry(),
    makeEntry({ family: "story" }),
    makeEntry({ model: other, key: "k2" }),
    makeEntry({ variant: "friday", model: other, key: "k3" }),
  ]);
  assert.deepEqual(catalogue.entries.map((entry) => entry.url), [
    "/p/days/",
    "/p/days/friday/",
    "/p/story/",
    "/p/days/other-model-2/",
    "/p/days/friday/other-model-2/",
  ]);
  assert.deepEqual(catalogue.models, ["tiny", "Other Model 2"]);
  assert.deepEqual(catalogue.families.map((family) => family.entries.length), [2, 1, 2]);
});

Deno.test("catalogueOf() marks the crucial word in both prompts of a pair", () => {
  const [family] = catalogueOf([
    makeEntry(),
    makeEntry({ variant: "friday", text: "Friday comes before" }),
  ]).families;
  assert.deepEqual(family.entries.map((entry) => entry.crucial), ["Monday", "Friday"]);
});

Deno.test("catalogueOf() marks nothing in the base prompt for a control", () => {
  const [family] = catalogueOf([
    makeEntry({ text: "In the tale the snow is black." }),
    makeEntry({ variant: "world", text: "In the world the snow is black." }),
    makeEntry({ variant: "filler", text: "In the tale the snow is red.", control: true }),
  ]).families;
  assert.deepEqual(family.entries.map((entry) => entry.crucial), ["tale", "world", "red"]);
});

Deno.test("catalogueOf() throws when two scans want one address", () => {
  const scans = [
    makeEntry(),
    makeEntry({ variant: "other-model-2" }),
    makeEntry({ model: other }),
  ];
  assert.throws(() => catalogueOf(scans), /Cannot give "days \(Other Model 2\)" the address/);
});

Deno.test("catalogueOf() counts a tag once for each family, most frequent first", () => {
  const { tags } = catalogueOf([
    makeEntry({ tags: ["b", "a"] }),
    makeEntry({ variant: "v", tags: ["b", "a"] }),
    makeEntry({ family: "story", tags: ["c", "b"] }),
  ]);
  assert.deepEqual(tags, [{ name: "b", count: 2 }, { name: "a", count: 1 }, {
    name: "c",
    count: 1,
  }]);
});

Deno.test("catalogueOf() makes an empty catalogue of no scans", () => {
  const catalogue = catalogueOf([]);
  assert.deepEqual([catalogue.families, catalogue.entries, catalogue.tags], [[], [], []]);
  assert.match(catalogue.date, /^\d{4}-\d\d-\d\d$/);
});
