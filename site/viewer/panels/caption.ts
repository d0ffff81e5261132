import { make, makeToken } from "../dom.ts";
import { formatProbability, sayLayer, sayToken } from "../text.ts";
import type { Panel } from "./panel.ts";

/** Which layer is on show and what the model would say there: a corner of the stage. */
export const caption: Panel = (container, { session }) => {
  const layer = make("p", { class: "ws-caption-layer" });
  const word = make("span", { class: "ws-caption-word" });
  const share = make("span", { class: "ws-caption-share" });
  const guess = make("p", { class: "ws-caption-guess" }, word, share);
  container.append(layer, guess);

  const draw = () => {
    const { header } = session;
    if (header.value === null || session.arrived.value === 0) {
      layer.textContent = "";
      word.textContent = share.textContent = "";
      return;
    }
    const text = header.value.layers[session.layer.value] ?? "";
    if (layer.textContent !== text) layer.textContent = text;
    layer.title = sayLayer(session.layer.value, session.nFrames);
    const best = session.guesses()[0];
    guess.hidden = best === undefined;
    if (best === undefined) return;
    word.replaceChildren(makeToken(best.text));
    word.title = `Best guess of the next token: ${sayToken(best.text)}`;
    share.textContent = formatProbability(best.p);
  };
  const stop = session.followGuesses(draw);
  return () => {
    stop();
    container.replaceChildren();
  };
};
