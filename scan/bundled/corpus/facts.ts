/** A small table of facts, each told in several ways, and tales in which a fact is otherwise. */

import type { Random } from "./random.ts";
import type { Draft, Skill } from "./skill.ts";
import { colors } from "./vocabulary.ts";

interface Relation {
  /** Subject and object of every fact. */
  readonly pairs: readonly (readonly [string, string])[];
  readonly templates: readonly ((subject: string, object: string) => string)[];
}

/** Each fact appears in every template but the held-out combinations. */
export const relations: Readonly<Record<string, Relation>> = {
  capital: {
    pairs: [
      ["France", "Paris"],
      ["Italy", "Rome"],
      ["Spain", "Madrid"],
      ["Japan", "Tokyo"],
      ["Egypt", "Cairo"],
      ["Peru", "Lima"],
      ["Cuba", "Havana"],
      ["Norway", "Oslo"],
      ["Greece", "Athens"],
      ["Kenya", "Nairobi"],
    ],
    templates: [
      (s, o) => `The capital of ${s} is< ${o}>.`,
      (s, o) => `In ${s} the capital is< ${o}>.`,
      (s, o) => `What is the capital of ${s}?< ${o}>.`,
      (s, o) => `The land of ${s} has its capital in< ${o}>.`,
      (s, o) => `The main city of ${s} is< ${o}>.`,
      (s, o) => `The city of ${o} is the capital of< ${s}>.`,
      (s, o) => `We see ${o}, a city in< ${s}>.`,
    ],
  },
  color: {
    pairs: [
      ["grass", "green"],
      ["snow", "white"],
      ["blood", "red"],
      ["coal", "black"],
      ["sky", "blue"],
      ["sun", "yellow"],
      ["mud", "brown"],
      ["ash", "gray"],
    ],
    templates: [
      (s, o) => `The color of the ${s} is< ${o}>.`,
      (s, o) => `What color is the ${s}?< ${o}>.`,
      (s, o) => `We see that the ${s} is< ${o}>.`,
      (s, o) => `The ${s} has the color< ${o}>.`,
      (s, o) => `We know that the ${s} is< ${o}>.`,
      (s, o) => `What is ${o}? The< ${s}>.`,
    ],
  },
  child: {
    pairs: [
      ["dog", "puppy"],
      ["cat", "kitten"],
      ["cow", "calf"],
      ["hen", "chick"],
      ["pig", "piglet"],
      ["bear", "cub"],
    ],
    templates: [
      (s, o) => `The child of the ${s} is the< ${o}>.`,
      (s, o) => `A young ${s} is called a< ${o}>.`,
      (s, o) => `What is the child of the ${s}? The< ${o}>.`,
      (s, o) => `The ${s} has a child, the< ${o}>.`,
      (s, o) => `A ${o} is a young< ${s}>.`,
    ],
  },
  sound: {
    pairs: [
      ["dog", "woof"],
      ["cat", "meow"],
      ["cow", "moo"],
      ["hen", "cluck"],
      ["pig", "oink"],
      ["bear", "growl"],
    ],
    templates: [
      (s, o) => `The sound of the ${s} is the< ${o}>.`,
      (s, o) => `The ${s} says< ${o}>.`,
      (s, o) => `What is the sound of the ${s}? The< ${o}>.`,
      (s, o) => `We know that the ${s} says< ${o}>.`,
      (s, o) => `Who says ${o}? The< ${s}>.`,
    ],
  },
  home: {
    pairs: [
      ["dog", "house"],
      ["cat", "basket"],
      ["cow", "barn"],
      ["hen", "coop"],
      ["pig", "sty"],
      ["bear", "cave"],
    ],
    templates: [
      (s, o) => `The home of the ${s} is the< ${o}>.`,
      (s, o) => `The ${s} lives in the< ${o}>.`,
      (s, o) => `What is the home of the ${s}? The< ${o}>.`,
      (s, o) => `We know that the ${s} lives in the< ${o}>.`,
      (s, o) => `Who lives in the ${o}? The< ${s}>.`,
    ],
  },
  food: {
    pairs: [
      ["dog", "bone"],
      ["cat", "fish"],
      ["cow", "grass"],
      ["hen", "corn"],
      ["pig", "apple"],
      ["bear", "honey"],
    ],
    templates: [
      (s, o) => `The food of the ${s} is the< ${o}>.`,
      (s, o) => `The ${s} eats the< ${o}>.`,
      (s, o) => `What is the food of the ${s}? The< ${o}>.`,
      (s, o) => `We know that the ${s} eats the< ${o}>.`,
      (s, o) => `Who eats the ${o}? The< ${s}>.`,
    ],
  },
};

const relationNames = Object.keys(relations);

function toldFact(random: Random): Draft {
  // Animals have four relations and capitals one: draw capitals and colors more often.
  const name = random.chance(0.4)
    ? (random.chance(0.6) ? "capital" : "color")
    : random.pick(relationNames);
  const { pairs, templates } = relations[name];
  const [subject, object] = random.pick(pairs);
  const template = random.below(templates.length);
  // Relations of one subject share the numbering of templates, so "child" and "sound" of an animal
  // in the same sentence are held out together.
  const group = name === "capital" || name === "color" ? name : "animal";
  return { key: `${group} ${template} ${subject}`, marked: templates[template](subject, object) };
}

/** `In the tale the snow is red. In the world the snow is white.` */
function tale(random: Random): Draft {
  const [thing, truth] = random.pick(relations.color.pairs);
  const told = random.pick(colors.filter((color) => color !== truth));
  const inTale = random.chance(0.5);
  const template = random.below(3);
  const where = inTale ? "tale" : "world";
  const answer = inTale ? told : truth;
  const texts = [
    `In the tale the ${thing} is ${told}. In the ${where} the ${thing} is< ${answer}>.`,
    `In the tale the ${thing} is ${told}. What color is it in the ${where}?< ${answer}>.`,
    `In the tale we see a ${told} ${thing}. The color of the ${thing} in the ${where} is< ${answer}>.`,
  ];
  return { key: `tale ${template} ${thing} ${told}`, marked: texts[template] };
}

export const facts: Skill = {
  weight: 14,
  drafts: [1, 3],
  draft: (random) => random.chance(0.8) ? toldFact(random) : tale(random),
};
