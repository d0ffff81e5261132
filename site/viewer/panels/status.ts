import { Disposer } from "../state.ts";
import { formatProbability, sayLayer, sayToken } from "../text.ts";
import { graphicsLines, makeMessage, showMessage, Speaker } from "./message.ts";
import type { Panel } from "./panel.ts";

/**
 * Words for screen readers (what is on show once it rests, never every tick while it plays) and for
 * everybody when the file cannot be had or the graphics fail.
 */
export const status: Panel = (container, { session, graphics, retry }) => {
  const disposer = new Disposer();
  const speaker = new Speaker();
  const message = makeMessage();
  container.append(speaker.element, message);
  const say = (text: string) => speaker.say(text);

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
    const small = arrived > 0 && graphics.value !== "lost";
    if (loading.kind !== "failed") {
      const words = graphicsLines(graphics.value) ?? { lines: [], again: false };
      return showMessage(message, { ...words, small }, retry);
    }
    const lines = [loading.error.sentence];
    if (arrived > 0) {
      lines.push(`${arrived} of ${session.nFrames} layers arrived and can be watched.`);
    }
    showMessage(message, { lines, again: true, small }, retry);
  };

  disposer.add(
    () => speaker.dispose(),
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
