/** Opposites, asked for directly and through negation. */

import type { Random } from "./random.ts";
import type { Draft, Skill } from "./skill.ts";
import { objects, oppositePairs } from "./vocabulary.ts";

function direct(random: Random): Draft {
  const pair = random.pick(oppositePairs);
  const turned = random.chance(0.5);
  const [x, y] = turned ? [pair[1], pair[0]] : pair;
  const template = random.below(4);
  const texts = [
    `The opposite of ${x} is< ${y}>.`,
    `What is the opposite of ${x}?< ${y}>.`,
    `It is not ${x} but< ${y}>.`,
    `It can be ${x} or< ${y}>.`,
  ];
  return { key: `direct ${template} ${x}`, marked: texts[template] };
}

/** `The cup is not hot. So the cup is cold.` against `The cup is very hot. So the cup is hot.` */
function negated(random: Random): Draft {
  const pair = random.pick(oppositePairs);
  const turned = random.chance(0.5);
  const [x, y] = turned ? [pair[1], pair[0]] : pair;
  const thing = random.pick(objects);
  const not = random.chance(0.55);
  const word = not ? "not" : random.pick(["very", "so"]);
  const answer = not ? y : x;
  const template = random.below(3);
  const texts = [
    `The ${thing} is ${word} ${x}. So the ${thing} is< ${answer}>.`,
    `The ${thing} was ${word} ${x}. How was the ${thing}?< ${answer}>.`,
    `We think the ${thing} is ${word} ${x}. We think it is< ${answer}>.`,
  ];
  return { key: `negated ${template} ${thing} ${x}`, marked: texts[template] };
}

export const opposites: Skill = {
  weight: 6,
  drafts: [1, 2],
  draft: (random) => random.chance(0.4) ? direct(random) : negated(random),
};
