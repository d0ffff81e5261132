import type { Rung } from "../format/pair_types.ts";

/** Cost of a token that stands in one prompt alone. */
const gapCost = 1;
/** Cost of putting two different tokens beside each other: from alike (cosine 1) to unlike (0 and less). */
const substitution = { alike: 0.5, unlike: 1 };
/** How far the path may stray from between the corners' diagonals, in tokens. */
const band = 256;

/** Steps of the alignment, as they are kept for the way back. */
const [both, onlyA, onlyB] = [0, 1, 2];

/**
 * Lays the tokens of two prompts along each other at the least cost (Needleman & Wunsch 1970): equal
 * tokens cost nothing, a token without a partner costs 1, two different ones 0.5 … 1 by the cosine of
 * their embeddings. So a replaced word stays on one rung, since taking it out and putting the other in
 * costs 2, and of two tokens that could take the place of one, the more similar does.
 *
 * What both begin with and what both end with is taken off first, which changes no cost; between them
 * the path is searched within 256 tokens of the straight one, so that memory grows with the length
 * alone. Of paths that cost the same, the one with more tokens side by side towards the end is taken,
 * then the one that has a's lone tokens before b's.
 *
 * @param a token ids
 * @param b token ids
 * @param similarity cosine of the embeddings of a's token i and b's token j; NaN counts as 0
 * @returns every token of both on exactly one rung, in order
 */
export function alignTokens(
  a: readonly number[],
  b: readonly number[],
  similarity: (i: number, j: number) => number,
): Rung[] {
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;

  const [nA, nB] = [a.length - head - tail, b.length - head - tail];
  const middle = alignMiddle(nA, nB, (i, j) => {
    if (a[head + i] === b[head + j]) return 0;
    const likeness = Math.min(1, Math.max(0, similarity(head + i, head + j))) || 0;
    return substitution.unlike - (substitution.unlike - substitution.alike) * likeness;
  });
  return [
    ...Array.from({ length: head }, (_, i) => ({ a: i, b: i })),
    ...middle.map((rung) => ({
      a: rung.a === null ? null : rung.a + head,
      b: rung.b === null ? null : rung.b + head,
    })),
    ...Array.from({ length: tail }, (_, i) => ({ a: head + nA + i, b: head + nB + i })),
  ];
}

/** The cheapest path, from a table of costs of which only the row before is kept. */
function alignMiddle(nA: number, nB: number, cost: (i: number, j: number) => number): Rung[] {
  // Column j of row i is kept at j − i − low: a strip along the diagonals of both corners.
  const low = Math.min(0, nB - nA) - band;
  const width = Math.abs(nB - nA) + 2 * band + 1;
  const steps = new Uint8Array((nA + 1) * width);
  let before = new Float64Array(width).fill(Infinity);
  for (let i = 0; i <= nA; i++) {
    const row = new Float64Array(width).fill(Infinity);
    const first = Math.max(0, i + low);
    const last = Math.min(nB, i + low + width - 1);
    for (let j = first; j <= last; j++) {
      const at = j - i - low;
      if (i === 0 && j === 0) {
        row[at] = 0;
        continue;
      }
      const costs = [
        i > 0 && j > 0 ? before[at] + cost(i - 1, j - 1) : Infinity,
        i > 0 && at + 1 < width ? before[at + 1] + gapCost : Infinity,
        j > 0 && at > 0 ? row[at - 1] + gapCost : Infinity,
      ];
      // Walking back, b's lone token is met first and so stands after a's.
      const step = isCheapest(costs, both) ? both : isCheapest(costs, onlyB) ? onlyB : onlyA;
      row[at] = costs[step];
      steps[i * width + at] = step;
    }
    before = row;
  }

  const rungs: Rung[] = [];
  let [i, j] = [nA, nB];
  while (i > 0 || j > 0) {
    const step = steps[i * width + j - i - low];
    if (step !== onlyB) i--;
    if (step !== onlyA) j--;
    rungs.push({ a: step === onlyB ? null : i, b: step === onlyA ? null : j });
  }
  return rungs.reverse();
}

/** Whether no other step costs less, up to rounding: sums in another order must not decide a tie. */
function isCheapest(costs: readonly number[], step: number): boolean {
  return costs[step] < Infinity && costs.every((other) => costs[step] <= other + 1e-9);
}

/** Whether a rung holds a token of both prompts and it is the same. */
export function isSame(rung: Rung, a: readonly number[], b: readonly number[]): boolean {
  return rung.a !== null && rung.b !== null && a[rung.a] === b[rung.b];
}

/** First rung whose tokens differ, or that has but one; the ladder's length where there is none. */
export function firstChange(
  ladder: readonly Rung[],
  a: readonly number[],
  b: readonly number[],
): number {
  const first = ladder.findIndex((rung) => !isSame(rung, a, b));
  return first < 0 ? ladder.length : first;
}
