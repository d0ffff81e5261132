import type { Carrier, PairLayer, Rung } from "../format/pair_types.ts";
import { effectOf } from "./cells.ts";

/** A stretch has a cell that carries at least this share … */
export const carriesFrom = 0.5;
/** … and ends where a cell carries less than this, so that noise about one half does not cut it up. */
const stretchesFrom = 0.4;

/** A pair as far as its carriers depend on it. */
export interface CausePlan {
  readonly ladder: readonly Rung[];
  /** Whether a rung's tokens are the same. [nRungs] */
  readonly same: readonly boolean[];
}

/**
 * Whether a cell carries the difference by construction and so says nothing: a changed token at the
 * embedding, where a patch is the change itself, and the last token after the last layer, where it is
 * the outcome.
 */
export function isTrivial(
  { ladder, same }: CausePlan,
  frame: number,
  rung: number,
  nFrames: number,
): boolean {
  return frame === 0 && !same[rung] || frame === nFrames - 1 && rung === ladder.length - 1;
}

/**
 * The tokens that carry the answers' difference, and where: for each rung the stretches of frames in
 * which patching this one cell carries at least 0.4 of the difference, and somewhere at least 0.5.
 * Trivial cells ({@linkcode isTrivial}) may begin or end a stretch, but make none by themselves and do
 * not count for its share.
 *
 * @returns in the order of their first frame, then of their last, then along the ladder
 */
export function findCarriers(
  plan: CausePlan,
  layers: readonly Pick<PairLayer, "cause">[],
): Carrier[] {
  const nFrames = layers.length;
  const carriers = plan.ladder.flatMap((_, rung) => {
    const effects = layers.map(({ cause }) => effectOf(cause, rung));
    return findStretches(effects).flatMap(({ from, to }) => {
      const telling = effects.slice(from, to + 1)
        .filter((_, i) => !isTrivial(plan, from + i, rung, nFrames));
      if (!telling.some((effect) => effect >= carriesFrom)) return [];
      const share = telling.reduce((sum, effect) => sum + effect, 0) / telling.length;
      return [{ rung, from, to, share }];
    });
  });
  return carriers.sort((x, y) => x.from - y.from || x.to - y.to || x.rung - y.rung);
}

function findStretches(effects: readonly number[]): { from: number; to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  effects.forEach((effect, frame) => {
    if (!(effect >= stretchesFrom)) return;
    const last = stretches.at(-1);
    if (last?.to === frame - 1) last.to = frame;
    else stretches.push({ from: frame, to: frame });
  });
  return stretches;
}

/** Frames strictly between the embedding and the last layer at which no token is a carrier, as stretches. */
export function findGaps(
  carriers: readonly Carrier[],
  nFrames: number,
): { from: number; to: number }[] {
  const bare = Array.from({ length: nFrames }, (_, frame) => {
    const inside = frame > 0 && frame < nFrames - 1;
    return inside && !carriers.some(({ from, to }) => from <= frame && frame <= to) ? 1 : 0;
  });
  return findStretches(bare);
}

/** The cell that carries most of those that are not trivial; null where none was patched. */
export function findStrongestCell(
  plan: CausePlan,
  layers: readonly Pick<PairLayer, "cause">[],
): { frame: number; rung: number; share: number } | null {
  let best: { frame: number; rung: number; share: number } | null = null;
  layers.forEach(({ cause }, frame) => {
    plan.ladder.forEach((_, rung) => {
      const share = effectOf(cause, rung);
      if (Number.isNaN(share) || isTrivial(plan, frame, rung, layers.length)) return;
      if (best === null || share > best.share) best = { frame, rung, share };
    });
  });
  return best;
}
