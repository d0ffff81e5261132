import type { PairLayer, Rung, TurningPoints } from "../format/pair_types.ts";
import {
  alignedRungs,
  type BothStates,
  channelMask,
  cosineOf,
  distanceOf,
  meanNormOf,
  shareOf,
  stateAt,
} from "./states.ts";

/** How far two prompts are apart at one layer. */
export type LayerDivergence = Pick<
  PairLayer,
  "relative" | "cosine" | "quietRelative" | "quietCosine" | "spread"
>;

/**
 * Divergence of two prompts over layers and rungs: the norm of the difference of two aligned hidden
 * states as a share of the layer's mean norm over both prompts, and their cosine, with all channels
 * and ("quiet") without those of massive activation, which else decide both alone (arXiv 2402.17762).
 *
 * @param same whether a rung's tokens are the same. [nRungs]
 * @param firstChange first rung whose tokens differ
 * @returns for each frame; NaN at rungs of one token. `spread` is 0 where no rung from the change on is aligned.
 */
export function measureDivergence(
  states: BothStates,
  ladder: readonly Rung[],
  same: readonly boolean[],
  firstChange: number,
  massiveChannels: readonly number[],
): LayerDivergence[] {
  const [nFrames, , dModel] = states.a.shape;
  const [all, quiet] = [channelMask(dModel), channelMask(dModel, massiveChannels)];
  const aligned = alignedRungs(ladder);
  const after = aligned.map(({ rung }) => rung).filter((rung) => rung >= firstChange);
  const sameAfter = after.filter((rung) => same[rung]);
  const spreadOver = sameAfter.length > 0 ? sameAfter : after;

  return Array.from({ length: nFrames }, (_, frame) => {
    const compare = (mask: Uint8Array) => {
      const norm = meanNormOf(states, frame, mask);
      const relative = new Float32Array(ladder.length).fill(NaN);
      const cosine = new Float32Array(ladder.length).fill(NaN);
      for (const { rung, a, b } of aligned) {
        const [rowA, rowB] = [stateAt(states.a, frame, a), stateAt(states.b, frame, b)];
        relative[rung] = shareOf(distanceOf(rowA, rowB, mask), norm);
        cosine[rung] = cosineOf(rowA, rowB, mask);
      }
      return { relative, cosine };
    };
    const [loud, soft] = [compare(all), compare(quiet)];
    return {
      ...loud,
      quietRelative: soft.relative,
      quietCosine: soft.cosine,
      spread: meanAt(soft.relative, spreadOver),
    };
  });
}

function meanAt(values: Float32Array, places: readonly number[]): number {
  return places.reduce((sum, at) => sum + values[at], 0) / Math.max(1, places.length);
}

/**
 * Where a curve over the layers rises, is highest, and has sunk again. The peak is the first frame with
 * the largest value; a curve that never leaves 0 has no points.
 *
 * @param curve [nFrames], each at least 0
 */
export function findTurningPoints(curve: readonly number[]): TurningPoints {
  const most = curve.reduce((largest, x) => Math.max(largest, x), 0);
  if (!(most > 0)) return { onset: null, peak: null, reconvergence: null };
  const isHigh = (x: number) => x >= most / 2;
  const sunk = curve.findLastIndex(isHigh) + 1;
  return {
    onset: curve.findIndex(isHigh),
    peak: curve.indexOf(most),
    reconvergence: sunk < curve.length ? sunk : null,
  };
}

/** First frame at which a curve lies above a band; null where it never does. Both [nFrames] */
export function firstAbove(curve: readonly number[], band: readonly number[]): number | null {
  const frame = curve.findIndex((x, i) => x > band[i]);
  return frame < 0 ? null : frame;
}
