/** What a cell of a comparison's maps says when movement and effect are read together. */

import type { PairLayer } from "../../scan/format/pair_types.ts";

/**
 * - `idle`: hardly moves, carries nothing
 * - `moved`: moves without effect
 * - `decides`: carries the answer while hardly moving
 * - `both`: moves and carries the answer
 * - `unknown`: not compared, or not patched
 */
export type CellClass = "idle" | "moved" | "decides" | "both" | "unknown";

/** From which relative distance on a state counts as moved. */
export const movedFrom = 0.25;
/** From which share of the answers' logit difference on a state counts as carrying it. */
export const decidesFrom = 0.2;

/**
 * Classes a cell by its distance without the massive channels, and by the larger of what a patch restores
 * and what it loses.
 */
export function classifyCell(layer: PairLayer, rung: number): CellClass {
  const moved = layer.quietRelative[rung];
  const shares = [layer.cause.restored[rung], layer.cause.lost[rung]].filter(Number.isFinite);
  if (!Number.isFinite(moved) || shares.length === 0) return "unknown";
  const decides = Math.max(...shares) >= decidesFrom;
  if (moved >= movedFrom) return decides ? "both" : "moved";
  return decides ? "decides" : "idle";
}
