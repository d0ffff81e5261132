import assert from "node:assert/strict";
import { markChanges, showToken } from "../../site/lib/words.ts";

function marked(text: string, ...others: string[]): string {
  return markChanges(text, others).map((run) => run.changed ? `[${run.text}]` : run.text).join("");
}

Deno.test("markChanges() marks the one word that differs", () => {
  assert.equal(marked("The dog runs.", "The dogs run."), "The [dog runs].");
  assert.equal(marked("Monday comes before", "Friday comes before"), "[Monday] comes before");
  assert.equal(marked("A: red. B: blue. A:", "A: red. B: blue. B:"), "A: red. B: blue. [A]:");
});

Deno.test("markChanges() marks what differs from any of several texts", () => {
  assert.equal(marked("one two three", "one 2 three", "1 two three"), "[one two] three");
});

Deno.test("markChanges() marks nothing when texts agree, there are no others, or white space differs", () => {
  assert.equal(marked("same text", "same text"), "same text");
  assert.equal(marked("alone"), "alone");
  assert.equal(marked("a  b\n", "a b"), "a  b\n");
});

Deno.test("markChanges() keeps every character of the text", () => {
  const texts = [
    "",
    " ",
    "x",
    "  ( [ { x }\n",
    "é1 “q” <b>&amp;",
    "naïve café",
    "日本 語",
    "a\u0301 b 🙂 c",
  ];
  for (const text of texts) {
    for (const other of texts) {
      assert.equal(markChanges(text, [other]).map((run) => run.text).join(""), text);
    }
  }
});

Deno.test("markChanges() gives runs that are not empty and alternate", () => {
  const runs = markChanges("a b c d e f", ["a x c d y f"]);
  assert.ok(runs.every((run) => run.text !== ""));
  assert.ok(runs.every((run, i) => i === 0 || run.changed !== runs[i - 1].changed));
});

Deno.test("showToken() makes white space visible", () => {
  assert.deepEqual(showToken(" Tuesday"), { lead: "␣", text: "Tuesday", tail: "" });
  assert.deepEqual(showToken("\n\n"), { lead: "↵↵", text: "", tail: "" });
  assert.deepEqual(showToken("a b\t"), { lead: "", text: "a b", tail: "⇥" });
  assert.deepEqual(showToken(""), { lead: "", text: "", tail: "" });
});
