import assert from "node:assert/strict";
import { builtInParameters, type Family, type Prompt } from "../../scan/collection/mod.ts";
import { resolveComparison } from "../../scan/diff/resolve.ts";
import { UsageError } from "../../scan/options.ts";
import { isOwnFamily } from "../../scan/store/key.ts";

function prompt(family: string, variant: string, text: string): Prompt {
  const id = variant === "" ? family : `${family}/${variant}`;
  const words = { title: id, change: "", expected: " x", lookFor: "", control: false };
  return { id, family, variant, text, ...words };
}

function family(id: string, members: Prompt[]): Family {
  return {
    id,
    title: id,
    tags: ["t"],
    author: "a",
    licence: "CC0-1.0",
    date: "2026-01-01",
    models: [`model of ${id}`],
    parameters: { ...builtInParameters, seed: id.length },
    members,
  };
}

const days = family("days", [
  prompt("days", "", "Monday,"),
  prompt("days", "back", "Sunday,"),
  prompt("days", "late", "Friday,"),
]);
const cat = family("cat", [prompt("cat", "", "The cat")]);
const known = {
  families: [cat, days],
  defaults: { models: ["bundled"], parameters: builtInParameters },
  today: "2026-05-06",
};
const resolve = (operands: string[], areTexts = false) =>
  resolveComparison(operands, areTexts, known);

Deno.test("resolveComparison() takes every two of a family when its id alone is given", async () => {
  assert.deepEqual(await resolve(["days"]), { family: days, only: null });
});

Deno.test("resolveComparison() compares a variant alone with its base", async () => {
  assert.deepEqual(await resolve(["days/late"]), { family: days, only: ["days", "days/late"] });
});

Deno.test("resolveComparison() puts two of a family into the family's order", async () => {
  const only = ["days/back", "days/late"];
  assert.deepEqual(await resolve(["days/late", "days/back"]), { family: days, only });
  assert.deepEqual(await resolve(["days/back", "days/late"]), { family: days, only });
});

Deno.test("resolveComparison() makes a family of two prompts of different families", async () => {
  const { family, only } = await resolve(["cat", "days/back"]);
  assert.equal(only, null);
  assert.ok(isOwnFamily(family.id), family.id);
  assert.deepEqual(family.members.map(({ id }) => id), [family.id, `${family.id}/b`]);
  assert.deepEqual(family.members.map(({ text }) => text), ["The cat", "Sunday,"]);
  assert.deepEqual(family.models, cat.models);
  assert.deepEqual(family.parameters, cat.parameters);
});

Deno.test("resolveComparison() makes a family of two texts, the same for the same texts", async () => {
  const first = (await resolve(["The cat sat", "The dog sat"])).family;
  assert.deepEqual((await resolve(["The cat sat", "The dog sat"])).family, first);
  assert.notEqual((await resolve(["The dog sat", "The cat sat"])).family.id, first.id);
  assert.deepEqual(first.models, ["bundled"]);
  assert.equal(first.date, "2026-05-06");
  assert.equal(first.members[0].expected, "");
});

Deno.test("resolveComparison() reads words as texts when it is told to", async () => {
  const { family } = await resolve(["days", "night"], true);
  assert.deepEqual(family.members.map(({ text }) => text), ["days", "night"]);
});

Deno.test("resolveComparison() says what is wrong with operands that give no comparison", async () => {
  const cases: [string[], RegExp][] = [
    [["nights"], /Cannot compare "nights": expected the id of a prompt.*Known are cat, days/s],
    [["days/none", "cat"], /Cannot compare "days\/none"/],
    [["cat"], /expected a family of at least two prompts, got one/],
    [["days", "days"], /with itself/],
    [["A cat", "A cat"], /with itself/],
    [["A cat", "  "], /empty text/],
  ];
  for (const [operands, message] of cases) {
    await assert.rejects(resolve(operands), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  }
});
