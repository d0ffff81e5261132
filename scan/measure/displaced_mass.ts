import { displacements } from "./displacement.ts";

/** Where the particles of one scan stand in code space, and what they read. */
export interface ReadParticles {
  readonly nParticles: number;
  readonly dCode: number;
  /** [nFrames, nParticles, dCode] float32 */
  readonly codes: Float32Array;
  /** [nFrames, nParticles, nTokens] float32, rows add up to 1; null where all tokens are read alike */
  readonly attention: Float32Array | null;
  readonly nTokens: number;
}

/**
 * To which tokens the difference between two members of a family belongs: each particle's displacement
 * between the two, over all frames, handed to the tokens of the second by the weights with which the
 * particle reads them. In a causal model all of it should belong to the first changed token and those
 * after it.
 *
 * @returns [nTokens] of the second member, adding up to 1; all 0 where nothing is displaced
 * @throws {TypeError} if the two differ in particles, dimensions or frames
 */
export function shareOutDisplacement(before: ReadParticles, now: ReadParticles): Float64Array {
  const { nParticles, dCode, attention, nTokens } = now;
  if (before.nParticles !== nParticles || before.dCode !== dCode) {
    throw new TypeError(
      `Cannot compare two members: expected ${nParticles} particles of ${dCode} numbers, got ` +
        `${before.nParticles} of ${before.dCode}. Encode them together.`,
    );
  }
  const lengths = displacements(before.codes, now.codes, dCode);
  const shares = new Float64Array(nTokens);
  let total = 0;
  lengths.forEach((length, row) => {
    total += length;
    for (let t = 0; t < nTokens; t++) {
      shares[t] += length * (attention ? attention[row * nTokens + t] : 1 / nTokens);
    }
  });
  return total > 0 ? shares.map((share) => share / total) : shares;
}
