/** Where values of a heat map lie on its scale. */

import type { Pair } from "../../scan/format/pair_types.ts";
import { formatNumber } from "./text.ts";

/** Values with a place on a scale, its low end first; the ends may run downwards. */
export interface HeatDomain {
  readonly low: number;
  readonly high: number;
}

/** Place of a value on a scale, 0 … 1; null where there is none. */
export function placeOn({ low, high }: HeatDomain, value: number): number | null {
  if (!Number.isFinite(value)) return null;
  if (low === high) return 0;
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** Largest and smallest finite value. */
export function rangeOf(values: Iterable<number>): { min: number; max: number } | null {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return min <= max ? { min, max } : null;
}

export type DivergenceKey = "relative" | "cosine" | "quietRelative" | "quietCosine";

interface DivergenceMeasure {
  readonly title: string;
  readonly meaning: string;
  /** 0 for a distance: its scale starts there; 1 for a likeness, whose scale starts at sameness. */
  readonly same: 0 | 1;
}

const withoutMassive = "without the channels of massive activation";

/** What the divergence map can show, the default first. */
export const divergenceMeasures: { readonly [key in DivergenceKey]: DivergenceMeasure } = {
  quietRelative: {
    title: "Distance, without massive channels",
    meaning:
      `Norm of the difference, divided by the layer's mean norm, ${withoutMassive}. 0 is the same.`,
    same: 0,
  },
  relative: {
    title: "Distance, all channels",
    meaning: "Norm of the difference, divided by the layer's mean norm. 0 is the same.",
    same: 0,
  },
  quietCosine: {
    title: "Cosine, without massive channels",
    meaning: `Cosine of the two states, ${withoutMassive}. 1 is the same direction.`,
    same: 1,
  },
  cosine: {
    title: "Cosine, all channels",
    meaning: "Cosine of the two states. 1 is the same direction.",
    same: 1,
  },
};

/** From sameness to the cell that differs most. */
export function divergenceDomain({ layers }: Pair, key: DivergenceKey): HeatDomain {
  const range = rangeOf(layers.flatMap((layer) => [...layer[key]]));
  const { same } = divergenceMeasures[key];
  if (range === null) return { low: same, high: same };
  return { low: same, high: same === 0 ? Math.max(0, range.max) : Math.min(1, range.min) };
}

/** A share of the answers' logit difference: `83 %`, `−5 %`. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return "–";
  const percent = Math.round(share * 100) + 0;
  return `${percent < 0 ? "−" : ""}${Math.abs(percent)}\u202f%`;
}

/** A number short enough for a cell: `0.43`, `−1.26`, `12.4`. */
export function formatCell(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 100) return formatNumber(value);
  return value.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0).replace(/^-(0\.?0*)$/, "$1").replace(
    "-",
    "−",
  );
}
