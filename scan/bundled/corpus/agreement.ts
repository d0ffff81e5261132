/** The verb agrees with the head of the subject, whatever nouns stand between. */

import type { Random } from "./random.ts";
import { capitalise, type Draft, type Skill } from "./skill.ts";
import { oppositePairs, people } from "./vocabulary.ts";

const nouns = [
  "key",
  "cabinet",
  "table",
  "cup",
  "book",
  "hat",
  "dog",
  "cat",
  "girl",
  "boy",
] as const;
const qualities = oppositePairs.flat();

interface Frame {
  readonly name: string;
  /** The subject after its first noun, and how many verbs' worth of nouns make it plural. */
  write(
    head: string,
    other: string,
    third: string,
    name: string,
  ): { subject: string; plural?: true };
}

const frames: readonly Frame[] = [
  ...["to", "near", "of", "on", "behind", "under"].map((word): Frame => ({
    name: word,
    write: (head, other) => ({ subject: `the ${head} ${word} the ${other}` }),
  })),
  // Shares its name with "near": the two differ in one word and belong on the same side.
  {
    name: "near",
    write: (head, other) => ({ subject: `the ${head} and the ${other}`, plural: true }),
  },
  {
    name: "that saw",
    write: (head, other) => ({ subject: `the ${head} that saw the ${other}` }),
  },
  {
    name: "that person saw",
    write: (head, other, _third, name) => ({
      subject: `the ${head} that ${name} saw near the ${other}`,
    }),
  },
  {
    name: "aside",
    write: (head, other, third) => ({ subject: `the ${head}, not the ${other} or the ${third},` }),
  },
];

export const agreement: Skill = {
  weight: 8,
  drafts: [1, 2],
  draft(random: Random): Draft {
    const frame = random.pick(frames);
    const [head, other, third] = random.sample(nouns, 3);
    const many = random.chance(0.5);
    const inflect = (noun: string, plural: boolean) => plural ? `${noun}s` : noun;
    const otherMany = random.chance(0.6) ? !many : many;
    const { subject, plural } = frame.write(
      inflect(head, many),
      inflect(other, otherMany),
      inflect(third, otherMany),
      random.pick(people),
    );
    const past = random.chance(0.35);
    const verb = many || plural ? (past ? "were" : "are") : (past ? "was" : "is");
    const start = past ? "Yesterday " : random.pick(["", "", "Now "]);
    const opened = start === "" ? capitalise(subject) : start + subject;
    return {
      key: `${frame.name} ${head} ${other}`,
      marked: `${opened}< ${verb}> ${random.pick(qualities)}.`,
    };
  },
};
