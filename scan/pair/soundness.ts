import type { Soundness } from "../format/pair_types.ts";
import {
  type BothStates,
  channelMask,
  distanceOf,
  meanNormOf,
  shareOf,
  stateAt,
} from "./states.ts";

/**
 * Largest deviation that passes where nothing else is said, as a share of a layer's mean norm. The two runs
 * need not agree to the last bit, since a runtime may cut a sum in other places for a prompt of another
 * length; a model says itself what its rounding may do (`model/rounding.ts`). Where a later token leaks
 * backwards the deviation is a part of the change itself, of the size of the norm.
 */
export const defaultTolerance = 1e-3;

/**
 * Compares the states before the first change: in a causal model a token sees only what stands before
 * it, so that they must agree in both prompts at every layer. If they do not, either the model is not
 * causal or its states were cut out of the graph wrongly, and nothing else of the comparison holds.
 *
 * @param firstChange first rung whose tokens differ; all before hold token i of both
 * @param tolerance as a share of the layer's mean norm
 * @returns the largest deviation, relative to the layer's mean norm over both prompts
 */
export function measureSoundness(
  states: BothStates,
  firstChange: number,
  tolerance = defaultTolerance,
): Soundness {
  const [nFrames, , dModel] = states.a.shape;
  const mask = channelMask(dModel);
  let largest = 0;
  for (let frame = 0; frame < nFrames; frame++) {
    const norm = meanNormOf(states, frame, mask);
    for (let token = 0; token < firstChange; token++) {
      const [a, b] = [stateAt(states.a, frame, token), stateAt(states.b, frame, token)];
      const deviation = shareOf(distanceOf(a, b, mask), norm);
      // A state that is no number is no agreement.
      if (!(deviation <= largest)) largest = Number.isNaN(deviation) ? Infinity : deviation;
    }
  }
  return { largest, nStates: nFrames * firstChange, tolerance };
}

/**
 * @param names ids of the two prompts, for the message
 * @throws {Error} if states before the first change deviate by more than the tolerance
 */
export function assertSound(
  { largest, nStates, tolerance }: Soundness,
  names: { readonly a: string; readonly b: string },
): void {
  if (largest <= tolerance) return;
  throw new Error(
    `Cannot compare "${names.a}" with "${names.b}": expected the ${nStates} hidden states before the ` +
      `first changed token to agree within ${tolerance} of their layer's mean norm, got a deviation of ` +
      `${
        largest.toPrecision(2)
      }. Use a causal model (one whose tokens see only what stands before ` +
      `them) and check how its hidden states are found.`,
  );
}
