import { caption } from "./caption.ts";
import { legend } from "./legend.ts";
import { lens } from "./lens.ts";
import { lensGrid } from "./lens_grid.ts";
import { measures } from "./measures.ts";
import type { Panel } from "./panel.ts";
import { status } from "./status.ts";
import { tokens } from "./tokens.ts";
import { transport } from "./transport.ts";
import { viewOptions } from "./view_options.ts";

/** Panels that the page has containers for, by their `data-panel`. */
export const pagePanels: { readonly [name: string]: Panel } = {
  tokens,
  lens,
  "lens-grid": lensGrid,
  measures,
};

/** Panels over the stage, by the class of the container that the element makes for them. */
export const stagePanels: { readonly [className: string]: Panel } = {
  "ws-caption": caption,
  "ws-legend": legend,
  "ws-transport": transport,
  "ws-tools": viewOptions,
  "ws-status": status,
};
