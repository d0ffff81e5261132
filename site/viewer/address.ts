/** What outlives a visit: the view in the address bar, one choice in the browser's storage. */

import type { Session } from "./session.ts";
import type { Disposer, Tracked } from "./state.ts";
import { applyLink, formatHash, linkOf, parseHash } from "./url_state.ts";

/** Browsers limit how often an address may change. */
const delayMs = 400;
const shortcutsKey = "weightscan.shortcuts";

/** Settings come from the address and go back to it; a layer goes there only while it rests. */
export function followAddress(session: Session, disposer: Disposer): void {
  const { settings } = session;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted: number | null = null;

  const read = () => {
    const link = parseHash(location.hash);
    applyLink(link, settings);
    wanted = link.layer;
    if (wanted !== null && session.header.value !== null) session.seek(wanted);
  };
  const write = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const hash = formatHash(linkOf(settings, restingLayer(session)), location.hash);
      if (hash === location.hash) return;
      history.replaceState(history.state, "", hash || location.pathname + location.search);
    }, delayMs);
  };
  read();
  disposer.listen(globalThis, "hashchange", read);
  disposer.add(
    () => clearTimeout(timer),
    session.header.subscribe((header) => {
      if (header !== null && wanted !== null) session.seek(wanted);
    }),
    session.playing.subscribe(write),
    session.layer.subscribe(() => {
      if (!session.playing.value) write();
    }),
    settings.colour.subscribe(write),
    settings.edges.subscribe(write),
    settings.speed.subscribe(write),
    settings.pointSize.subscribe(write),
    settings.turn.subscribe(write),
    settings.stage.subscribe(write),
    settings.pose.subscribe(write),
  );
}

/** The layer that a link should name: none while layers play or before there are any. */
function restingLayer(session: Session): number | null {
  const { timeline } = session;
  if (session.playing.value || session.arrived.value === 0) return null;
  // While a linked layer is still on its way, the address keeps asking for it.
  if (session.waiting.value) return timeline.target;
  return timeline.target === session.layer.value ? session.layer.value : null;
}

/** Keeps the reader's choice where single keys work; a browser without storage forgets it. */
export function rememberChoice(everywhere: Tracked<boolean>, disposer: Disposer): void {
  try {
    everywhere.value = localStorage.getItem(shortcutsKey) !== "stage";
    disposer.add(everywhere.subscribe((on) => {
      localStorage.setItem(shortcutsKey, on ? "everywhere" : "stage");
    }));
  } catch {
    // Storage is switched off: nothing else depends on it.
  }
}
