/** Which key does what on a stage with two scans. */

import { type Action, actionOf, type KeyPress } from "./keys.ts";

export type PairAction =
  | Action
  | "showA"
  | "showB"
  | "towardsA"
  | "towardsB"
  | "arrange"
  | "ghost"
  | "arrows"
  | "align"
  | "space"
  | "nextToken"
  | "previousToken"
  | "chooseNone";

const ownKeys: { readonly [key: string]: PairAction } = {
  "a": "showA",
  "b": "showB",
  ",": "towardsA",
  ".": "towardsB",
  "s": "arrange",
  "g": "ghost",
  "v": "arrows",
  "w": "align",
  "d": "space",
  "n": "nextToken",
  "p": "previousToken",
  "Escape": "chooseNone",
};

/** As {@linkcode actionOf}, with the keys of a comparison. */
export function pairActionOf(press: KeyPress, onStage: boolean): PairAction | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return ownKeys[key] ?? actionOf(press, onStage);
}
