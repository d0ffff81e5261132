import type { Example } from "./corpus/mod.ts";
import { Random } from "./corpus/random.ts";
import {
  colors,
  containers,
  letters,
  listWords,
  objects,
  people,
  places,
  treats,
} from "./corpus/vocabulary.ts";

/**
 * Drills: texts for training alone that ask many questions about one short scene. Who has what is drawn
 * anew in each, so that it can only be looked up in the text; and a dozen answers in a text teach
 * looking up far sooner than the corpus does, whose texts ask one or two. Their scenes have at least
 * three members, so that none is a held-out text of the corpus, which have two of everything or ask once.
 */

type Drill = (random: Random) => string;

/** Draws `count` items, the same one several times if need be. */
function draw<T>(random: Random, items: readonly T[], count: number): T[] {
  return Array.from({ length: count }, () => random.pick(items));
}

/** `A: red. B: blue. C: pen. B:< blue>. A:< red>. …` */
const lookUp: Drill = (random) => {
  const count = random.between(3, 6);
  const keys = random.sample(random.chance(0.6) ? letters : people, count);
  const values = random.sample(random.chance(0.5) ? colors : listWords, count);
  const pairs = keys.map((key, i) => ({ key, value: values[i] }));
  const told = pairs.map(({ key, value }) => `${key}: ${value}.`);
  const asked = draw(random, pairs, random.between(6, 12));
  return [...told, ...asked.map(({ key, value }) => `${key}:< ${value}>.`)].join(" ");
};

/** `Anna likes tea. Tom likes jam. Ben likes milk. Who likes jam?< Tom>. Ben likes< milk>. …` */
const likes: Drill = (random) => {
  const count = random.between(3, 5);
  const names = random.sample(people, count);
  const things = random.sample(random.chance(0.6) ? treats : listWords, count);
  const pairs = names.map((name, i) => ({ name, thing: things[i] }));
  const told = pairs.map(({ name, thing }) => `${name} likes ${thing}.`);
  const asked = draw(random, pairs, random.between(5, 8)).map(({ name, thing }) =>
    random.pick([
      `${name} likes< ${thing}>.`,
      `What ${name} likes is< ${thing}>.`,
      `Who likes ${thing}?< ${name}>.`,
    ])
  );
  return [...told, ...asked].join(" ");
};

/** `Eva went to the school. Paul … Tom … Where is Paul? In the< shop>. …`, one of them walks on at times. */
const whereabouts: Drill = (random) => {
  const count = random.between(3, 4);
  const names = random.sample(people, count);
  const free = random.sample(places, places.length);
  const scene = names.map((name) => ({ name, place: free.pop()! }));
  const told = scene.map(({ name, place }) => `${name} went to the ${place}.`);
  if (random.chance(0.5)) {
    const walker = random.pick(scene);
    walker.place = free.pop()!;
    told.push(`Then ${walker.name} went to the ${walker.place}.`);
  }
  const asked = draw(random, scene, random.between(4, 6)).map(({ name, place }) =>
    `Where is ${name}? In the< ${place}>.`
  );
  return [...told, ...asked].join(" ");
};

/** `Ben put the coin in the jar. … Where is the pen? In the< car>. Who put the coin in the jar?< Ben>. …` */
const storage: Drill = (random) => {
  const count = 3;
  const names = random.sample(people, count);
  const things = random.sample(objects, count);
  const free = random.sample(containers, containers.length);
  const scene = names.map((name, i) => ({ name, thing: things[i], first: free.pop()!, place: "" }));
  for (const item of scene) item.place = item.first;
  const told = scene.map(({ name, thing, first }) => `${name} put the ${thing} in the ${first}.`);
  if (random.chance(0.5)) {
    const moved = random.pick(scene);
    moved.place = free.pop()!;
    told.push(`${random.pick(people)} moved the ${moved.thing} to the ${moved.place}.`);
  }
  const asked = draw(random, scene, random.between(3, 4)).map(({ name, thing, first, place }) =>
    random.pick([
      `Where is the ${thing}? In the< ${place}>.`,
      `Who put the ${thing} in the ${first}?< ${name}>.`,
      `What is in the ${place}? The< ${thing}>.`,
    ])
  );
  return [...told, ...asked].join(" ");
};

const drills: readonly Drill[] = [lookUp, likes, whereabouts, storage];

/** Endless drills; the same for a seed. */
export function* generateDrills(seed: number): Generator<Example, never, undefined> {
  const random = new Random(seed);
  while (true) {
    const parts = random.pick(drills)(random).split(/[<>]/);
    const answers: { start: number; end: number }[] = [];
    let text = "";
    parts.forEach((part, i) => {
      if (i % 2 === 1) answers.push({ start: text.length, end: text.length + part.length });
      text += part;
    });
    yield { skill: "drills", text, answers };
  }
}
