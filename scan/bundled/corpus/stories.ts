/** Short stories with a name, a thing or a place to recall, and things that are moved meanwhile. */

import type { Random } from "./random.ts";
import type { Draft, Skill } from "./skill.ts";
import { containers, objects, people, places } from "./vocabulary.ts";

/** Two things in two containers; asked where one is, who put it there, what is in a container. */
function twoThings(random: Random): Draft {
  const names = random.sample(people, 2);
  const things = random.sample(objects, 2);
  const spots = random.sample(containers, 2);
  const told = `${names[0]} put the ${things[0]} in the ${spots[0]}. ` +
    `${names[1]} put the ${things[1]} in the ${spots[1]}.`;
  const template = random.below(3);
  const questions = random.sample([0, 1], random.between(1, 2)).map((i) =>
    [
      ` Where is the ${things[i]}? In the< ${spots[i]}>.`,
      ` Who put the ${things[i]} in the ${spots[i]}?< ${names[i]}>.`,
      ` What is in the ${spots[i]}? The< ${things[i]}>.`,
    ][template]
  );
  return {
    key: `two ${template} ${things.join(" ")} ${spots.join(" ")}`,
    marked: told + questions.join(""),
  };
}

/** One of two things is moved; the other stays. */
function moved(random: Random): Draft {
  const [a, b] = random.sample(people, 2);
  const things = random.sample(objects, 2);
  const [here, there] = random.sample(containers, 2);
  const mover = random.below(2);
  const questions = random.sample([0, 1], random.between(1, 2)).map((i) =>
    ` Where is the ${things[i]}? In the< ${i === mover ? there : here}>.`
  );
  return {
    key: `moved ${things.join(" ")} ${here} ${there}`,
    marked: `${a} put the ${things[0]} and the ${things[1]} in the ${here}. ` +
      `${b} moved the ${things[mover]} to the ${there}.${questions.join("")}`,
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
  const names = random.sample(people, 2);
  const [x, y, z] = random.sample(places, 3);
  const walker = random.pick([undefined, 0, 1]);
  const now = [walker === 0 ? z : x, walker === 1 ? z : y];
  const walk = walker === undefined ? "" : ` Then ${names[walker]} went to the ${z}.`;
  const questions = random.sample([0, 1], random.between(1, 2)).map((i) =>
    ` Where is ${names[i]}? In the< ${now[i]}>.`
  );
  return {
    key: `where ${names.join(" ")} ${x} ${y}`,
    marked: `${names[0]} went to the ${x}. ${names[1]} went to the ${y}.${walk}` +
      questions.join(""),
  };
}

export const stories: Skill = {
  weight: 13,
  drafts: [1, 1],
  draft: (random) =>
    random.pick([twoThings, twoThings, moved, belief, belief, whereabouts])(random),
};
