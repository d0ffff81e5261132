import assert from "node:assert/strict";
import { findBadCharacters } from "../../scan/collection/characters.ts";
import { findIdFault } from "../../scan/collection/ids.ts";
import { editDistance, suggest } from "../../scan/collection/suggest.ts";

/** Optimal string alignment by its recursive definition. */
function oracle(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const options = [
    oracle(a.slice(1), b) + 1,
    oracle(a, b.slice(1)) + 1,
    oracle(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
  ];
  if (a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0]) {
    options.push(oracle(a.slice(2), b.slice(2)) + 1);
  }
  return Math.min(...options);
}

Deno.test("editDistance() equals its recursive definition when words are short", () => {
  const words = ["", "a", "b", "ab", "ba", "abc", "bca", "cab", "aabb", "abab", "title", "titel"];
  for (const a of words) {
    for (const b of words) {
      assert.equal(editDistance(a, b), oracle(a, b), `${a} → ${b}`);
      assert.equal(editDistance(a, b), editDistance(b, a));
    }
  }
});

Deno.test("suggest() finds the nearest word when one is near, and null otherwise", () => {
  const keys = ["title", "text", "learningRate", "lookFor", "neighbours"];
  assert.equal(suggest("Titel", keys), "title");
  assert.equal(suggest("learning_rate", keys), "learningRate");
  assert.equal(suggest("look-for", keys), "lookFor");
  assert.equal(suggest("neigh", keys), "neighbours");
  assert.equal(suggest("zzz", keys), null);
  assert.equal(suggest("", keys), null);
  assert.equal(suggest("title", []), null);
});

Deno.test("findIdFault() lets safe ids pass and proposes one where it can", () => {
  for (const id of ["a", "day", "day-2", "2024", "a".repeat(64)]) {
    assert.equal(findIdFault(id), null);
  }
  const mends: Record<string, string> = {
    "Ärger im Büro": 'name it "arger-im-buro"',
    "a--b": 'name it "a-b"',
    "-a-": 'name it "a"',
    "a_b": 'name it "a-b"',
    "../etc": 'name it "etc"',
    "": "choose another name, such as word-order",
    "日本": "choose another name, such as word-order",
    "NUL": "choose another name, such as word-order",
    "_defaults": 'name it "defaults"',
  };
  for (const [id, mend] of Object.entries(mends)) assert.equal(findIdFault(id)?.mend, mend, id);
});

Deno.test("findBadCharacters() leaves alone what texts of any language need", () => {
  for (const text of ["", "a\tb\nc", "naïve", "日本語", "שלום\u200f!", "👩‍🚀", "e\u0301", "𝒳"]) {
    assert.deepEqual(findBadCharacters(text), [], JSON.stringify(text));
  }
});

Deno.test("findBadCharacters() gives one of each kind in the order of the text", () => {
  const found = findBadCharacters("a\u202eb\u0000c\u0001\ufeff\udc00");
  assert.deepEqual(found.map(({ index }) => index), [1, 3, 6, 7]);
});
