import type { PairPanel } from "./pair_panel.ts";
import { fillTransport } from "./transport.ts";

/** The first scan's layers; the second follows. */
export const pairTransport: PairPanel = (container, { session }) =>
  fillTransport(container, session.a);
