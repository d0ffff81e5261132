/** Sizes of animals, which are learned, and heights of people, which the text tells. */

import type { Random } from "./random.ts";
import type { Draft, Skill } from "./skill.ts";
import { animalsBySize, people } from "./vocabulary.ts";

function animals(random: Random): Draft {
  const i = random.below(animalsBySize.length);
  let j = random.below(animalsBySize.length - 1);
  if (j >= i) j++;
  const x = animalsBySize[i];
  const y = animalsBySize[j];
  const bigger = random.chance(0.5);
  const chosen = (i > j) === bigger ? x : y;
  const word = bigger ? "bigger" : "smaller";
  const template = random.below(5);
  const texts = [
    () => `Which is ${word}, the ${x} or the ${y}? The< ${chosen}>.`,
    () => `Of the ${x} and the ${y}, the ${word} one is the< ${chosen}>.`,
    () => `To the ${x} the ${y} is< ${j > i ? "big" : "small"}>.`,
    () => `Is the ${x} ${word} than the ${y}?< ${(i > j) === bigger ? "Yes" : "No"}>.`,
    () => `The ${x} and the ${y} met. The ${word} animal was the< ${chosen}>.`,
  ];
  return { key: `animals ${template} ${x} ${y}`, marked: texts[template]() };
}

/** `Anna is taller than Tom. Tom is taller than Ben. The tallest is Anna.` */
function heights(random: Random): Draft {
  const [a, b, c] = random.sample(people, 3);
  const taller = random.chance(0.5);
  const word = taller ? "taller" : "shorter";
  const facts = [`${a} is ${word} than ${b}.`, `${b} is ${word} than ${c}.`];
  const swapped = random.chance(0.4);
  if (swapped) facts.reverse();
  const tallest = random.chance(0.5);
  const answer = tallest === taller ? a : c;
  return {
    key: `heights ${a} ${b} ${c} ${swapped}`,
    marked: `${facts.join(" ")} The ${tallest ? "tallest" : "shortest"} is< ${answer}>.`,
  };
}

export const comparison: Skill = {
  weight: 11,
  drafts: [1, 1],
  draft: (random) => random.chance(0.6) ? animals(random) : heights(random),
};
