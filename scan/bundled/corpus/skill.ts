/** What one skill file provides, and the notation in which it writes its drafts. */

import type { Random } from "./random.ts";

/**
 * One sentence (or a few) of the micro-English.
 *
 * `marked` is the text with everything that can be predicted put between `<` and `>`, its leading
 * space inside: `The day after Monday is< Tuesday>.` Neither sign occurs in the language itself.
 *
 * `key` names the combination that is either trained or held out as a whole: the template and its
 * content, but not the crucial word that a minimal pair changes, so that both members of such a
 * pair fall on the same side of the split.
 */
export interface Draft {
  readonly key: string;
  readonly marked: string;
}

/** A skill: how often it appears, how many drafts make one text, and how a draft is made. */
export interface Skill {
  /** Share of the mixture, relative to the other skills. */
  readonly weight: number;
  /** Smallest and largest number of drafts in one text. */
  readonly drafts: readonly [least: number, most: number];
  draft(random: Random): Draft;
}

/** Capitalises the first letter, for a word that starts a sentence. */
export function capitalise(word: string): string {
  return word[0].toUpperCase() + word.slice(1);
}
