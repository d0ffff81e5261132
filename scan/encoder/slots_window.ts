import type { EncoderMember } from "./types.ts";

/** How far along the prompt a particle looks to either side at the start: a standard deviation, in tokens. */
const windowWidth = 0.2;
/** What a score of a place without a token is lowered by. */
const noToken = -1e4;

/**
 * Where particles look before any content is seen: they stand along the prompt in equal parts for each
 * token of the longest member, and their scores fall by (distance / width)² / 2 around that place.
 *
 * @param placeOf takes a place in the longest member's tokens to one in this member's, see {@linkcode alignPlaces}
 * @param nTokens of this member
 * @param nPlaces tokens of the longest member; as wide is a row
 * @returns [particles, nPlaces] float32
 */
export function createWindow(
  particles: number,
  placeOf: (place: number) => number,
  nTokens: number,
  nPlaces: number,
): Float32Array {
  const window = new Float32Array(particles * nPlaces).fill(noToken);
  for (let p = 0; p < particles; p++) {
    const place = placeOf((p + 0.5) / particles * nPlaces - 0.5);
    for (let t = 0; t < nTokens; t++) {
      window[p * nPlaces + t] = -(((t - place) / windowWidth) ** 2) / 2;
    }
  }
  return window;
}

type Tokens = Pick<EncoderMember, "nTokens" | "tokenIds">;

/**
 * Lays a member's tokens along those of the longest one, so that a particle reads the same token in
 * both wherever they agree: what they begin with alike and what they end with alike is matched token by
 * token, and what lies between is stretched. Without ids everything is stretched.
 *
 * @returns a function of a place in the longest member's tokens, −0.5 … nTokens − 0.5, that rises
 */
export function alignPlaces(longest: Tokens, member: Tokens): (place: number) => number {
  const [a, b] = [longest.nTokens, member.nTokens];
  if (a === b) return (place) => place;
  const [left, right] = [longest.tokenIds ?? [], member.tokenIds ?? []];
  const most = left.length === a && right.length === b ? Math.min(a, b) : 0;
  let before = 0;
  while (before < most && left[before] === right[before]) before++;
  let after = 0;
  while (after < most - before && left[a - 1 - after] === right[b - 1 - after]) after++;
  // Edges of tokens, half a token before the first and behind the last of the stretch.
  const stretch = (b - before - after) / Math.max(1, a - before - after);
  return (place) => {
    const edge = place + 0.5;
    if (edge <= before) return place;
    if (edge >= a - after) return place - a + b;
    return before + (edge - before) * stretch - 0.5;
  };
}
