/** A stretch of a text, and whether it is what changed. */
export interface Run {
  readonly text: string;
  readonly changed: boolean;
}

/** Words with the white space before them, so that joining the pieces gives the text again. */
function splitWords(text: string): string[] {
  return text.match(/\s*(?:[\p{L}\p{N}'’]+|[^\s\p{L}\p{N}])|\s+$/gu) ?? [];
}

/**
 * Indices of the words of `a` that a longest common subsequence with `b` leaves out.
 *
 * Quadratic in the number of words, which a model's context keeps at a few hundred.
 */
function changedWords(a: readonly string[], b: readonly string[]): Set<number> {
  const width = b.length + 1;
  // lengths[i * width + j]: longest common subsequence of a[i…] and b[j…]
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = a[i].trim() === b[j].trim()
        ? lengths[(i + 1) * width + j + 1] + 1
        : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  const changed = new Set<number>();
  for (let i = 0, j = 0; i < a.length;) {
    if (j < b.length && a[i].trim() === b[j].trim()) {
      i++;
      j++;
    } else if (j < b.length && lengths[i * width + j + 1] >= lengths[(i + 1) * width + j]) {
      j++;
    } else changed.add(i++);
  }
  return changed;
}

/**
 * Cuts a prompt into runs that say which words differ from any of the other prompts of its family.
 * White space is never marked; the runs' texts joined are the text.
 */
export function markChanges(text: string, others: readonly string[]): Run[] {
  const words = splitWords(text);
  const changed = new Set<number>();
  for (const other of others) {
    for (const i of changedWords(words, splitWords(other))) changed.add(i);
  }
  const runs: { text: string; changed: boolean }[] = [];
  const push = (piece: string, isChanged: boolean) => {
    const last = runs.at(-1);
    if (piece === "") return;
    if (last?.changed === isChanged) last.text += piece;
    else runs.push({ text: piece, changed: isChanged });
  };
  words.forEach((word, i) => {
    const bare = word.trimStart();
    const isInside = changed.has(i) && changed.has(i - 1);
    push(word.slice(0, word.length - bare.length), isInside && bare !== "");
    push(bare, changed.has(i) && bare !== "");
  });
  return runs;
}

/** A token as people read it: leading spaces and line ends are made visible. */
export interface VisibleToken {
  /** `␣` for each leading space, `↵` for each line end, `⇥` for each tab; "" mostly. */
  readonly lead: string;
  readonly text: string;
  /** Same for what follows the text. */
  readonly tail: string;
}

const visible: Readonly<Record<string, string>> = { " ": "␣", "\n": "↵", "\r": "↵", "\t": "⇥" };

function showSpace(text: string): string {
  return [...text].map((character) => visible[character] ?? "␣").join("");
}

/** Splits a token into white space, made visible, and text. */
export function showToken(text: string): VisibleToken {
  const bare = text.trim();
  if (bare === "") return { lead: showSpace(text), text: "", tail: "" };
  const start = text.indexOf(bare);
  return {
    lead: showSpace(text.slice(0, start)),
    text: bare,
    tail: showSpace(text.slice(start + bare.length)),
  };
}
