/** Checks that look across fields, files and models: what a schema cannot say. */
import { findBadCharacters } from "./characters.ts";
import type { ModelKnowledge } from "./family.ts";
import { plural } from "./fault.ts";
import { show } from "./issues.ts";
import type { FamilyFile } from "./schema.ts";
import { suggest } from "./suggest.ts";
import type { Path, Source, Span } from "./syntax.ts";

/** A family's file on its way to a family. */
export interface Draft {
  readonly id: string;
  readonly source: Source;
  /** The root's map, empty where there is none. */
  readonly value: Readonly<Record<string, unknown>>;
  /** The base prompt and the variants, as written. */
  readonly texts: readonly {
    readonly variant: string;
    readonly path: Path;
    readonly value: Readonly<Record<string, unknown>>;
  }[];
  /** Null where the schema has complaints. */
  readonly file: FamilyFile | null;
}

/** Characters, equal texts, white space at the end, calendar days, licences. */
export function checkTexts(drafts: readonly Draft[]): void {
  const owners = new Map<string, { id: string; path: string }>();
  for (const draft of drafts) {
    const { source, value } = draft;
    for (const key of ["author"]) checkCharacters(source, [key], value[key]);
    const seen = new Map<string, string>();
    for (const { variant, path, value: member } of draft.texts) {
      for (const key of ["title", "text", "expected", "change", "lookFor"]) {
        checkCharacters(source, [...path, key], member[key]);
      }
      const { text } = member;
      if (typeof text !== "string" || text.trim() === "") continue;
      const span = source.locate([...path, "text"]);
      const twin = seen.get(text);
      if (twin !== undefined) {
        source.add(
          span,
          "duplicate-text",
          `the text is the same as ${twin}`,
          "change the crucial word, or delete the variant",
        );
        continue;
      }
      seen.set(text, variant === "" ? "the family's" : `the variant "${variant}"'s`);
      if (/\s$/.test(text)) {
        source.add(
          span,
          "value",
          "the text ends in white space, which the model reads as a token of its own",
          text.endsWith("\n")
            ? 'write it in quotes, or with ">-" or "|-" instead of ">" or "|"'
            : 'end the text before it: a space at the start of "expected" is right',
          "warning",
        );
      }
      const owner = owners.get(text);
      if (owner !== undefined) {
        source.add(
          span,
          "duplicate-text",
          `the text is the same as that of "${owner.id}" (${owner.path})`,
          "make it a variant there, or change it",
          "warning",
        );
      }
      const id = variant === "" ? draft.id : `${draft.id}/${variant}`;
      if (owner === undefined) owners.set(text, { id, path: source.path });
    }
    checkDay(source, value.date);
    checkLicence(source, value.licence);
  }
}

function checkCharacters(source: Source, path: Path, value: unknown): void {
  if (typeof value !== "string") return;
  const span = source.locate(path);
  const written = source.text.slice(span.offset, span.offset + span.length);
  for (const { character, message } of findBadCharacters(value)) {
    // An escape (`"\u202e"`) has no place of its own in the file: the whole value is shown then.
    const index = written.indexOf(character);
    source.add(
      index < 0 ? span : { offset: span.offset + index, length: 1 },
      "characters",
      `there is ${message} in "${String(path.at(-1))}"`,
      "delete it",
    );
  }
}

function checkDay(source: Source, value: unknown): void {
  if (typeof value !== "string" || !/^\d{4}-(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01])$/.test(value)) {
    return;
  }
  const day = new Date(`${value}T00:00:00Z`);
  const exists = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
  if (exists && day.getUTCFullYear() >= 2000 && day.getUTCFullYear() < 2100) return;
  source.add(
    source.locate(["date"]),
    "value",
    `the value of "date" does not fit: expected a day of this century, got ${show(value)}`,
    "give the day on which the prompt was added",
  );
}

/** The licences that texts usually come under. Others may be right, so they only earn a warning. */
const usualLicences = [
  "CC0-1.0",
  "CC-BY-4.0",
  "CC-BY-3.0",
  "CC-BY-SA-4.0",
  "CC-BY-SA-3.0",
  "CC-PDDC",
  "MIT",
  "MIT-0",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "0BSD",
  "Unlicense",
  "ODC-By-1.0",
  "PDDL-1.0",
];

function checkLicence(source: Source, value: unknown): void {
  if (typeof value !== "string") return;
  for (const part of value.split(/ (?:AND|OR|WITH) /)) {
    if (usualLicences.includes(part) || !/^[A-Za-z0-9][A-Za-z0-9.+-]*$/.test(part)) continue;
    const meant = suggest(part, usualLicences);
    source.add(
      source.locate(["licence"]),
      "licence",
      `the licence "${part}" is not one that texts usually come under`,
      meant === null
        ? "make sure that https://spdx.org/licenses lists it, and that it lets others share the text"
        : `did you mean "${meant}"?`,
      "warning",
    );
  }
}

/** Whether every model can be used, every text fits and every expected answer is one token. */
export function checkModels(
  drafts: readonly Draft[],
  defaultsSource: Source | undefined,
  defaultModels: readonly string[],
  knowledge: ModelKnowledge,
): void {
  const reasons = new Map<string, string | null>();
  const reasonOf = (name: string) => {
    let reason = reasons.get(name);
    if (reason === undefined) {
      reason = knowledge.knownModel?.(name) ?? null;
      reasons.set(name, reason);
    }
    return reason;
  };
  if (defaultsSource !== undefined) addModelFaults(defaultsSource, defaultModels, reasonOf);
  for (const draft of drafts) {
    const own = draft.value.models;
    const named = Array.isArray(own) ? own.filter((name) => typeof name === "string") : null;
    if (named !== null) addModelFaults(draft.source, named, reasonOf);
    const usable = new Set((named ?? defaultModels).filter((name) => reasonOf(name) === null));
    for (const model of usable) checkTokens(draft, model, knowledge);
  }
}

function addModelFaults(
  source: Source,
  models: readonly string[],
  reasonOf: (name: string) => string | null,
): void {
  for (const [i, name] of models.entries()) {
    const span = source.locate(["models", i]);
    if (models.indexOf(name) < i) {
      source.add(span, "model", `the model "${name}" is named twice`, "keep one of the two");
      continue;
    }
    const reason = reasonOf(name);
    if (reason !== null) {
      source.add(
        span,
        "model",
        `the model "${name}" cannot be used: ${reason}`,
        'name "bundled", or the path of a folder with a model',
      );
    }
  }
}

function checkTokens(draft: Draft, model: string, knowledge: ModelKnowledge): void {
  const { tokenize, maxTokens } = knowledge;
  if (tokenize === undefined) return;
  const { source } = draft;
  const limit = maxTokens?.(model) ?? Infinity;
  for (const { path, value } of draft.texts) {
    const { text, expected } = value;
    // Longer texts are a fault already; a tokenizer could take long over them.
    if (typeof text !== "string" || text.trim() === "" || text.length > 8000) continue;
    const ids = tokenize(model, text);
    if (ids === null) continue;
    if (ids.length > limit) {
      source.add(
        source.locate([...path, "text"]),
        "context",
        `the text is too long for the model "${model}": expected at most ${limit} tokens, ` +
          `got ${ids.length}`,
        `shorten it by about ${shortenBy(text, ids.length, limit)}`,
      );
    }
    if (typeof expected !== "string" || expected === "" || expected.length > 64) continue;
    const added = countAdded(ids, tokenize(model, text + expected));
    if (added === 1) continue;
    const span: Span = source.locate([...path, "expected"]);
    const spaced = ` ${expected.trimStart()}`;
    const mendable = spaced !== expected && countAdded(ids, tokenize(model, text + spaced)) === 1;
    source.add(
      span,
      "expected-token",
      `${show(expected)} is not the next token of the model "${model}": expected one token ` +
        `after the text, got ${added === null ? "one that merges with the text" : added}`,
      mendable
        ? `the space belongs to the token: expected: ${JSON.stringify(spaced)}`
        : "give a single token, or delete the key",
    );
  }
}

/** How many ids a continuation adds, or null where the ids before it change. */
function countAdded(before: readonly number[], after: readonly number[] | null): number | null {
  if (after === null) return 1;
  const nAdded = after.length - before.length;
  let prefix = 0;
  while (prefix < before.length && before[prefix] === after[prefix]) prefix++;
  // A tokenizer may close every text with a token of its own.
  let suffix = 0;
  while (suffix < before.length && before.at(-1 - suffix) === after.at(-1 - suffix)) suffix++;
  return nAdded >= 0 && prefix + suffix >= before.length ? nAdded : null;
}

function shortenBy(text: string, nTokens: number, limit: number): string {
  return plural(Math.ceil((nTokens - limit) * text.length / nTokens), "character");
}
