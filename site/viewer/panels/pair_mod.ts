import { pairCause } from "./pair_cause.ts";
import { pairCsv } from "./pair_csv.ts";
import { pairCurves } from "./pair_curves.ts";
import { pairDivergence } from "./pair_divergence.ts";
import { pairEnds } from "./pair_ends.ts";
import { pairLegend } from "./pair_legend.ts";
import { pairMatch } from "./pair_match.ts";
import { pairMovers } from "./pair_movers.ts";
import { pairOptions } from "./pair_options.ts";
import type { PairPanel } from "./pair_panel.ts";
import { pairStatus } from "./pair_status.ts";
import { pairTransport } from "./pair_transport.ts";
import { pairTrust } from "./pair_trust.ts";

/** Panels that a comparison's page has containers for, by their `data-panel`. */
export const pairPanels: { readonly [name: string]: PairPanel } = {
  "pair-divergence": pairDivergence,
  "pair-cause": pairCause,
  "pair-curves": pairCurves,
  "pair-movers": pairMovers,
  "pair-match": pairMatch,
  "pair-trust": pairTrust,
  "pair-csv": pairCsv,
};

/** Panels over a stage with two scans, by the class of the container that the element makes for them. */
export const pairStagePanels: { readonly [className: string]: PairPanel } = {
  "ws-ends": pairEnds,
  "ws-legend": pairLegend,
  "ws-transport": pairTransport,
  "ws-tools": pairOptions,
  "ws-status": pairStatus,
};
