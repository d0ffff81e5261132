/** Numbers in even steps, in digits and in words, upwards and downwards. */

import type { Random } from "./random.ts";
import type { Draft, Skill } from "./skill.ts";
import { largestNumber, numberWords } from "./vocabulary.ts";

/** A third number is needed to tell an even step from doubling, so answers start at the fourth. */
export function markSequence(items: readonly (string | number)[]): string {
  return items.map((item, i) => i < 3 ? ` ${item}` : `< ${item}>`).join(",");
}

function digits(random: Random): Draft {
  const step = random.pick([1, 1, 2, 3, 4, 5, 10]);
  const length = Math.min(random.between(5, 8), Math.floor((largestNumber - 1) / step) + 1);
  const low = 1 + random.below(largestNumber - step * (length - 1));
  const up = random.chance(0.6);
  const items = Array.from({ length }, (_, i) => low + step * (up ? i : length - 1 - i));
  return {
    key: `digits ${items[0]} ${up ? step : -step}`,
    marked: `Count:${markSequence(items)}.`,
  };
}

function words(random: Random): Draft {
  const step = random.pick([1, 1, 2]);
  const length = random.between(4, step === 2 ? 5 : 8);
  const low = random.below(numberWords.length - step * (length - 1));
  const up = random.chance(0.6);
  const items = Array.from(
    { length },
    (_, i) => numberWords[low + step * (up ? i : length - 1 - i)],
  );
  return {
    key: `words ${items[0]} ${up ? step : -step}`,
    marked: `Count:${markSequence(items)}.`,
  };
}

function relation(random: Random): Draft {
  const template = random.below(4);
  const inWords = random.chance(0.3);
  const last = inWords ? numberWords.length - 1 : largestNumber;
  const at = random.between(inWords ? 1 : 2, last - 1);
  const later = random.chance(0.5);
  const show = (n: number) => inWords ? numberWords[n] : String(n);
  const x = show(at);
  const y = show(at + (later ? 1 : -1));
  const texts = [
    () => `The number ${later ? "after" : "before"} ${x} is< ${y}>.`,
    () => `${later ? "After" : "Before"} ${x} comes< ${y}>.`,
    () => `Which number comes ${later ? "after" : "before"} ${x}?< ${y}>.`,
    () => `One ${later ? "more" : "less"} than ${x} is< ${y}>.`,
  ];
  return { key: `relation ${template} ${x}`, marked: texts[template]() };
}

export const counting: Skill = {
  weight: 9,
  drafts: [1, 2],
  draft: (random) => {
    const kind = random.below(10);
    return kind < 5 ? digits(random) : kind < 7 ? words(random) : relation(random);
  },
};
