import { make } from "../dom.ts";
import { Disposer } from "../state.ts";
import { formatProbability, sayLayer, sayToken } from "../text.ts";
import type { Panel } from "./panel.ts";

/** A reader who steps quickly hears the last layer, not each. */
const settleMs = 450;

/**
 * Words for screen readers (what is on show once it rests, never every tick while it plays) and for
 * everybody when the file cannot be had or the graphics fail.
 */
export const status: Panel = (container, { session, graphics, retry }) => {
  const disposer = new Disposer();
  const spoken = make("p", { class: "ws-hidden", role: "status", "aria-live": "polite" });
  const message = make("div", { class: "ws-message", role: "alert", hidden: true });
  container.append(spoken, message);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const say = (text: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (spoken.textContent !== text) spoken.textContent = text;
    }, settleMs);
  };
  const sayPlace = () => {
    if (session.header.value === null || session.arrived.value === 0) return;
    if (session.playing.value) {
      say(session.waiting.value ? "Waiting for the next layer" : "Playing");
      return;
    }
    const best = session.guesses()[0];
    const guess = best ? `, best guess “${sayToken(best.text)}”, ${formatProbability(best.p)}` : "";
    say(`${sayLayer(session.layer.value, session.nFrames)}${guess}`);
  };

  const drawMessage = () => {
    const loading = session.loading.value;
    const arrived = session.arrived.value;
    const lines: string[] = [];
    let again = true;
    if (loading.kind === "failed") {
      lines.push(loading.error.sentence);
      if (arrived > 0) {
        lines.push(`${arrived} of ${session.nFrames} layers arrived and can be watched.`);
      }
    } else if (graphics.value === "lost") {
      lines.push("The graphics driver took the picture away.");
    } else if (graphics.value === "unavailable") {
      lines.push("This browser offers no WebGL 2, so the cloud cannot be drawn.");
      lines.push("The guesses and measures of every layer can still be read.");
      again = false;
    }
    message.hidden = lines.length === 0;
    // With a picture on show, or its still, the words keep out of its middle.
    message.toggleAttribute("data-small", arrived > 0 && graphics.value !== "lost");
    const button = make("button", { type: "button", class: "ws-retry" }, "Try again");
    button.addEventListener("click", retry);
    message.replaceChildren(
      ...lines.map((line) => make("p", {}, line)),
      ...(again ? [button] : []),
    );
  };

  disposer.add(
    () => clearTimeout(timer),
    session.layer.subscribe(() => {
      if (!session.playing.value) sayPlace();
    }),
    session.playing.subscribe(sayPlace),
    session.waiting.subscribe(sayPlace),
    session.token.subscribe(sayPlace),
    session.loading.follow((loading) => {
      if (loading.kind === "loading") say("Loading the scan");
      if (loading.kind === "complete") sayPlace();
      drawMessage();
    }),
    graphics.subscribe(drawMessage),
  );
  return () => {
    disposer.dispose();
    container.replaceChildren();
  };
};
