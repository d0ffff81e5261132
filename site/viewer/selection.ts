/** What of two compared scans is chosen. */

export type Selection =
  | { readonly kind: "none" }
  /** A layer at a rung of the token ladder. */
  | { readonly kind: "cell"; readonly frame: number; readonly rung: number }
  | { readonly kind: "particles"; readonly particles: ReadonlySet<number> };

export const noSelection: Selection = { kind: "none" };
