/** Doubling and halving, as sequences and as single sums. */

import { markSequence } from "./counting.ts";
import type { Random } from "./random.ts";
import type { Draft, Skill } from "./skill.ts";
import { largestNumber } from "./vocabulary.ts";

/** Every start from which at least four doublings stay within the numbers of the language. */
const longestStart = Math.floor(largestNumber / 8);

function sequence(random: Random): Draft {
  const items = [random.between(1, longestStart)];
  while (items[items.length - 1] * 2 <= largestNumber) items.push(items[items.length - 1] * 2);
  const up = random.chance(0.6);
  if (!up) items.reverse();
  const shown = items.slice(0, random.between(4, items.length));
  return { key: `sequence ${items[0]} ${up}`, marked: `Count:${markSequence(shown)}.` };
}

function single(random: Random): Draft {
  const n = random.between(1, largestNumber / 2);
  const twice = random.chance(0.6);
  const template = random.below(4);
  const [x, y] = twice ? [n, 2 * n] : [2 * n, n];
  const texts = twice
    ? [
      `Double ${x} is< ${y}>.`,
      `The sum of ${x} and ${x} is< ${y}>.`,
      `Two times ${x} is< ${y}>.`,
      `What is double ${x}?< ${y}>.`,
    ]
    : [
      `The half of ${x} is< ${y}>.`,
      `One half of ${x} is< ${y}>.`,
      `The number ${x} is double< ${y}>.`,
      `What is half of ${x}?< ${y}>.`,
    ];
  return { key: `single ${twice} ${template} ${x}`, marked: texts[template] };
}

export const doubling: Skill = {
  weight: 6,
  drafts: [1, 3],
  draft: (random) => random.chance(0.35) ? sequence(random) : single(random),
};
