import { pairEnds } from "./pair_ends.ts";
import { pairLegend } from "./pair_legend.ts";
import { pairOptions } from "./pair_options.ts";
import type { PairPanel } from "./pair_panel.ts";
import { pairStatus } from "./pair_status.ts";
import { pairTransport } from "./pair_transport.ts";

/** Panels over a stage with two scans, by the class of the container that the element makes for them. */
export const pairStagePanels: { readonly [className: string]: PairPanel } = {
  "ws-ends": pairEnds,
  "ws-legend": pairLegend,
  "ws-transport": pairTransport,
  "ws-tools": pairOptions,
  "ws-status": pairStatus,
};
