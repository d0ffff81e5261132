import { type Example, generateExamples, skills, skillsByName, type Split } from "./corpus/mod.ts";
import { generateDrills } from "./drills.ts";
import { seededRandom } from "./initial_weights.ts";

/**
 * How much more often than in the corpus a skill comes up in training. Looking things up in the same
 * text takes a circuit over several layers, which forms late; sentence patterns are learned in minutes.
 */
export const bundledFocus: Readonly<Record<string, number>> = {
  induction: 1.5,
  doubling: 1.8,
  stories: 2.5,
  brackets: 0.7,
  coreference: 0.7,
  facts: 0.8,
  opposites: 0.5,
  agreement: 0.4,
};

/** Share of texts that are drills. */
const drillShare = 0.3;

/** Share of each skill, and of the drills, among the texts; all together 1. */
export function sharesOf(focus: Readonly<Record<string, number>>): Record<string, number> {
  const weights = skills.map((name) => skillsByName[name].weight * (focus[name] ?? 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const rest = (1 - drillShare) / total;
  return {
    ...Object.fromEntries(skills.map((name, i) => [name, weights[i] * rest])),
    drills: drillShare,
  };
}

/**
 * Endless texts, skills mixed by `shares`; the same for a seed.
 *
 * @param split the side that all but the drills are of
 */
export function* mixExamples(
  seed: number,
  split: Split,
  shares: Readonly<Record<string, number>>,
): Generator<Example, never, undefined> {
  const random = seededRandom(seed);
  const names = Object.keys(shares);
  const streams = names.map((name, i) => {
    const own = seed + 7919 * (i + 1);
    return name === "drills" ? generateDrills(own) : generateExamples(own, split, name);
  });
  while (true) {
    let place = random();
    let i = 0;
    while (i < names.length - 1 && place >= shares[names[i]]) place -= shares[names[i++]];
    yield streams[i].next().value;
  }
}
