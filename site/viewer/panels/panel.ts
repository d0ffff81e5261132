import type { Look } from "../palette.ts";
import type { Session } from "../session.ts";
import type { Readable, Unsubscribe } from "../state.ts";

/** Whether there is a picture: words and numbers do without one. */
export type Graphics = "starting" | "ready" | "lost" | "unavailable";

/** What a panel may know and do besides following the session. */
export interface PanelContext {
  readonly session: Session;
  /** How the stage looks now; scales differ on dark and light. */
  readonly look: Readable<Look>;
  /** Where the lens of all tokens is, null where the page names none. */
  readonly lensUrl: string | null;
  readonly graphics: Readable<Graphics>;
  /** Tries again what failed: the file, or the graphics. */
  retry(): void;
  resetCamera(): void;
  savePicture(): void;
  showShortcuts(): void;
}

/** Fills a container and keeps it up to date; the result takes it away again. */
export type Panel = (container: HTMLElement, context: PanelContext) => Unsubscribe;
