/** Letters in order, forwards and backwards, in ones, twos and threes. */

import type { Random } from "./random.ts";
import type { Draft, Skill } from "./skill.ts";
import { letters } from "./vocabulary.ts";

function stepSequence(random: Random): Draft {
  const step = random.pick([1, 1, -1, -1, 2, -2, 3]);
  const length = random.between(4, 7);
  const span = Math.abs(step) * (length - 1);
  const low = random.below(letters.length - span);
  const start = step > 0 ? low : low + span;
  let marked = "";
  for (let i = 0; i < length; i++) {
    const letter = letters[start + i * step];
    marked += i === 0 ? letter : i === 1 ? `, ${letter}` : `,< ${letter}>`;
  }
  return { key: `sequence ${letters[start]} ${step}`, marked: `${marked}.` };
}

function relation(random: Random): Draft {
  const template = random.below(6);
  const reach = template >= 4 ? 2 : 1;
  const at = random.between(reach, letters.length - 1 - reach);
  const later = random.chance(0.5);
  const x = letters[at];
  const y = letters[at + (later ? reach : -reach)];
  const word = later ? "after" : "before";
  const texts = [
    () => `The letter ${word} ${x} is< ${y}>.`,
    () => `${later ? "After" : "Before"} ${x} comes< ${y}>.`,
    () => `Which letter comes ${word} ${x}?< ${y}>.`,
    () => `The letter ${x} comes just ${later ? "before" : "after"}< ${y}>.`,
    () => `Two letters ${word} ${x} is< ${y}>.`,
    () => `Which letter comes two ${word} ${x}?< ${y}>.`,
  ];
  return { key: `relation ${template} ${x}`, marked: texts[template]() };
}

export const alphabet: Skill = {
  weight: 8,
  drafts: [1, 2],
  draft: (random) => random.chance(0.4) ? stepSequence(random) : relation(random),
};
