/** Which of the words that would do was meant. */

/**
 * The nearest candidate, or null where none is near. Case, hyphens and underscores do not count; a
 * beginning of at least three characters is near.
 */
export function suggest(word: string, candidates: readonly string[]): string | null {
  const plain = normalise(word);
  let best = plain.length < 3
    ? null
    : candidates.find((candidate) => normalise(candidate).startsWith(plain)) ?? null;
  if (best !== null) return best;
  let bestDistance = Math.max(1, Math.floor(plain.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(plain, normalise(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function normalise(word: string): string {
  return word.slice(0, 64).toLowerCase().replace(/[-_\s]/g, "");
}

/**
 * Fewest insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`
 * ("optimal string alignment", Damerau 1964).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(row[j - 1] + 1, last[j] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
      }
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}
