import assert from "node:assert/strict";
import { parseCollection } from "../../scan/collection/parse.ts";
import { builtInParameters } from "../../scan/collection/schema.ts";
import { family, faultsOf, file, place, wordModel } from "./fixtures.ts";

const variants = `variants:
  backwards:
    text: "Wednesday, Tuesday, Monday,"
    expected: " Sunday"
    change: The days run backwards.
  same-days:
    title: Other days
    text: "Tuesday, Wednesday, Thursday,"
    change: One day later.
    lookFor: Nothing should change.
    control: true`;

Deno.test("parseCollection() gives families with members, models and parameters when all is sound", () => {
  const parsed = parseCollection([
    file("later.yml", family({ text: "text: One, two,", expected: null })),
    file("day.yml", family({ variants, parameters: "parameters: { particles: 512 }" })),
    file("_defaults.yml", "models: [bundled, ./models/other]\nparameters: { seed: 7 }\n"),
  ]);
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.warnings, []);
  assert.deepEqual(parsed.defaults.models, ["bundled", "./models/other"]);
  assert.deepEqual(parsed.families.map((one) => one.id), ["day", "later"]);

  const [day, later] = parsed.families;
  assert.deepEqual(day.models, ["bundled", "./models/other"]);
  assert.deepEqual(day.parameters, { ...builtInParameters, seed: 7, particles: 512 });
  assert.deepEqual(later.parameters, { ...builtInParameters, seed: 7 });
  assert.deepEqual(day.members.map((member) => member.id), [
    "day",
    "day/backwards",
    "day/same-days",
  ]);
  const [base, backwards, control] = day.members;
  assert.equal(base.expected, " Thursday");
  assert.equal(base.change, "");
  assert.equal(backwards.title, "The day after: backwards");
  assert.equal(backwards.lookFor, "Where the days part.");
  assert.equal(backwards.change, "The days run backwards.");
  assert.equal(control.title, "Other days");
  assert.equal(control.expected, "");
  assert.equal(control.lookFor, "Nothing should change.");
  assert.ok(control.control && !backwards.control);
});

Deno.test("parseCollection() uses what is built in when there is no _defaults.yml", () => {
  const parsed = parseCollection([file("day.yml", family())]);
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.defaults, { models: ["bundled"], parameters: builtInParameters });
});

Deno.test("parseCollection() keeps a text exactly as written when it spans lines", () => {
  const text = 'text: "  A: red.\\n  B:  blue."';
  const parsed = parseCollection([file("day.yml", family({ text }))]);
  assert.ok(parsed.ok);
  assert.equal(parsed.families[0].members[0].text, "  A: red.\n  B:  blue.");
});

Deno.test("parseCollection() reads CRLF as line ends when a file comes from Windows", () => {
  const parsed = parseCollection([file("day.yml", family({ variants }).replaceAll("\n", "\r\n"))]);
  assert.ok(parsed.ok);
  const [fault] = faultsOf([
    file("day.yml", family({ date: "date: soon" }).replaceAll("\n", "\r\n")),
  ]);
  assert.equal(place(fault), "day.yml:8:7 value");
  assert.equal(fault.source, "date: soon");
});

Deno.test("parseCollection() gives no families when there are no files", () => {
  const parsed = parseCollection([]);
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.families, []);
});

/** One broken file each: lines over the sound ones, where the fault is, what it says, the mend. */
const broken: readonly {
  readonly when: string;
  readonly lines?: Readonly<Record<string, string | null>>;
  readonly text?: string;
  readonly name?: string;
  readonly at: readonly string[];
  readonly says: RegExp;
  readonly mend: RegExp;
}[] = [
  {
    when: "a bracket is not closed",
    lines: { tags: "tags: [calendar" },
    at: ["day.yml:6:1 yaml"],
    says: /./,
    mend: /close what is open|spaces/,
  },
  {
    when: "a text has a colon in it",
    lines: { title: "title: Days: after" },
    at: ["day.yml:1:8 yaml"],
    says: /reads as a key/,
    mend: /in quotes/,
  },
  {
    when: "a tab indents",
    lines: { variants: "variants:\n\tone:\n\t\ttext: a" },
    at: ["day.yml:10:1 yaml", "day.yml:11:1 yaml"],
    says: /tab/,
    mend: /spaces/,
  },
  {
    when: "a second document follows",
    lines: { date: "date: 2026-11-23\n---\ntitle: b" },
    at: ["day.yml:9:1 yaml"],
    says: /second document/,
    mend: /a file of its own/,
  },
  {
    when: "a double-quoted text has an unknown escape",
    lines: { text: 'text: "C:\\dir"' },
    at: ["day.yml:2:10 yaml"],
    says: /escape/,
    mend: /single quotes/,
  },
  {
    when: "an anchor and an alias are used",
    lines: { author: "author: &a me", licence: "licence: *a" },
    at: ["day.yml:6:9 yaml-feature", "day.yml:7:10 yaml-feature"],
    says: /an anchor \("&a"\)|an alias \("\*a"\)/,
    mend: /write it again|write the value itself/,
  },
  {
    when: "a merge key is used",
    lines: { parameters: "parameters: { <<: { seed: 1 } }" },
    at: ["day.yml:9:15 yaml-feature"],
    says: /merge key/,
    mend: /write the keys out/,
  },
  {
    when: "a tag is used",
    lines: { title: "title: !!str 3" },
    at: ["day.yml:1:8 yaml-feature"],
    says: /a tag changes/,
    mend: /quotes make a value text/,
  },
  {
    when: "a directive is used",
    text: `%YAML 1.1\n---\n${family()}`,
    at: ["day.yml:1:1 yaml-feature"],
    says: /directive/,
    mend: /delete/,
  },
  {
    when: "a key is unknown but near to one",
    lines: { expected: 'expcted: " Thursday"' },
    at: ["day.yml:3:1 unknown-key"],
    says: /no key "expcted"/,
    mend: /did you mean "expected"\?/,
  },
  {
    when: "a key is another tool's word for one",
    lines: { text: "prompt: Monday," },
    at: ["day.yml:2:1 unknown-key"],
    says: /no key "prompt"/,
    mend: /did you mean "text"\?/,
  },
  {
    when: "a key is unknown and near to none",
    lines: { extra: "zzzzzzzz: 1" },
    at: ["day.yml:9:1 unknown-key"],
    says: /no key "zzzzzzzz"/,
    mend: /delete it; the keys here are title, text/,
  },
  {
    when: "a parameter is unknown",
    lines: { parameters: "parameters: { neighbors: 5 }" },
    at: ["day.yml:9:15 unknown-key"],
    says: /no key "neighbors"/,
    mend: /did you mean "neighbours"\?/,
  },
  {
    when: "keys are missing",
    lines: { title: null, date: null },
    at: ["day.yml:1:1 missing-key", "day.yml:1:1 missing-key"],
    says: /the key "(title|date)" is missing/,
    mend: /add it: (title: The day after|date: 2026-11-23)/,
  },
  {
    when: "a variant lacks its change",
    lines: { variants: "variants:\n  one:\n    text: Friday," },
    at: ["day.yml:10:3 missing-key"],
    says: /the key "change" is missing/,
    mend: /add it: change: /,
  },
  {
    when: "a key is there twice",
    lines: { date: "date: 2026-11-23\ntitle: Again" },
    at: ["day.yml:9:1 duplicate-key"],
    says: /"title" is there twice/,
    mend: /keep one/,
  },
  {
    when: "a variant is there twice but for case",
    lines: {
      variants: "variants:\n  one: { text: a, change: b }\n  One: { text: c, change: d }",
    },
    at: ["day.yml:11:3 duplicate-id", "day.yml:11:3 id"],
    says: /there already as "one"|not safe/,
    mend: /rename|name it "one"/,
  },
  {
    when: "a variant's id could be a path",
    lines: { variants: "variants:\n  ../up: { text: a, change: b }" },
    at: ["day.yml:10:3 id"],
    says: /"..\/up" is not safe/,
    mend: /name it "up"/,
  },
  {
    when: "a variant's id is every object's",
    lines: {
      variants:
        "variants:\n  constructor: { text: a, change: b }\n  __proto__: { text: c, change: d }",
    },
    at: ["day.yml:10:3 id", "day.yml:11:3 id"],
    says: /reserved|not safe/,
    mend: /name/,
  },
  {
    when: "the text is blank",
    lines: { text: 'text: "  "' },
    at: ["day.yml:2:7 value"],
    says: /expected text that is not blank, got " {2}"/,
    mend: /write something/,
  },
  {
    when: "the text is empty",
    lines: { text: "text:" },
    at: ["day.yml:2:1 value"],
    says: /"text" does not fit: expected text, got nothing/,
    mend: /quotes/,
  },
  {
    when: "the text is a number",
    lines: { text: "text: 2024" },
    at: ["day.yml:2:7 value"],
    says: /expected text, got 2024/,
    mend: /put it in quotes: "2024"/,
  },
  {
    when: "the text ends in white space",
    lines: { text: 'text: "Monday, "' },
    at: ["day.yml:2:7 value"],
    says: /ends in white space/,
    mend: /a space at the start of "expected"/,
  },
  {
    when: "the text has a control character, escaped",
    lines: { text: 'text: "Mon\\u0007day"' },
    at: ["day.yml:2:7 characters"],
    says: /a control character \(U\+0007\) in "text"/,
    mend: /delete it/,
  },
  {
    when: "the title turns text around",
    lines: { title: "title: Day\u202eafter" },
    at: ["day.yml:1:11 characters"],
    says: /turns text around \(U\+202E\)/,
    mend: /delete it/,
  },
  {
    when: "the text has half of a surrogate pair",
    lines: { text: 'text: "a\\ud800b"' },
    at: ["day.yml:2:7 characters"],
    says: /half of a surrogate pair \(U\+D800\)/,
    mend: /delete it/,
  },
  {
    when: "the file holds a control character",
    text: `title: a\x00b\n`,
    at: ["day.yml:1:9 characters"],
    says: /not text/,
    mend: /take it out/,
  },
  {
    when: "the file starts with a byte order mark",
    text: `\ufeff${family()}`,
    at: ["day.yml:1:1 encoding"],
    says: /byte order mark/,
    mend: /without "BOM"/,
  },
  {
    when: "a variant repeats the family's text",
    lines: {
      variants: 'variants:\n  one: { text: "Monday, Tuesday, Wednesday,", change: none }',
    },
    at: ["day.yml:10:16 duplicate-text"],
    says: /same as the family's/,
    mend: /crucial word/,
  },
  {
    when: "a variant repeats another",
    lines: { variants: "variants:\n  a: { text: x, change: b }\n  c: { text: x, change: d }" },
    at: ["day.yml:11:14 duplicate-text"],
    says: /same as the variant "a"'s/,
    mend: /delete the variant/,
  },
  {
    when: "a title spans lines",
    lines: { title: 'title: "a\\nb"' },
    at: ["day.yml:1:8 value"],
    says: /a single line/,
    mend: /one line/,
  },
  {
    when: "a tag is not one word",
    lines: { tags: "tags: [calendar, Two Words]" },
    at: ["day.yml:5:18 value"],
    says: /got "Two Words"/,
    mend: /number-sequence/,
  },
  {
    when: "there are too many tags",
    lines: { tags: `tags: [${Array.from({ length: 13 }, (_, i) => `t${i}`)}]` },
    at: ["day.yml:5:7 value"],
    says: /at most 12 tags/,
    mend: /keep those/,
  },
  {
    when: "tags are no list",
    lines: { tags: "tags: calendar" },
    at: ["day.yml:5:7 value"],
    says: /expected a list, got "calendar"/,
    mend: /in brackets/,
  },
  {
    when: "a day is not written as one",
    lines: { date: "date: 23.11.2026" },
    at: ["day.yml:8:7 value"],
    says: /a day as YYYY-MM-DD/,
    mend: /2026-11-23/,
  },
  {
    when: "a day does not exist",
    lines: { date: "date: 2026-02-30" },
    at: ["day.yml:8:7 value"],
    says: /a day of this century, got "2026-02-30"/,
    mend: /the day on which/,
  },
  {
    when: "a licence is no expression",
    lines: { licence: "licence: free for all!" },
    at: ["day.yml:7:10 value"],
    says: /SPDX/,
    mend: /CC0-1.0/,
  },
  {
    when: "a licence is cut short",
    lines: { licence: "licence: CC0" },
    at: ["day.yml:7:10 licence"],
    says: /"CC0" is not one/,
    mend: /did you mean "CC0-1.0"\?/,
  },
  {
    when: "a number is out of bounds",
    lines: { parameters: "parameters:\n  particles: 8\n  seed: 4294967296" },
    at: ["day.yml:10:14 value", "day.yml:11:9 value"],
    says: /at least 16, got 8|at most 4294967295, got 4294967296/,
    mend: /larger|smaller/,
  },
  {
    when: "a number is not whole, not finite or text",
    lines: { parameters: "parameters:\n  particles: 8.5\n  minDist: .inf\n  seed: one" },
    at: ["day.yml:10:14 value", "day.yml:11:12 value", "day.yml:12:9 value"],
    says: /a whole number, got 8.5|a number, got Infinity|a number, got "one"/,
    mend: /digits/,
  },
  {
    when: "a choice is misspelt",
    lines: { parameters: "parameters: { metric: cosin }" },
    at: ["day.yml:9:23 value"],
    says: /expected cosine or euclidean, got "cosin"/,
    mend: /did you mean "cosine"\?/,
  },
  {
    when: "two parameters do not fit each other",
    lines: { parameters: "parameters: { minDist: 2 }" },
    at: ["day.yml:9:24 value"],
    says: /minDist of at most spread, got 2 and 1/,
    mend: /smaller/,
  },
  {
    when: "no model is named",
    lines: { models: "models: []" },
    at: ["day.yml:9:9 value"],
    says: /at least one entry, got an empty list/,
    mend: /name one/,
  },
  {
    when: "the root is a list",
    text: "- one\n- two\n",
    at: ["day.yml:1:1 value"],
    says: /the file does not fit: expected a map of keys, got a list/,
    mend: /key: value/,
  },
  {
    when: "variants and parameters are lists",
    lines: { variants: "variants:\n  - text: a\nparameters: [seed]" },
    at: ["day.yml:10:3 value", "day.yml:11:13 value"],
    says: /"(variants|parameters)" does not fit: expected a map of keys, got a list/,
    mend: /key: value/,
  },
  {
    when: "the root is a word",
    text: "Monday\n",
    at: ["day.yml:1:1 value"],
    says: /the file does not fit: expected a map of keys, got "Monday"/,
    mend: /key: value/,
  },
  {
    when: "the file is empty",
    text: "# nothing\n\n",
    at: ["day.yml:1:1 file"],
    says: /empty/,
    mend: /delete it/,
  },
  {
    when: "the file is huge",
    text: family({ lookFor: `lookFor: ${"a".repeat(70_000)}` }),
    at: ["day.yml:1:1 file"],
    says: /at most 64 KB, got 69 KB/,
    mend: /keep the prompt/,
  },
  {
    when: "the file is nested deeply in brackets",
    text: "a: " + "[".repeat(60_000),
    at: ["day.yml:1:27 nesting"],
    says: /more than 24 levels/,
    mend: /flat/,
  },
  {
    when: "the file is nested deeply in lists",
    text: "- ".repeat(30_000) + "a",
    at: ["day.yml:1:48 nesting"],
    says: /more than 24 levels/,
    mend: /flat/,
  },
  {
    when: "aliases multiply",
    text: "a: &a [x, x, x, x, x, x, x, x, x]\n" +
      Array.from({ length: 9 }, (_, i) => {
        const [name, last] = [String.fromCharCode(98 + i), String.fromCharCode(97 + i)];
        return `${name}: &${name} [${Array(9).fill(`*${last}`).join(", ")}]\n`;
      }).join(""),
    at: Array.from({ length: 8 }, () => "yaml-feature"),
    says: /anchor|alias/,
    mend: /write|delete/,
  },
  {
    when: "the name is not safe",
    name: "The Day.yml",
    lines: {},
    at: ["The Day.yml:1:1 id"],
    says: /"The Day" is not safe/,
    mend: /name it "the-day".yml/,
  },
  {
    when: "the name is a device's",
    name: "con.yml",
    lines: {},
    at: ["con.yml:1:1 id"],
    says: /"con" is reserved/,
    mend: /another name/,
  },
  {
    when: "the name is too long",
    name: `${"a".repeat(65)}.yml`,
    lines: {},
    at: [`${"a".repeat(65)}.yml:1:1 id`],
    says: /at most 64 characters, got 65/,
    mend: /shorten/,
  },
];

for (const { when, lines, text, name, at, says, mend } of broken) {
  Deno.test(`parseCollection() tells the place and the mend when ${when}`, () => {
    const faults = faultsOf([file(name ?? "day.yml", text ?? family(lines))]);
    if (at.every((entry) => entry.includes(":"))) {
      assert.deepEqual(faults.map(place), at);
    } else {
      assert.deepEqual(faults.map((fault) => fault.code), at);
    }
    for (const fault of faults) {
      assert.match(fault.message, says);
      assert.match(fault.mend, mend);
      assert.ok(fault.length >= 1);
    }
  });
}

Deno.test("parseCollection() tells all faults of all files at once, sorted, when several are broken", () => {
  const faults = faultsOf([
    file("z.yml", family({ date: "date: soon", title: null })),
    file("b.yml", "tags: [\n"),
    file("a.yml", family({ tags: "tags: [A]", text: 'text: ""', extra: "extra: 1" })),
    file("_defaults.yml", "parameters: { seed: -1 }\nmodel: [bundled]\n"),
  ]);
  assert.deepEqual(faults.map(place), [
    "_defaults.yml:1:21 value",
    "_defaults.yml:2:1 unknown-key",
    "a.yml:2:7 value",
    "a.yml:5:8 value",
    "a.yml:9:1 unknown-key",
    "b.yml:2:1 yaml",
    "z.yml:1:1 missing-key",
    "z.yml:7:7 value",
  ]);
});

Deno.test("parseCollection() stops listing when a file has faults without end", () => {
  const text = family() + Array.from({ length: 500 }, (_, i) => `zzzzzz${i}: 1\n`).join("");
  const faults = faultsOf([file("day.yml", text)]);
  assert.equal(faults.length, 41);
  assert.match(faults.map((fault) => fault.message).join("\n"), /more faults in this file/);
});

Deno.test("parseCollection() tells of ids that are equal but for case when two files have them", () => {
  const faults = faultsOf([file("Day.yml", family()), file("day.yml", family())]);
  assert.ok(faults.map(place).includes("day.yml:1:1 duplicate-id"));
  assert.match(
    faults.find((fault) => fault.code === "duplicate-id")!.message,
    /taken by prompts\/Day.yml/,
  );
});

Deno.test("parseCollection() only warns when two families have one text", () => {
  const parsed = parseCollection([file("a.yml", family()), file("b.yml", family())]);
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.warnings.map(place), ["b.yml:2:7 duplicate-text"]);
  assert.match(parsed.warnings[0].message, /same as that of "a"/);
});

Deno.test("parseCollection() tells why a model cannot be used when it is unknown or named twice", () => {
  const faults = faultsOf([
    file("_defaults.yml", "models: [bundled, bundled]\n"),
    file("day.yml", family({ models: "models:\n  - bundled\n  - ./gone" })),
  ], wordModel);
  assert.deepEqual(faults.map(place), ["_defaults.yml:1:19 model", "day.yml:11:5 model"]);
  assert.match(faults[1].message, /"\.\/gone" cannot be used: there is no such folder/);
});

Deno.test("parseCollection() tells of a text over the context when the model's tokenizer is known", () => {
  const faults = faultsOf([
    file(
      "day.yml",
      family({
        text: `text: ${"day ".repeat(20).trim()}`,
        expected: null,
        variants: `variants:\n  one: { text: ${"night ".repeat(16).trim()}, change: b }`,
      }),
    ),
  ], wordModel);
  assert.deepEqual(faults.map(place), ["day.yml:2:7 context", "day.yml:9:16 context"]);
  assert.match(faults[0].message, /expected at most 16 tokens, got 21/);
  assert.match(faults[0].mend, /shorten it by about 19 characters/);
});

Deno.test("parseCollection() wants one token as the expected answer when the tokenizer is known", () => {
  const cases: [string, RegExp | null, RegExp?][] = [
    ['" Thursday"', null],
    ['" Thursday night"', /expected one token after the text, got 2/, /single token/],
    ['"Thursday"', null],
  ];
  for (const [expected, says, mend] of cases) {
    const faults = faultsOf(
      [file("day.yml", family({ expected: `expected: ${expected}` }))],
      wordModel,
    );
    assert.deepEqual(faults.map(place), says === null ? [] : ["day.yml:3:11 expected-token"]);
    if (says !== null) assert.match(faults[0].message, says);
    if (mend !== undefined) assert.match(faults[0].mend, mend);
  }
});

Deno.test("parseCollection() proposes the space when the expected token lacks it", () => {
  const faults = faultsOf([
    file("day.yml", family({ text: "text: It is Wednes", expected: "expected: day" })),
  ], wordModel);
  assert.deepEqual(faults.map(place), ["day.yml:3:11 expected-token"]);
  assert.match(faults[0].message, /got one that merges with the text/);
  assert.match(faults[0].mend, /the space belongs to the token: expected: " day"/);
});

Deno.test("parseCollection() asks about each model once when many families name it", () => {
  const asked: string[] = [];
  faultsOf(
    [file("a.yml", family()), file("b.yml", family({ text: "text: x y", expected: null }))],
    {
      knownModel: (name) => (asked.push(name), null),
    },
  );
  assert.deepEqual(asked, ["bundled"]);
});

Deno.test("parseCollection() stays quick when a file is as hostile as its size allows", () => {
  const size = 64 * 1024;
  const hostile = [
    "[".repeat(size),
    "{".repeat(size),
    "- ".repeat(size / 2),
    "? ".repeat(size / 2),
    "a: ".repeat(size / 3),
    "&a ".repeat(size / 3),
    "!a ".repeat(size / 3),
    "*a ".repeat(size / 3),
    "[*a,".repeat(size / 4),
    '"'.repeat(size),
    "a\n ".repeat(size / 3),
    "k: !t v\n".repeat(size / 8),
    "'".repeat(size),
    "|".repeat(size),
    "%YAML 1.1\n".repeat(size / 10),
    "---\n".repeat(size / 4),
    Array.from({ length: size / 8 }, (_, i) => `k${i}: 1\n`).join("").slice(0, size),
    "variants: {" + Array.from({ length: 5000 }, (_, i) => `v${i}: {}`).join(","),
  ];
  for (const text of hostile) {
    const faults = faultsOf([file("day.yml", text)]);
    assert.ok(faults.length > 0 && faults.length <= 41);
  }
});
