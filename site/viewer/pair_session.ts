/** Two scans being compared, as far as the panels know it. */

import type { Pair } from "../../scan/format/pair_types.ts";
import type { Selection } from "./selection.ts";
import type { Tracked } from "./state.ts";
import type { LoadError } from "./stream.ts";
import type { Playhead } from "./timeline.ts";

export type { Selection } from "./selection.ts";

export type PairLoading =
  | { readonly kind: "idle" | "loading" | "complete" }
  | { readonly kind: "failed"; readonly error: LoadError };

export interface PairSession {
  readonly pair: Tracked<Pair | null>;
  readonly pairLoading: Tracked<PairLoading>;
  readonly selection: Tracked<Selection>;
  readonly layer: Tracked<number>;
  readonly playhead: Tracked<Playhead>;
  rungsOf(selection: Selection): ReadonlySet<number>;
  seek(layer: number): void;
}
