/** Random lists said again, said backwards, or asked for their first and last word. */

import type { Random } from "./random.ts";
import type { Draft, Skill } from "./skill.ts";
import { listWords } from "./vocabulary.ts";

const spell = (words: readonly string[]) => words.map((word) => ` ${word}`).join(",");
const answer = (words: readonly string[]) => words.map((word) => `< ${word}>`).join(",");

function draftCopy(random: Random): Draft {
  const reversed = random.chance(0.45);
  const words = random.sample(listWords, random.between(3, reversed ? 5 : 7));
  const said = reversed ? words.toReversed() : words;
  return {
    key: `list ${words.join(" ")}`,
    marked: `${reversed ? "Reverse" : "Copy"}:${spell(words)}. Answer:${answer(said)}.`,
  };
}

function draftEnds(random: Random): Draft {
  const words = random.sample(listWords, random.between(3, 6));
  const first = random.chance(0.5);
  const word = words[first ? 0 : words.length - 1];
  const template = random.below(2);
  const which = first ? "first" : "last";
  const marked = template === 0
    ? `List:${spell(words)}. The ${which} word is< ${word}>.`
    : `Which word is ${which} in${spell(words)}?< ${word}>.`;
  return { key: `ends ${template} ${words.join(" ")}`, marked };
}

export const copying: Skill = {
  weight: 9,
  drafts: [1, 1],
  draft: (random) => random.chance(0.7) ? draftCopy(random) : draftEnds(random),
};
