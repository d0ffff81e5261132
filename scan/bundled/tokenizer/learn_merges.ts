/** Byte-pair encoding: which neighbours to merge, learned from counted pieces. */

import { toByteChars } from "./byte_alphabet.ts";

/** Two symbols that become one. */
export type Merge = readonly [left: string, right: string];

interface Entry {
  readonly weight: number;
  symbols: string[];
}

/**
 * Length of the count in bits. Plain counts would spend the small vocabulary on joining fragments of
 * the commonest words; damped, the rare words of a closed language become single tokens as well.
 */
function dampen(count: number): number {
  return 32 - Math.clz32(count);
}

/**
 * Learns up to `limit` merges, the heaviest pair first, ties in code-unit order.
 *
 * Source: Sennrich et al. 2016 (arXiv 1508.07909), with damped counts. Recounts every pair after
 * each merge, which is quick enough for the few hundred different pieces of a micro-language.
 *
 * @returns fewer merges than `limit` when every piece has become one symbol
 */
export function learnMerges(pieces: ReadonlyMap<string, number>, limit: number): Merge[] {
  const entries: Entry[] = [...pieces].map(([piece, count]) => ({
    weight: dampen(count),
    symbols: [...toByteChars(piece)],
  }));
  const merges: Merge[] = [];
  while (merges.length < limit) {
    const best = heaviestPair(entries);
    if (best === undefined) break;
    merges.push(best);
    for (const entry of entries) entry.symbols = applyMerge(entry.symbols, best);
  }
  return merges;
}

function heaviestPair(entries: readonly Entry[]): Merge | undefined {
  const weights = new Map<string, number>();
  for (const { weight, symbols } of entries) {
    for (let i = 1; i < symbols.length; i++) {
      // A space cannot be a symbol (its stand-in is U+0120), so it separates the two safely.
      const pair = `${symbols[i - 1]} ${symbols[i]}`;
      weights.set(pair, (weights.get(pair) ?? 0) + weight);
    }
  }
  let best: string | undefined;
  let heaviest = 0;
  for (const [pair, weight] of weights) {
    if (weight > heaviest || (weight === heaviest && best !== undefined && pair < best)) {
      best = pair;
      heaviest = weight;
    }
  }
  if (best === undefined) return undefined;
  const space = best.indexOf(" ");
  return [best.slice(0, space), best.slice(space + 1)];
}

/** Replaces every occurrence of a pair, from the left. */
export function applyMerge(symbols: readonly string[], [left, right]: Merge): string[] {
  const merged: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const joins = symbols[i] === left && symbols[i + 1] === right;
    merged.push(joins ? left + right : symbols[i]);
    if (joins) i++;
  }
  return merged;
}
