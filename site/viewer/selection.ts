/** What of two compared scans is chosen, and what that means for particles and tokens. */

import type { Rung } from "../../scan/format/pair_types.ts";
import type { Frame, Token } from "../../scan/format/types.ts";

/** Which of the two. */
export type Side = "a" | "b";

export type Selection =
  | { readonly kind: "none" }
  /** A layer at a rung of the token ladder. */
  | { readonly kind: "cell"; readonly frame: number; readonly rung: number }
  | { readonly kind: "particles"; readonly particles: ReadonlySet<number> };

export const noSelection: Selection = { kind: "none" };

export function sameSelection(a: Selection, b: Selection): boolean {
  if (a.kind === "cell" && b.kind === "cell") return a.frame === b.frame && a.rung === b.rung;
  if (a.kind === "particles" && b.kind === "particles") {
    return a.particles.size === b.particles.size && a.particles.isSubsetOf(b.particles);
  }
  return a.kind === b.kind;
}

/** The ladder before the pair's own is known: tokens by their place, what is left over inserted. */
export function plainLadder(a: readonly Token[], b: readonly Token[]): Rung[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => ({
    a: i < a.length ? i : null,
    b: i < b.length ? i : null,
  }));
}

/** The rung on which each token of a side stands. [nTokens] */
export function rungOfTokens(ladder: readonly Rung[], side: Side): number[] {
  const rungs: number[] = [];
  ladder.forEach((rung, i) => {
    const token = rung[side];
    if (token !== null) rungs[token] = i;
  });
  return rungs;
}

/** Particles of a frame that read a token more than any other. */
export function readersOf(frame: Frame | undefined, token: number | null): Set<number> {
  const readers = new Set<number>();
  if (token === null) return readers;
  frame?.reads?.tokens.forEach((read, particle) => {
    if (read === token) readers.add(particle);
  });
  return readers;
}

/**
 * Particles that read what a particle reads, itself among them: alone where the scan does not tell.
 */
export function companionsOf(frame: Frame, particle: number): Set<number> {
  const token = frame.reads?.tokens[particle];
  return token === undefined ? new Set([particle]) : readersOf(frame, token);
}

/** Rungs of the tokens that particles read in a frame. @param rungs as {@linkcode rungOfTokens} */
export function rungsRead(
  frame: Frame | undefined,
  particles: ReadonlySet<number>,
  rungs: readonly number[],
): Set<number> {
  const found = new Set<number>();
  for (const particle of particles) {
    const rung = rungs[frame?.reads?.tokens[particle] ?? -1];
    if (rung !== undefined) found.add(rung);
  }
  return found;
}
