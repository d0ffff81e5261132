/** What the particles' colours show: which scale, between which ends, and the numbers themselves. */

import type { Domain } from "./cloud_data.ts";
import type { Session } from "./session.ts";
import type { Colouring } from "./settings.ts";

export interface Paint {
  readonly colouring: Colouring;
  /** Ends of the scale, in what `valuesOf` gives. */
  readonly domain: Domain;
  /** Whether small values are the remarkable ones. */
  readonly flip: boolean;
  /** Numbers of a frame's particles, null while they are not known. [nParticles] */
  valuesOf(frame: number): ArrayLike<number> | null;
}

/** A scan's own paint. */
export function paintOf(session: Session): Paint {
  const { colouring, shapes, edges, identity, header, domains } = session;
  const { motion, spacing } = domains.value;
  const paints: { readonly [name in typeof colouring]: Omit<Paint, "colouring"> } = {
    token: {
      domain: [0, Math.max(1, (header.value?.tokens.length ?? 1) - 1)],
      flip: false,
      valuesOf: (frame) => shapes[frame]?.frame.reads?.tokens ?? null,
    },
    motion: {
      domain: toLogs(motion),
      flip: false,
      valuesOf: (frame) => shapes[frame]?.motion.map(toLog) ?? null,
    },
    identity: { domain: [0, 1], flip: false, valuesOf: () => identity },
    density: {
      domain: toLogs(spacing),
      flip: true,
      valuesOf: (frame) => edges[frame]?.spacing.map(toLog) ?? null,
    },
  };
  return { colouring, ...paints[colouring] };
}

/** Distances and ways span powers of ten: their colours are laid out by logarithm. */
export function toLog(distance: number): number {
  return Math.log2(Math.max(distance, 1e-9));
}

export function toLogs([low, high]: Domain): Domain {
  return [toLog(low), toLog(high)];
}
