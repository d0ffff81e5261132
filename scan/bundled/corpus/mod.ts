/**
 * The micro-English that the bundled model learns: an endless, seeded stream of short texts.
 *
 * Every text belongs to one skill and says which of its characters can be predicted from what came
 * before. A text is either trained on or held out, never both: the split is a hash of the
 * combinations (template and content) of which the text is made.
 */

import { agreement } from "./agreement.ts";
import { alphabet } from "./alphabet.ts";
import { brackets } from "./brackets.ts";
import { calendar } from "./calendar.ts";
import { comparison } from "./comparison.ts";
import { copying } from "./copying.ts";
import { coreference } from "./coreference.ts";
import { counting } from "./counting.ts";
import { doubling } from "./doubling.ts";
import { facts } from "./facts.ts";
import { induction } from "./induction.ts";
import { opposites } from "./opposites.ts";
import { hashText, Random } from "./random.ts";
import type { Skill } from "./skill.ts";
import { stories } from "./stories.ts";

/** The two sides of the corpus. */
export type Split = "train" | "held-out";

/** One text with what can be predicted in it. */
export interface Example {
  readonly skill: string;
  readonly text: string;
  /** UTF-16 ranges of `text`, in order, each one word with its leading space. */
  readonly answers: readonly { readonly start: number; readonly end: number }[];
}

/** All skills by name; the weights of the mixture stand in their files. */
export const skillsByName: Readonly<Record<string, Skill>> = {
  calendar,
  alphabet,
  counting,
  doubling,
  brackets,
  copying,
  induction,
  agreement,
  coreference,
  facts,
  opposites,
  comparison,
  stories,
};

/** Names of the skills, in the order in which tables list them. */
export const skills: readonly string[] = Object.keys(skillsByName);

/** One combination in this many is held out. */
const heldOutShare = 8;

/** The side on which a combination of a skill falls, for ever. */
export function splitOf(skill: string, key: string): Split {
  return hashText(`${skill}:${key}`) % heldOutShare === 0 ? "held-out" : "train";
}

/** Turns drafts in the notation of `skill.ts` into one text with its answer ranges. */
function assemble(skill: string, drafts: readonly string[]): Example {
  const answers: { start: number; end: number }[] = [];
  let text = "";
  for (const marked of drafts) {
    if (text !== "") text += " ";
    let from = 0;
    for (let open = marked.indexOf("<"); open >= 0; open = marked.indexOf("<", from)) {
      const close = marked.indexOf(">", open);
      text += marked.slice(from, open);
      const start = text.length;
      text += marked.slice(open + 1, close);
      answers.push({ start, end: text.length });
      from = close + 1;
    }
    text += marked.slice(from);
  }
  return { skill, text, answers };
}

/** Draws one text of a skill; no combination comes twice in it. */
function drawExample(name: string, split: Split, random: Random): Example {
  const skill = skillsByName[name];
  const wanted = random.between(skill.drafts[0], skill.drafts[1]);
  const keys = new Set<string>();
  const drafts: string[] = [];
  while (drafts.length < wanted) {
    const { key, marked } = skill.draft(random);
    if (keys.has(key) || splitOf(name, key) !== split) continue;
    keys.add(key);
    drafts.push(marked);
  }
  return assemble(name, drafts);
}

/**
 * Endless texts of one side, skills mixed by their weights.
 *
 * @param seed any integer; the same seed and split give the same texts
 * @param only restricts the stream to one skill
 * @throws {RangeError} if `only` names no skill
 */
export function* generateExamples(
  seed: number,
  split: Split,
  only?: string,
): Generator<Example, never, undefined> {
  if (only !== undefined && !(only in skillsByName)) {
    throw new RangeError(
      `Cannot generate "${only}": expected one of ${skills.join(", ")}, got "${only}"`,
    );
  }
  const random = new Random(seed);
  const deck = skills.flatMap((name) => Array<string>(skillsByName[name].weight).fill(name));
  while (true) yield drawExample(only ?? random.pick(deck), split, random);
}
