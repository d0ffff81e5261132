import { make } from "./dom.ts";
import { FrameLoop } from "./loop.ts";
import { Session } from "./session.ts";
import { Tracked } from "./state.ts";

/** A pointer that only passes over a card starts nothing. */
const patienceMs = 140;
const fadeMs = 260;
const previewSpeed = 1.5;

/**
 * Plays a scan quietly on a gallery card: the page's one canvas moves into `stage` and lies over the
 * still that is there. Does nothing where motion is reduced or WebGL is missing: the still stays.
 *
 * @param stage positioned box of the card's picture; takes no pointer events from the card
 * @param src address of the frame file
 * @returns stops it and gives the canvas back; safe to call at any time and more than once
 */
export function previewIn(stage: HTMLElement, src: string): () => void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return () => {};
  let stop: (() => void) | null = null;
  let stopped = false;
  const timer = setTimeout(() => {
    begin(stage, src).then(
      (end) => {
        if (stopped) end();
        else stop = end;
      },
      // A card's still is all the message that a missing picture needs.
      (error) => console.warn(error),
    );
  }, patienceMs);
  return () => {
    clearTimeout(timer);
    stopped = true;
    stop?.();
    stop = null;
  };
}

async function begin(stage: HTMLElement, src: string): Promise<() => void> {
  const session = new Session();
  session.settings.speed.value = previewSpeed;
  const surface = make("div", { class: "ws-surface ws-preview", "aria-hidden": "true" });
  stage.append(surface);
  try {
    const { View } = await import("./scene/view.ts");
    void session.load(new URL(src, document.baseURI).href);
    const loop = new FrameLoop((elapsedMs) => {
      session.tick(elapsedMs);
      const moves = view.update(elapsedMs);
      return moves || session.timeline.moving;
    });
    const view = new View(session, {
      surface,
      reducedMotion: new Tracked(false),
      covered: () => ({ top: 0, bottom: 0 }),
      wake: () => loop.wake(),
      onContext: () => {},
      onDrawn: () => {
        surface.toggleAttribute("data-shown", true);
        session.play();
      },
      onEvicted: () => surface.removeAttribute("data-shown"),
    });
    const resized = new ResizeObserver(() => view.resize());
    resized.observe(surface);
    session.moving.subscribe(() => loop.wake());
    loop.enabled = true;
    return () => {
      resized.disconnect();
      loop.enabled = false;
      session.dispose();
      surface.removeAttribute("data-shown");
      // The picture fades out where it is; whoever wants the canvas meanwhile gets it.
      setTimeout(() => {
        view.dispose();
        surface.remove();
      }, fadeMs);
    };
  } catch (error) {
    session.dispose();
    surface.remove();
    throw error;
  }
}
