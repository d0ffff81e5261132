/** Prompt files made by code, sound and broken. */
import type { CollectionFile, ModelKnowledge } from "../../scan/collection/family.ts";
import type { Fault } from "../../scan/collection/fault.ts";
import { parseCollection } from "../../scan/collection/parse.ts";

/** Lines of a sound family, by key, in the order written. */
const sound: Readonly<Record<string, string>> = {
  title: "title: The day after",
  text: 'text: "Monday, Tuesday, Wednesday,"',
  expected: 'expected: " Thursday"',
  lookFor: "lookFor: Where the days part.",
  tags: "tags: [calendar, sequence]",
  author: "author: weightscan",
  licence: "licence: CC0-1.0",
  date: "date: 2026-11-23",
};

/** Text of a family: the sound one, with lines replaced, added, or (null) left out. */
export function family(lines: Readonly<Record<string, string | null>> = {}): string {
  return Object.values({ ...sound, ...lines }).filter((line) => line !== null).join("\n") + "\n";
}

/** A file of the collection. */
export function file(name: string, text: string): CollectionFile {
  return { path: `prompts/${name}`, text };
}

/** Errors and warnings of a collection. */
export function faultsOf(
  files: readonly CollectionFile[],
  knowledge: ModelKnowledge = {},
): readonly Fault[] {
  const parsed = parseCollection(files, knowledge);
  return parsed.ok ? parsed.warnings : parsed.faults;
}

/** `day.yml:3:11 value`, for short comparisons. */
export function place(fault: Fault): string {
  const path = fault.path.replace("prompts/", "");
  return fault.line > 0
    ? `${path}:${fault.line}:${fault.column} ${fault.code}`
    : `${path} ${fault.code}`;
}

/** A tokenizer of words with the space before them, after a first token of its own. */
export const wordModel: ModelKnowledge = {
  knownModel: (name) => name === "bundled" ? null : "there is no such folder",
  tokenize: (_name, text) => [
    0,
    ...(text.match(/ ?[A-Za-z]+|\d| ?[^A-Za-z\d\s]|\s/g) ?? []).map((word) =>
      [...word].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 65521, 7)
    ),
  ],
  maxTokens: () => 16,
};
