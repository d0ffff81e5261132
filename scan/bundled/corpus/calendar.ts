/** Days and months: cycles forwards and backwards, in ones and in twos. */

import type { Random } from "./random.ts";
import type { Draft, Skill } from "./skill.ts";
import { days, months } from "./vocabulary.ts";

const cycles = [
  { unit: "day", items: days as readonly string[] },
  { unit: "month", items: months as readonly string[] },
];

function stepSequence(random: Random): Draft {
  const { unit, items } = random.pick(cycles);
  const start = random.below(items.length);
  const step = random.pick([1, 1, -1, 2, -2]);
  const length = random.between(4, 7);
  // Twelve more words that start a text would be twelve more tokens: months never do.
  let marked = unit === "month" ? "One by one: " : "";
  for (let i = 0; i < length; i++) {
    const word = items[(start + i * step + 2 * items.length * length) % items.length];
    // Two items fix the step; from the third on everything can be known.
    marked += i === 0 ? word : i === 1 ? `, ${word}` : `,< ${word}>`;
  }
  return { key: `sequence ${unit} ${start} ${step}`, marked: `${marked}.` };
}

function relation(random: Random): Draft {
  const { unit, items } = random.pick(cycles);
  const at = random.below(items.length);
  const later = random.chance(0.5);
  const other = (offset: number) =>
    items[(at + (later ? offset : -offset) + items.length) % items.length];
  const x = items[at];
  const word = later ? "after" : "before";
  const y = other(1);
  const template = random.below(8);
  const texts = [
    () => `The ${unit} ${word} ${x} is< ${y}>.`,
    () => `${later ? "After" : "Before"} ${x} comes< ${y}>.`,
    () => `The ${unit} is ${x}. The one ${word} ${later ? "is" : "was"}< ${y}>.`,
    () => `It is ${x}. One ${unit} ${later ? "later it is" : "earlier it was"}< ${y}>.`,
    () => `Two ${unit}s ${word} ${x} is< ${other(2)}>.`,
    () => `Which ${unit} comes ${word} ${x}?< ${y}>.`,
    () => `The ${unit} ${x} comes just ${later ? "before" : "after"}< ${y}>.`,
    () => `It is ${x}. Two ${unit}s ${later ? "later it is" : "earlier it was"}< ${other(2)}>.`,
  ];
  return { key: `relation ${template} ${x}`, marked: texts[template]() };
}

export const calendar: Skill = {
  weight: 9,
  drafts: [1, 2],
  draft: (random) => random.chance(0.45) ? stepSequence(random) : relation(random),
};
