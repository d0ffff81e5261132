/**
 * A small seeded random source (sfc32) and the string hash that splits the corpus.
 *
 * Both are integer-only, so the same seed gives the same corpus on every machine.
 * Source of sfc32: Chris Doty-Humphrey's PractRand; of the hash: FNV-1a with murmur3's finaliser.
 */

/** A seeded stream of uniform numbers; every method advances the stream. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed any integer; only its lower 32 bits count */
  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = 0x9e3779b9;
    this.#c = 0x243f6a88;
    // The first outputs still resemble the seed: throw them away.
    for (let i = 0; i < 16; i++) this.bits();
  }

  /** The next 32 random bits, as an unsigned integer. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform integer in [0, n). */
  below(n: number): number {
    return Math.floor((this.bits() / 4294967296) * n);
  }

  /** Uniform integer in [low, high], both ends included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.bits() < probability * 4294967296;
  }

  /** One item of a list that is not empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** `count` different items in random order; a new array, owned by the caller. */
  sample<T>(items: readonly T[], count: number): T[] {
    const pool = items.slice();
    for (let i = 0; i < count; i++) {
      const j = i + this.below(pool.length - i);
      const held = pool[i];
      pool[i] = pool[j];
      pool[j] = held;
    }
    pool.length = count;
    return pool;
  }
}

/** 32-bit hash of a string's UTF-16 units, as an unsigned integer. */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
