import assert from "node:assert/strict";
import { readQuery, writeQuery } from "../../site/gallery_query.ts";
import { createSearch } from "../../site/search.ts";

const search = createSearch([
  { title: "The day after", text: "Monday comes before", keywords: "days", tags: ["cycle"] },
  { title: "Doubling", text: "two four eight", keywords: "numbers", tags: ["cycle", "sequence"] },
  { title: "Brackets", text: "( [ {", keywords: "close", tags: ["structure"] },
]);
const find = (text: string, ...tags: string[]) => search({ text, tags });

Deno.test("createSearch() finds every card when nothing is asked for", () => {
  assert.deepEqual(find(""), [0, 1, 2]);
  assert.deepEqual(find("  "), [0, 1, 2]);
});

Deno.test("createSearch() finds by a word's start, by a slip in a long word, and by keywords", () => {
  assert.deepEqual(find("mon"), [0]);
  assert.deepEqual(find("mondya"), [0]);
  assert.deepEqual(find("numbers"), [1]);
  assert.deepEqual(find("fuor"), [], "short words are taken as they are");
});

Deno.test("createSearch() wants every word and every tag", () => {
  assert.deepEqual(find("monday before"), [0]);
  assert.deepEqual(find("monday eight"), []);
  assert.deepEqual(find("", "cycle"), [0, 1]);
  assert.deepEqual(find("", "cycle", "sequence"), [1]);
  assert.deepEqual(find("brackets", "cycle"), []);
});

Deno.test("createSearch() finds nothing in an empty gallery", () => {
  assert.deepEqual(createSearch([])({ text: "x", tags: [] }), []);
});

Deno.test("readQuery() reads back what writeQuery() wrote", () => {
  const queries = [
    { text: "", tags: [] },
    { text: "a&b=c #?", tags: [] },
    { text: "é", tags: ["x", "y z"] },
  ];
  for (const query of queries) assert.deepEqual(readQuery(writeQuery(query)), query);
  assert.equal(writeQuery({ text: " ", tags: [] }), "");
  assert.deepEqual(readQuery("?tag=a&tag=a&tag=&other=1"), { text: "", tags: ["a"] });
});
