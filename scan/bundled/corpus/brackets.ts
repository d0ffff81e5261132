/** Nested brackets: the right one has to be closed, innermost first. */

import type { Random } from "./random.ts";
import type { Draft, Skill } from "./skill.ts";
import { listWords } from "./vocabulary.ts";

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const opening = Object.keys(closing);

/** `( [ dog ] ) end.`: the word in the middle turns opening into closing. */
function aroundWord(random: Random): Draft {
  const opened = Array.from({ length: random.between(2, 5) }, () => random.pick(opening));
  const word = random.pick(listWords);
  const ends = opened.toReversed().map((bracket) => `< ${closing[bracket]}>`).join("");
  return {
    key: `around ${opened.length} ${opened[0]} ${word}`,
    marked: `${opened.join(" ")} ${word}${ends}< end>.`,
  };
}

/** `Open ( [ ] { close } ) end.`: some brackets are closed on the way, the rest after the word. */
function openAndClose(random: Random): Draft {
  const stack: string[] = [];
  let marked = "Open";
  let key = "open ";
  const steps = random.between(3, 8);
  for (let i = 0; i < steps; i++) {
    const open = stack.length === 0 || (stack.length < 4 && random.chance(0.65));
    const bracket = open ? random.pick(opening) : stack.pop()!;
    if (open) stack.push(bracket);
    // The type of the second bracket is left out, so that pairs differing in it stay together.
    key += open ? (i === 1 ? "?" : bracket) : "<";
    marked += ` ${open ? bracket : closing[bracket]}`;
  }
  marked += " close";
  for (const bracket of stack.reverse()) marked += `< ${closing[bracket]}>`;
  return { key, marked: `${marked}< end>.` };
}

export const brackets: Skill = {
  weight: 8,
  drafts: [1, 2],
  draft: (random) => random.chance(0.5) ? aroundWord(random) : openAndClose(random),
};
