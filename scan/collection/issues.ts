/** What the schema complains about, told at the place where it is written. */
import type * as v from "valibot";
import { type Rule, rules } from "./schema.ts";
import { suggest } from "./suggest.ts";
import type { Path, Source } from "./syntax.ts";

/** Keys that other tools and other spellings use for ours. */
const synonyms: Readonly<Record<string, string>> = {
  prompt: "text",
  name: "title",
  description: "lookFor",
  notes: "lookFor",
  answer: "expected",
  next: "expected",
  target: "expected",
  why: "change",
  model: "models",
  params: "parameters",
  created: "date",
  by: "author",
};

/** An example of each key that has to be there. */
const examples: Readonly<Record<string, string>> = {
  title: "title: The day after",
  text: 'text: "Monday, Tuesday, Wednesday,"',
  lookFor: "lookFor: Where the picture turns before the last layer.",
  tags: "tags: [calendar, sequence]",
  author: "author: Your Name",
  licence: "licence: CC0-1.0",
  date: "date: 2026-11-23",
  change: "change: Friday comes before Thursday, so that counting on is wrong.",
};

/** What was told before the schema was asked. */
export interface Known {
  /** What `addUnknownKeys` gave. */
  readonly meant?: readonly string[];
  /** What `addLists` gave. */
  readonly lists?: readonly Path[];
}

/** Notes a fault for each issue of the schema, except those that follow from what is known. */
export function addIssues(
  source: Source,
  issues: readonly v.BaseIssue<unknown>[],
  { meant = [], lists = [] }: Known = {},
): void {
  const told = new Set<string>();
  for (const issue of issues) {
    // valibot tells of the first unknown key alone; ids are told by `ids.ts`.
    if (issue.expected === "never" || issue.path?.at(-1)?.origin === "key" && !isMissing(issue)) {
      continue;
    }
    const path = pathOf(issue);
    if (lists.some((list) => list.every((step, i) => path[i] === step))) continue;
    const key = keyOf(path);
    if (isMissing(issue)) {
      if (meant.includes(path.join("/"))) continue;
      source.add(
        source.locate(path.slice(0, -1), "key"),
        "missing-key",
        `the key "${key}" is missing`,
        `add it: ${examples[key ?? ""] ?? `${key}: …`}`,
      );
      continue;
    }
    // Of several complaints about one value the first is the one that helps.
    if (told.has(path.join("/"))) continue;
    told.add(path.join("/"));
    const { expected, mend } = describe(issue);
    const got = issue.type === "max_length" && typeof issue.input === "string"
      ? `${issue.input.length}`
      : show(issue.input);
    source.add(
      source.locate(path),
      "value",
      `${key === null ? "the file" : `the value of "${key}"`} does not fit: ` +
        `expected ${expected}, got ${got}`,
      mend,
    );
  }
}

/**
 * Notes a fault for each of `paths` at which there is a list. To valibot a list is a map of
 * numbers, and its keys would be told to be unknown one by one.
 *
 * @returns the paths with a list
 */
export function addLists(source: Source, paths: readonly Path[]): Path[] {
  return paths.filter((path) => {
    const value = path.reduce<unknown>(
      (map, step) => map instanceof Object ? Reflect.get(map, step) : undefined,
      source.value,
    );
    if (!Array.isArray(value)) return false;
    const key = keyOf(path);
    source.add(
      source.locate(path),
      "value",
      `${key === null ? "the file" : `the value of "${key}"`} does not fit: ` +
        `expected ${rules.map.expected}, got a list`,
      rules.map.mend,
    );
    return true;
  });
}

/**
 * Notes a fault for each key of the map at `path` that is not among `known`.
 *
 * @returns paths, joined by slashes, of the keys that were probably meant
 */
export function addUnknownKeys(source: Source, path: Path, known: readonly string[]): string[] {
  const guesses: string[] = [];
  for (const key of source.keys(path)) {
    if (known.includes(key) || key === "<<") continue;
    const synonym = Object.hasOwn(synonyms, key) ? synonyms[key] : undefined;
    const meant = synonym !== undefined && known.includes(synonym) ? synonym : suggest(key, known);
    if (meant !== null) guesses.push([...path, meant].join("/"));
    source.add(
      source.locate([...path, key], "key"),
      "unknown-key",
      `there is no key "${key}" here`,
      meant === null
        ? `delete it; the keys here are ${known.join(", ")}`
        : `did you mean "${meant}"?`,
    );
  }
  return guesses;
}

function isMissing(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === "strict_object" && issue.path?.at(-1)?.origin === "key" &&
    issue.expected !== "never";
}

function pathOf(issue: v.BaseIssue<unknown>): (string | number)[] {
  return (issue.path ?? []).map(({ key }) => typeof key === "number" ? key : String(key));
}

/** The key that a reader knows the value by: of a list's entry, the list's. */
function keyOf(path: Path): string | null {
  return path.findLast((step) => typeof step === "string") ?? null;
}

function describe(issue: v.BaseIssue<unknown>): { expected: string; mend: string } {
  if (Object.hasOwn(rules, issue.message)) {
    const rule = rules[issue.message as Rule];
    const quoted = rule === rules.text && (typeof issue.input === "number" ||
        typeof issue.input === "boolean")
      ? `put it in quotes: "${issue.input}"`
      : rule.mend;
    return { expected: rule.expected, mend: quoted };
  }
  switch (issue.type) {
    case "min_value":
      return { expected: `at least ${requirement(issue)}`, mend: "give a larger number" };
    case "max_value":
      return { expected: `at most ${requirement(issue)}`, mend: "give a smaller number" };
    case "picklist": {
      const options = (issue.expected ?? "").replace(/^\(|\)$/g, "").split(" | ")
        .map((option) => option.replaceAll('"', ""));
      const meant = typeof issue.input === "string" ? suggest(issue.input, options) : null;
      return {
        expected: options.join(" or "),
        mend: meant === null ? "choose one of them" : `did you mean "${meant}"?`,
      };
    }
    default:
      return { expected: issue.expected ?? issue.message, mend: "see prompts/schema.json" };
  }
}

function requirement(issue: v.BaseIssue<unknown>): string {
  return "requirement" in issue ? String(issue.requirement) : "";
}

/** A value as it stands in a message. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "string") {
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  }
  return String(value);
}
