/** What a cell of a comparison's maps says when movement and effect are read together. */

import type { PairLayer } from "../../scan/format/pair_types.ts";

/** A state counts as moved from this distance on (`quietRelative`). */
export const movedFrom = 0.2;
/** A state counts as deciding from this share of the answers' logit difference on. */
export const decidesFrom = 0.2;

/**
 * - `both`: moves, and the answer depends on it
 * - `moved`: moves without effect
 * - `decides`: decides while hardly moving
 * - `neither`
 */
export type CellKind = "both" | "moved" | "decides" | "neither";

/** Mean of what a patch restores and takes away, 0 … 1; the one there is, or NaN. */
export function effectOf({ restored, lost }: PairLayer["cause"], rung: number): number {
  const known = [restored[rung], lost[rung]].filter(Number.isFinite);
  if (known.length === 0) return NaN;
  return Math.min(1, Math.max(0, known.reduce((sum, share) => sum + share, 0) / known.length));
}

/** Tells movement from effect at one cell; null where it was not patched or not compared. */
export function classifyCell(
  layer: Pick<PairLayer, "quietRelative" | "cause">,
  rung: number,
): CellKind | null {
  const motion = layer.quietRelative[rung];
  const effect = effectOf(layer.cause, rung);
  if (!Number.isFinite(motion) || !Number.isFinite(effect)) return null;
  if (motion >= movedFrom) return effect >= decidesFrom ? "both" : "moved";
  return effect >= decidesFrom ? "decides" : "neither";
}
