/**
 * A seeded stream of numbers: xoshiro128** (Blackman & Vigna 2018), its state filled by the
 * splitmix mixer. The same seed gives the same numbers on every machine.
 */
export interface Random {
  /** The next 32 bits, 0 … 2³² − 1. */
  nextUint32(): number;
  /** Uniform, 0 ≤ x < 1, from 32 bits. */
  next(): number;
  /** Uniform whole number, 0 ≤ i < n. */
  nextIndex(n: number): number;
}

/** Starts the stream that belongs to `seed`. @throws {RangeError} if `seed` is not a whole number */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot start random numbers: expected a whole seed, got ${seed}`);
  }
  let counter = seed | 0;
  // Seeds past 32 bits must differ too.
  counter ^= Math.imul(Math.floor(seed / 2 ** 32) | 0, 0x85ebca6b);
  const fill = (): number => {
    counter = (counter + 0x9e3779b9) | 0;
    let z = counter;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, d] = [fill(), fill(), fill(), fill() | 1];

  const nextUint32 = (): number => {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return scrambled;
  };
  const next = (): number => nextUint32() / 2 ** 32;
  return { nextUint32, next, nextIndex: (n) => Math.floor(next() * n) };
}

function rotateLeft(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}
