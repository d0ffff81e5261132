/** Who is meant: pronouns, and who ends up with a thing that changes hands. */

import type { Random } from "./random.ts";
import type { Draft, Skill } from "./skill.ts";
import { men, objects, people, places, women } from "./vocabulary.ts";

const moods = ["glad", "sad", "tired", "late", "sick"] as const;

/** One woman and one man, and which of the two comes first. */
function drawPair(random: Random): { first: string; second: string; firstIsWoman: boolean } {
  const woman = random.pick(women);
  const man = random.pick(men);
  const firstIsWoman = random.chance(0.5);
  return firstIsWoman
    ? { first: woman, second: man, firstIsWoman }
    : { first: man, second: woman, firstIsWoman };
}

/** `Anna met Tom in the park. He was sad. Who was sad? Tom.` */
function whoWas(random: Random): Draft {
  const { first, second, firstIsWoman } = drawPair(random);
  const aboutFirst = random.chance(0.5);
  const pronoun = aboutFirst === firstIsWoman ? "She" : "He";
  const meant = aboutFirst ? first : second;
  const place = random.pick(places);
  const mood = random.pick(moods);
  const template = random.below(3);
  const texts = [
    `${first} met ${second} in the ${place}. ${pronoun} was ${mood}. Who was ${mood}?< ${meant}>.`,
    `${first} saw ${second}. ${pronoun} was ${mood}. So the ${mood} one was< ${meant}>.`,
    `${first} and ${second} went to the ${place}. ${pronoun} was ${mood}. Who was ${mood}?< ${meant}>.`,
  ];
  return { key: `who ${template} ${first} ${second}`, marked: texts[template] };
}

/** `Anna met Tom. Tom was sad, so he went home.` */
function pronoun(random: Random): Draft {
  const { first, second, firstIsWoman } = drawPair(random);
  const mood = random.pick(moods);
  const template = random.below(3);
  const aboutFirst = random.chance(0.5);
  const person = aboutFirst ? first : second;
  const word = aboutFirst === firstIsWoman ? "she" : "he";
  const friend = aboutFirst ? second : first;
  const texts = [
    `${first} met ${second}. ${person} was ${mood}, so< ${word}> went home.`,
    `${first} met ${second}. When ${person} was ${mood},< ${word}> sat down.`,
    `${person}, a friend of ${friend}, says that< ${word}> is ${mood}.`,
  ];
  const key = template < 2 ? `${template} ${first} ${second}` : `2 ${person} ${friend}`;
  return { key: `pronoun ${key}`, marked: texts[template] };
}

/** `When Anna and Tom went to the shop, Anna gave the ball to Tom.` */
function otherOne(random: Random): Draft {
  const [a, b] = random.sample(people, 2);
  const giver = random.chance(0.5) ? a : b;
  const taker = giver === a ? b : a;
  const place = random.pick(places);
  const thing = random.pick(objects);
  return {
    key: `other ${a} ${b} ${thing}`,
    marked: `When ${a} and ${b} went to the ${place}, ${giver} gave the ${thing} to< ${taker}>.`,
  };
}

/** `Anna gave the ball to Tom. Now the ball belongs to Tom.` */
function handOver(random: Random): Draft {
  const [a, b] = random.sample(people, 2);
  const thing = random.pick(objects);
  const gives = random.chance(0.5);
  const owner = gives ? b : a;
  const act = gives ? `gave the ${thing} to` : `took the ${thing} from`;
  const ask = random.below(2);
  const asks = [`Now the ${thing} belongs to< ${owner}>.`, `Who has the ${thing}?< ${owner}>.`];
  return { key: `hand ${ask} ${a} ${b}`, marked: `${a} ${act} ${b}. ${asks[ask]}` };
}

export const coreference: Skill = {
  weight: 12,
  drafts: [1, 1],
  draft: (random) => random.pick([whoWas, whoWas, pronoun, otherOne, handOver])(random),
};
