import type { PairLayer } from "../format/pair_types.ts";

/** A cell moved if its states differ by at least this share of the layer's mean norm (`quietRelative`). */
export const movedFrom = 0.2;
/** A cell decides if patching it carries at least this share of the answers' logit difference. */
export const decidesFrom = 0.2;

/**
 * Whether a cell (a rung at a layer) moved, and whether it decides.
 *
 * - `both`: it moved, and the answer depends on it.
 * - `moved`: it moved without effect.
 * - `decides`: it decides without having moved much: a small difference that the rest of the model reads.
 * - `neither`
 *
 * Where both prompts have the same answer (`contrast.kind` "rival") the effect is a share of what the
 * rival gains, which may be little.
 */
export type CellKind = "both" | "moved" | "decides" | "neither";

/**
 * What patching one cell carries of the answers' logit difference: the mean of what it restores and
 * what it takes away (denoising and noising ask for a sufficient and for a necessary cell: Heimersheim &
 * Nanda 2024, arXiv 2404.15255), put between 0 and 1. Where one of the two is NaN it is the other, where
 * both are, NaN.
 */
export function effectOf({ restored, lost }: PairLayer["cause"], rung: number): number {
  const known = [restored[rung], lost[rung]].filter((share) => !Number.isNaN(share));
  if (known.length === 0) return NaN;
  return Math.min(1, Math.max(0, known.reduce((sum, share) => sum + share, 0) / known.length));
}

/** Tells movement from effect at one cell; null where it was not patched or its rung is not aligned. */
export function classifyCell(
  layer: Pick<PairLayer, "quietRelative" | "cause">,
  rung: number,
): CellKind | null {
  const [motion, effect] = [layer.quietRelative[rung], effectOf(layer.cause, rung)];
  if (!Number.isFinite(motion) || Number.isNaN(effect)) return null;
  if (effect >= decidesFrom) return motion >= movedFrom ? "both" : "decides";
  return motion >= movedFrom ? "moved" : "neither";
}
