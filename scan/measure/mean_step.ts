import { displacements } from "./displacement.ts";

/**
 * How far a particle moves from one frame to the next on average, as a share of the cloud's radius
 * (root mean square distance from the centre over all frames): how smooth layer-time is.
 *
 * @param frames [nParticles, nDims] each, in projection units
 * @returns 0 where there is one frame, or no extent
 */
export function meanStep(frames: readonly Float32Array[], nDims: number): number {
  const centre = new Float64Array(nDims);
  let count = 0;
  for (const frame of frames) {
    count += frame.length / nDims;
    for (let i = 0; i < frame.length; i++) centre[i % nDims] += frame[i];
  }
  let squares = 0;
  for (const frame of frames) {
    for (let i = 0; i < frame.length; i++) {
      squares += (frame[i] - centre[i % nDims] / count) ** 2;
    }
  }
  let sum = 0;
  let steps = 0;
  for (let f = 1; f < frames.length; f++) {
    for (const step of displacements(frames[f - 1], frames[f], nDims)) {
      sum += step;
      steps++;
    }
  }
  return steps > 0 && squares > 0 ? sum / steps / Math.sqrt(squares / count) : 0;
}
