import type { PairLayer } from "../format/pair_types.ts";
import { displacements, findNearest, shareOutDisplacement } from "../measure/mod.ts";
import type { PairSide } from "./types.ts";

/** Neighbours that a particle's displacement is compared with. */
const nNeighbours = 15;
/** Below this share of a frame's largest displacement a particle counts as standing still. */
const still = 1e-3;

/** What happens to the particles from a to b. */
export interface Geometry {
  readonly layers: readonly Pick<PairLayer, "displaced" | "standout">[];
  /** See {@linkcode Finding}. */
  readonly displacedAfter: number | null;
}

/**
 * Displacement of every particle between the two prompts in code space, how it stands out among its
 * neighbours, and which share of all of it belongs to the changed tokens and those after them.
 *
 * @param corresponding whether particle i is the same in both; without that nothing can be said
 * @param firstChange first rung whose tokens differ: b's tokens from it on are the changed and those after
 * @throws {TypeError} if corresponding particles differ in number or size
 */
export function measureGeometry(
  a: Pick<PairSide, "encoded" | "tokens" | "states">,
  b: Pick<PairSide, "encoded" | "tokens" | "states">,
  firstChange: number,
  corresponding: boolean,
): Geometry {
  const nFrames = a.states.shape[0];
  if (!corresponding) {
    const none = { displaced: null, standout: null };
    return { layers: Array.from({ length: nFrames }, () => none), displacedAfter: null };
  }
  const { nParticles, dCode } = a.encoded;
  const shares = shareOutDisplacement(
    { ...a.encoded, nTokens: a.tokens.length },
    { ...b.encoded, nTokens: b.tokens.length },
  );
  const size = nParticles * dCode;
  const layers = Array.from({ length: nFrames }, (_, frame) => {
    const codes = a.encoded.codes.subarray(frame * size, (frame + 1) * size);
    const codesB = b.encoded.codes.subarray(frame * size, (frame + 1) * size);
    const displaced = displacements(codes, codesB, dCode);
    return {
      displaced: Float32Array.from(displaced),
      standout: rankAmongNeighbours(displaced, codes, dCode),
    };
  });
  const displacedAfter = b.encoded.attention === null
    ? null
    : Math.min(1, shares.subarray(firstChange).reduce((sum, share) => sum + share, 0));
  return { layers, displacedAfter };
}

/**
 * How a particle's displacement compares with that of the particles around it: the ratio of its own to
 * the mean of its 15 nearest neighbours (by Euclidean distance in a's codes), as the share of the other
 * particles whose ratio is smaller. A particle displaced by less than a thousandth of the frame's
 * largest displacement stands still, and none stands out less.
 *
 * @param displaced [nParticles]
 * @param codes [nParticles, dCode] of a
 * @returns [nParticles], 0 … 1; all 0 where all ratios are the same. The caller owns it
 */
export function rankAmongNeighbours(
  displaced: Float64Array,
  codes: Float32Array,
  dCode: number,
): Float32Array {
  const n = displaced.length;
  const floor = displaced.reduce((most, x) => Math.max(most, x), 0) * still;
  const k = Math.min(nNeighbours, n - 1);
  const neighbours = k > 0 ? findNearest(codes, n, dCode, k) : new Int32Array(0);
  // In place of the logarithm of the ratio: it has the same order.
  const ratios = Float64Array.from(displaced, (own, i) => {
    if (own <= floor) return 0;
    let around = 0;
    for (let at = i * k; at < (i + 1) * k; at++) around += displaced[neighbours[at]] / k;
    return own / Math.max(around, floor);
  });
  const order = ratios.slice().sort();
  return Float32Array.from(ratios, (ratio) => lowerBound(order, ratio) / Math.max(1, n - 1));
}

/** How many of some rising numbers are smaller than one. */
function lowerBound(rising: Float64Array, x: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
