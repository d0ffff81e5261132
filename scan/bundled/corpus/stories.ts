/** Short stories with a name, a thing or a place to recall, and things that are moved meanwhile. */

import type { Random } from "./random.ts";
import type { Draft, Skill } from "./skill.ts";
import { containers, objects, people, places } from "./vocabulary.ts";

/** Two things in two containers; asked for one of them, or for who put it there. */
function twoThings(random: Random): Draft {
  const [a, b] = random.sample(people, 2);
  const [thing, other] = random.sample(objects, 2);
  const [here, there] = random.sample(containers, 2);
  const first = random.chance(0.5);
  const asked = first ? thing : other;
  const template = random.below(3);
  const told = `${a} put the ${thing} in the ${here}. ${b} put the ${other} in the ${there}.`;
  const asks = [
    `Where is the ${asked}? In the< ${first ? here : there}>.`,
    `Who put the ${asked} in the ${first ? here : there}?< ${first ? a : b}>.`,
    `What is in the ${first ? here : there}? The< ${asked}>.`,
  ];
  return {
    key: `two ${template} ${thing} ${other} ${here} ${there}`,
    marked: `${told} ${asks[template]}`,
  };
}

/** One of two things is moved; the other stays. */
function moved(random: Random): Draft {
  const [a, b] = random.sample(people, 2);
  const [thing, other] = random.sample(objects, 2);
  const [here, there] = random.sample(containers, 2);
  const movedFirst = random.chance(0.5);
  const askedFirst = random.chance(0.5);
  const asked = askedFirst ? thing : other;
  const place = movedFirst === askedFirst ? there : here;
  return {
    key: `moved ${thing} ${other} ${here} ${there}`,
    marked: `${a} put the ${thing} and the ${other} in the ${here}. ` +
      `${b} moved the ${movedFirst ? thing : other} to the ${there}. ` +
      `Where is the ${asked}? In the< ${place}>.`,
  };
}

/** Who left did not see the move and looks in the old place. */
function belief(random: Random): Draft {
  const [a, b] = random.sample(people, 2);
  const thing = random.pick(objects);
  const [here, there] = random.sample(containers, 2);
  const left = random.chance(0.5);
  const template = random.below(2);
  const looks = template === 0;
  const end = looks
    ? `${a} looks for the ${thing} in the< ${left ? here : there}>.`
    : `Where is the ${thing}? In the< ${there}>.`;
  return {
    key: `belief ${thing} ${here} ${there}`,
    marked: `${a} put the ${thing} in the ${here}. ${a} ${left ? "left" : "stayed"}. ` +
      `${b} moved the ${thing} to the ${there}. ${end}`,
  };
}

/** Two people in two places; one of them may walk on. */
function whereabouts(random: Random): Draft {
  const [a, b] = random.sample(people, 2);
  const [x, y, z] = random.sample(places, 3);
  const walks = random.below(3);
  const askFirst = random.chance(0.5);
  const where = [walks === 1 ? z : x, walks === 2 ? z : y];
  const walk = walks === 0 ? "" : ` Then ${walks === 1 ? a : b} went to the ${z}.`;
  return {
    key: `where ${a} ${b} ${x} ${y}`,
    marked: `${a} went to the ${x}. ${b} went to the ${y}.${walk} ` +
      `Where is ${askFirst ? a : b}? In the< ${where[askFirst ? 0 : 1]}>.`,
  };
}

export const stories: Skill = {
  weight: 13,
  drafts: [1, 1],
  draft: (random) =>
    random.pick([twoThings, twoThings, moved, belief, belief, whereabouts])(random),
};
