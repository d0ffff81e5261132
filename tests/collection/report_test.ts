import assert from "node:assert/strict";
import {
  type Fault,
  formatAnnotations,
  formatFaults,
  sortFaults,
} from "../../scan/collection/fault.ts";
import { family, faultsOf, file } from "./fixtures.ts";

const faults = faultsOf([
  file("night.yml", 'titel: Night\ntext: "Moon,\\u202e stars,"\nlicence: [CC0-1.0]\n'),
  file("day.yml", family({ licence: "licence: CC0", date: "date: 2026-02-30" })),
]);

Deno.test("formatFaults() prints a compiler's report when there are errors and warnings", () => {
  assert.equal(
    formatFaults(faults, { nFiles: 24 }),
    `prompts/day.yml:7:10: warning: the licence "CC0" is not one that texts usually come under
  7 | licence: CC0
    |          ^^^
  mend: did you mean "CC0-1.0"?

prompts/day.yml:8:7: error: the value of "date" does not fit: expected a day of this century, got "2026-02-30"
  8 | date: 2026-02-30
    |       ^^^^^^^^^^
  mend: give the day on which the prompt was added

prompts/night.yml:1:1: error: the key "author" is missing
  1 | titel: Night
    | ^
  mend: add it: author: Your Name

prompts/night.yml:1:1: error: the key "date" is missing
  1 | titel: Night
    | ^
  mend: add it: date: 2026-11-23

prompts/night.yml:1:1: error: the key "lookFor" is missing
  1 | titel: Night
    | ^
  mend: add it: lookFor: Where the picture turns before the last layer.

prompts/night.yml:1:1: error: the key "tags" is missing
  1 | titel: Night
    | ^
  mend: add it: tags: [calendar, sequence]

prompts/night.yml:1:1: error: there is no key "titel" here
  1 | titel: Night
    | ^^^^^
  mend: did you mean "title"?

prompts/night.yml:2:7: error: there is a character that turns text around (U+202E) in "text"
  2 | text: "Moon,\\u202e stars,"
    |       ^^^^^^^^^^^^^^^^^^^^
  mend: delete it

prompts/night.yml:3:10: error: the value of "licence" does not fit: expected text, got a list
  3 | licence: [CC0-1.0]
    |          ^^^^^^^^^
  mend: put it in quotes: "…"

8 errors and 1 warning in 2 of 24 files
`,
  );
});

Deno.test("formatFaults() prints the count alone when there is nothing wrong", () => {
  assert.equal(formatFaults([]), "0 errors in 0 files\n");
  assert.equal(formatFaults([], { nFiles: 3 }), "0 errors in 0 of 3 files\n");
});

Deno.test("formatFaults() differs by escape codes alone when it is in colour", () => {
  const color = formatFaults(faults, { color: true });
  assert.ok(color.includes("\x1b[31merror\x1b[0m"));
  assert.ok(color.includes("\x1b[33mwarning\x1b[0m"));
  // deno-lint-ignore no-control-regex
  assert.equal(color.replace(/\x1b\[\d+m/g, ""), formatFaults(faults));
});

/** A fault at a place of a line. */
function fault(source: string, column: number, length: number): Fault {
  return {
    path: "a.yml",
    line: 3,
    column,
    length,
    severity: "error",
    code: "value",
    message: "wrong",
    mend: "mend it",
    source,
  };
}

/** The source line and the caret's line of a report. */
function drawing(one: Fault): string[] {
  return formatFaults([one]).split("\n").slice(1, 3).map((line) => line.slice(6));
}

Deno.test("formatFaults() puts the caret under the fault when characters are wide or combine", () => {
  assert.deepEqual(drawing(fault("t: 日本語 x", 8, 1)), ["t: 日本語 x", "          ^"]);
  assert.deepEqual(drawing(fault("t: e\u0301e\u0301 x", 9, 1)), [
    "t: e\u0301e\u0301 x",
    "      ^",
  ]);
});

Deno.test("formatFaults() cuts the line around the fault when it is long", () => {
  const [line, caret] = drawing(fault(`${"a".repeat(500)}WRONG${"b".repeat(500)}`, 501, 5));
  assert.ok(line.length <= 110);
  assert.equal(line.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1), "WRONG");
});

Deno.test("formatFaults() shows code points when a source line could steer the terminal", () => {
  const [line] = drawing(fault("a: \x1b[2J\u202e\ud800", 1, 1));
  assert.equal(line, "a: <U+001B>[2J<U+202E><U+D800>");
});

Deno.test("sortFaults() orders by file, line and column and leaves its input alone", () => {
  const list = [
    { ...fault("", 9, 1), path: "b.yml" },
    fault("", 9, 1),
    fault("", 2, 1),
    { ...fault("", 0, 0), line: 0 },
  ];
  const before = [...list];
  assert.deepEqual(sortFaults(list), [list[3], list[2], list[1], list[0]]);
  assert.deepEqual(list, before);
});

Deno.test("formatAnnotations() gives workflow commands when a pull request is checked", () => {
  const one = { ...fault("x", 2, 1), path: "a,b.yml", message: "50% wrong\nreally" };
  assert.equal(
    formatAnnotations([one]),
    "::error file=a%2Cb.yml,line=3,col=2::50%25 wrong<U+000A>really (mend it)\n",
  );
});
