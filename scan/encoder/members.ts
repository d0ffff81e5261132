import type { EncoderMember } from "./types.ts";

/** What a family's members have in common. */
export interface FamilySizes {
  readonly nStates: number;
  readonly dModel: number;
}

/**
 * Checks that members can share an encoder.
 *
 * @throws {TypeError} if they differ in `dModel` or number of states, or a length does not fit
 * @throws {RangeError} if there is no member
 */
export function checkMembers(members: readonly EncoderMember[]): FamilySizes {
  if (members.length === 0) {
    throw new RangeError("Cannot encode a family: expected at least one member, got none");
  }
  const { dModel } = members[0];
  const counts = members.map((member, i) => {
    const nStates = member.states.length / (member.nTokens * member.dModel);
    if (!Number.isInteger(nStates) || nStates < 1) {
      throw new TypeError(
        `Cannot encode member ${i}: expected a multiple of ${member.nTokens} tokens × ${member.dModel} numbers, got ${member.states.length}`,
      );
    }
    if (member.dModel !== dModel) {
      throw new TypeError(
        `Cannot encode member ${i}: expected states of ${dModel} numbers as in member 0, got ${member.dModel}`,
      );
    }
    return nStates;
  });
  const odd = counts.findIndex((count) => count !== counts[0]);
  if (odd >= 0) {
    throw new TypeError(
      `Cannot encode member ${odd}: expected ${counts[0]} states as in member 0, got ${
        counts[odd]
      }`,
    );
  }
  return { nStates: counts[0], dModel };
}

/** @throws {RangeError} if a sum over states shows that one is not finite */
export function checkFinite(sum: number): void {
  if (!Number.isFinite(sum)) {
    throw new RangeError("Cannot encode states: expected finite numbers, got NaN or an infinity");
  }
}

/** Whether a sum of squared differences is more than float32's rounding of numbers of such squares. */
export function differs(squares: number, size: number): boolean {
  return squares > 1e-12 * size;
}
