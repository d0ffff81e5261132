import { type Example, splitOf } from "./corpus/mod.ts";
import { doubling } from "./corpus/doubling.ts";
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
 * Drills: texts for training alone that ask many questions, most about one short scene. Who has what is
 * drawn anew in each, so that it can only be looked up in the text; and a dozen answers in a text teach
 * looking up far sooner than the corpus does, whose texts ask one or two. What the corpus holds out is
 * not drilled either.
 */

/** A drill in the notation of `corpus/skill.ts`, with the keys under which the corpus has its scene. */
interface Drilled {
  readonly marked: string;
  readonly skill: string;
  readonly keys: readonly string[];
}

type Drill = (random: Random) => Drilled;

/** Draws `count` items, the same one several times if need be. */
function draw<T>(random: Random, items: readonly T[], count: number): T[] {
  return Array.from({ length: count }, () => random.pick(items));
}

/** `A red B blue B< blue> A< red> B< blue> …`, the barest form of looking up, with few signs or none. */
const pairs: Drill = (random) => {
  const count = random.between(2, 5);
  const keys = random.sample(random.pick([letters, people, listWords]), count);
  const values = random.sample(random.chance(0.4) ? colors : listWords, count);
  const between = random.pick(["", "", ":", " is"]);
  const after = random.pick(["", "", ",", ";"]);
  const order = draw(random, keys.map((_, i) => i), random.between(8, 16));
  const told = keys.map((key, i) => `${key}${between} ${values[i]}${after}`);
  const asked = order.map((i) => `${keys[i]}${between}< ${values[i]}>${after}`);
  return { marked: [...told, ...asked].join(" "), skill: "induction", keys: [] };
};

/** `A: red. B: blue. C: pen. B:< blue>. A:< red>. …` */
const lookUp: Drill = (random) => {
  const count = random.between(2, 5);
  const keys = random.sample(random.chance(0.6) ? letters : people, count);
  const values = random.sample(random.chance(0.5) ? colors : listWords, count);
  const told = keys.map((key, i) => `${key}: ${values[i]}.`);
  const order = draw(random, keys.map((_, i) => i), random.between(6, 12));
  const asked = order.map((i) => `${keys[i]}:< ${values[i]}>.`);
  return {
    marked: [...told, ...asked].join(" "),
    skill: "induction",
    keys: [`look ${keys.join(" ")} ${values.join(" ")}`],
  };
};

/** `Anna likes tea. Tom likes jam. Who likes jam?< Tom>. Anna likes< tea>. …` */
const likes: Drill = (random) => {
  const count = random.between(2, 4);
  const names = random.sample(people, count);
  const things = random.sample(random.chance(0.6) ? treats : listWords, count);
  const scene = names.map((name, i) => ({ name, thing: things[i] }));
  const told = scene.map(({ name, thing }) => `${name} likes ${thing}.`);
  const asked = draw(random, scene, random.between(5, 8)).map(({ name, thing }) =>
    random.pick([
      `${name} likes< ${thing}>.`,
      `What ${name} likes is< ${thing}>.`,
      `Who likes ${thing}?< ${name}>.`,
    ])
  );
  return {
    marked: [...told, ...asked].join(" "),
    skill: "induction",
    keys: [`likes ${names.join(" ")} ${things.join(" ")}`],
  };
};

/** `Eva went to the school. Paul … Where is Paul? In the< shop>. …`, one of them walks on at times. */
const whereabouts: Drill = (random) => {
  const count = random.between(2, 4);
  const names = random.sample(people, count);
  const free = random.sample(places, places.length);
  const scene = names.map((name) => ({ name, place: free.pop()! }));
  const keys = [`where ${names.join(" ")} ${scene.map(({ place }) => place).join(" ")}`];
  const told = scene.map(({ name, place }) => `${name} went to the ${place}.`);
  if (random.chance(0.5)) {
    const walker = random.pick(scene);
    walker.place = free.pop()!;
    told.push(`Then ${walker.name} went to the ${walker.place}.`);
  }
  const asked = draw(random, scene, random.between(4, 6)).map(({ name, place }) =>
    `Where is ${name}? In the< ${place}>.`
  );
  return { marked: [...told, ...asked].join(" "), skill: "stories", keys };
};

/** `Ben put the coin in the jar. … Where is the pen? In the< car>. Who put the coin in the jar?< Ben>. …` */
const storage: Drill = (random) => {
  const count = random.between(2, 3);
  const names = random.sample(people, count);
  const things = random.sample(objects, count);
  const free = random.sample(containers, containers.length);
  const scene = names.map((name, i) => ({ name, thing: things[i], first: free.pop()!, place: "" }));
  for (const item of scene) item.place = item.first;
  const firsts = scene.map(({ first }) => first);
  const keys = [0, 1, 2].map((i) => `two ${i} ${things.join(" ")} ${firsts.join(" ")}`);
  const told = scene.map(({ name, thing, first }) => `${name} put the ${thing} in the ${first}.`);
  if (random.chance(0.4)) {
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
  return { marked: [...told, ...asked].join(" "), skill: "stories", keys };
};

/** `Double 5 is< 10>. One half of 34 is< 17>. …`, as the corpus has them, but many in a row. */
const sums: Drill = (random) => {
  const drafts = Array.from({ length: random.between(4, 7) }, () => doubling.draft(random));
  return {
    marked: drafts.map(({ marked }) => marked).join(" "),
    skill: "doubling",
    keys: drafts.map(({ key }) => key),
  };
};

/**
 * `Count: 28, 14,< 7>. Count: 40, 20,< 10>,< 5>. …`. Downwards two numbers are enough: an even step would
 * lead to 0, which no text counts to.
 */
const halvings: Drill = (random) => {
  const starts = Array.from({ length: random.between(3, 5) }, () => 4 * random.between(1, 16));
  const chains = starts.map((start) => {
    const items = [start];
    while (items[items.length - 1] % 2 === 0) items.push(items[items.length - 1] / 2);
    return items.map((item, i) => i < 2 ? ` ${item}` : `< ${item}>`).join(",");
  });
  return {
    marked: chains.map((chain) => `Count:${chain}.`).join(" "),
    skill: "doubling",
    keys: starts.map((start) => `sequence ${start} false`),
  };
};

/** Each as often as it stands here. */
const drills: readonly Drill[] = [
  ...[sums, sums, halvings, halvings],
  ...[pairs, lookUp, likes, likes],
  ...[whereabouts, whereabouts],
  ...[storage, storage, storage, storage, storage, storage, storage, storage],
];

/** Endless drills; the same for a seed. */
export function* generateDrills(seed: number): Generator<Example, never, undefined> {
  const random = new Random(seed);
  while (true) {
    const { marked, skill, keys } = random.pick(drills)(random);
    if (keys.some((key) => splitOf(skill, key) !== "train")) continue;
    const parts = marked.split(/[<>]/);
    const answers: { start: number; end: number }[] = [];
    let text = "";
    parts.forEach((part, i) => {
      if (i % 2 === 1) answers.push({ start: text.length, end: text.length + part.length });
      text += part;
    });
    yield { skill: "drills", text, answers };
  }
}
