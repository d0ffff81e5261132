/** What outlives a visit: the view in the address bar, one choice in the browser's storage. */

import type { Session } from "./session.ts";
import type { Disposer, Readable, Tracked } from "./state.ts";
import { applyLink, formatHash, linkOf, parseHash } from "./url_state.ts";

/** Browsers limit how often an address may change. */
const delayMs = 400;
const shortcutsKey = "weightscan.shortcuts";

/** What has a part of its state in the address. */
export interface Addressed {
  /** The scan whose layer is linked. */
  readonly session: Session;
  /** Takes the state that a hash names. @returns the layer that it asks for, null for none */
  read(hash: string): number | null;
  /** @param present the hash that is there now, whose other parts are kept */
  write(layer: number | null, present: string): string;
  /** All that `write` writes, besides the layer. */
  readonly follows: readonly Readable<unknown>[];
}

/** A scan's settings. */
export function addressOf(session: Session): Addressed {
  const { settings } = session;
  return {
    session,
    read(hash) {
      const link = parseHash(hash);
      applyLink(link, settings);
      return link.layer;
    },
    write: (layer, present) => formatHash(linkOf(settings, layer), present),
    follows: Object.values(settings),
  };
}

/** State comes from the address and goes back to it; a layer goes there only while it rests. */
export function followAddress(addressed: Addressed, disposer: Disposer): void {
  const { session } = addressed;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted: number | null = null;

  const read = () => {
    wanted = addressed.read(location.hash);
    if (wanted !== null && session.header.value !== null) session.seek(wanted);
  };
  const write = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const hash = addressed.write(restingLayer(session), location.hash);
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
    ...addressed.follows.map((each) => each.subscribe(write)),
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
