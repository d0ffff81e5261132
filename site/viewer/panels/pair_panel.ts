import type { Look } from "../palette.ts";
import type { PairSession } from "../pair_session.ts";
import type { Readable, Unsubscribe } from "../state.ts";
import type { Graphics } from "./panel.ts";

/** What a panel of a comparison may know and do besides following the session. */
export interface PairPanelContext {
  readonly session: PairSession;
  /** How the stage looks now; scales differ on dark and light. */
  readonly look: Readable<Look>;
  readonly graphics: Readable<Graphics>;
  readonly reducedMotion: Readable<boolean>;
  /** What the two prompts are called. */
  readonly labels: { readonly a: string; readonly b: string };
  /** Where the side file is, null where the page names none. */
  readonly pairUrl: string | null;
  /** Whether the page names frames of the difference. */
  readonly hasDifference: boolean;
  /** Tries again what failed: a file, or the graphics. */
  retry(): void;
  resetCamera(): void;
  savePicture(): void;
  showShortcuts(): void;
}

/** Fills a container and keeps it up to date; the result takes it away again. */
export type PairPanel = (container: HTMLElement, context: PairPanelContext) => Unsubscribe;
