/** Characters that make a text look other than it is. */
import { codePoint } from "./fault.ts";

const kinds: readonly { pattern: RegExp; name: string }[] = [
  // deno-lint-ignore no-control-regex
  { pattern: /[\x00-\x08\x0b-\x1f\x7f-\x9f]/, name: "a control character" },
  { pattern: /[\u202a-\u202e\u2066-\u2069]/, name: "a character that turns text around" },
  { pattern: /\p{Surrogate}/u, name: "half of a surrogate pair" },
  { pattern: /[\ufeff\u2060\u200b]/, name: "an invisible character" },
  { pattern: /[\ufffe\uffff]/, name: "a code point that is no character" },
  { pattern: /\ufffd/, name: "the mark of a character that was lost when the file was saved" },
  { pattern: /[\u2028\u2029]/, name: "a line separator that is not a line end" },
];

/** A character that must not be in a text. */
export interface BadCharacter {
  readonly character: string;
  /** From 0, in UTF-16 units. */
  readonly index: number;
  readonly message: string;
}

/** The first such character of each kind, in the order of the text. */
export function findBadCharacters(text: string): BadCharacter[] {
  return kinds.flatMap(({ pattern, name }) => {
    const match = pattern.exec(text);
    if (match === null) return [];
    return [{
      character: match[0],
      index: match.index,
      message: `${name} (${codePoint(match[0])})`,
    }];
  }).sort((a, b) => a.index - b.index);
}
