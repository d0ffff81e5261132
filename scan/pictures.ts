/** What stages hand each other of pictures: frames cut out of all positions, and put together again. */
import type { EncodedMember } from "./encoder/mod.ts";
import { visibleChange } from "./measure/mod.ts";

/** Cuts an array of all frames' positions. */
export function cutFrames(positions: Float32Array, nFrames: number): Float32Array[] {
  const length = positions.length / nFrames;
  return Array.from(
    { length: nFrames },
    (_, frame) => positions.slice(frame * length, (frame + 1) * length),
  );
}

/** A member as it was encoded, and as it is seen. */
export interface Seen {
  readonly encoded: EncodedMember;
  /** [nParticles, nDims] for each frame */
  readonly positions: readonly Float32Array[];
}

/** Whether particle i of one member means the same as particle i of the other. */
export function doCorrespond(a: EncodedMember, b: EncodedMember): boolean {
  return a.nParticles === b.nParticles;
}

/** How much of two members' change is seen, or null where their particles do not correspond. */
export function seenChange(a: Seen, b: Seen, nDims: number): number | null {
  if (!doCorrespond(a.encoded, b.encoded)) return null;
  return visibleChange(
    [a.encoded.codes, b.encoded.codes],
    a.encoded.dCode,
    [concatenate(a.positions), concatenate(b.positions)],
    nDims,
  );
}

export function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** @param positions [n, nDims], n ≥ 1 */
export function boundingBox(
  positions: Float32Array,
  nDims: number,
): { min: number[]; max: number[] } {
  const min = Array.from({ length: nDims }, () => Infinity);
  const max = Array.from({ length: nDims }, () => -Infinity);
  for (let i = 0; i < positions.length; i++) {
    const axis = i % nDims;
    if (positions[i] < min[axis]) min[axis] = positions[i];
    if (positions[i] > max[axis]) max[axis] = positions[i];
  }
  return { min, max };
}
