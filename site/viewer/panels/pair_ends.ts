import { make, makeToken } from "../dom.ts";
import type { Side } from "../selection.ts";
import { Disposer, type Tracked } from "../state.ts";
import { formatProbability, sayToken } from "../text.ts";
import type { PairPanel } from "./pair_panel.ts";

/**
 * The two prompts and the way between them: what either would say at the layer on show, the slider that
 * turns one cloud into the other, and how both are arranged.
 */
export const pairEnds: PairPanel = (container, context) => {
  const { session, labels } = context;
  const disposer = new Disposer();
  const ends = {
    a: makeEnd(context, "a", disposer),
    b: makeEnd(context, "b", disposer),
  };
  const range = make("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    class: "ws-range ws-blend-range",
    "aria-label": `From ${labels.a} to ${labels.b}`,
  });
  const done = make("span", { class: "ws-track-done" });
  const slider = make(
    "div",
    { class: "ws-blend" },
    make("span", { class: "ws-track", "aria-hidden": "true" }, done),
    range,
  );
  const note = make("p", { class: "ws-ends-note" });
  const ghost = toggle(disposer, "Ghost", "g", session.ghost);
  const arrows = toggle(disposer, "Arrows", "v", session.arrows);
  const beside = makeToggle("Side by side", "s");
  disposer.listen(beside, "click", () => {
    session.arrange(session.arrangement.value === "beside" ? "together" : "beside");
  });
  const toggles = make(
    "div",
    { class: "ws-toggles", role: "group", "aria-label": "Arrangement" },
    ghost,
    arrows,
    beside,
  );
  container.append(ends.a, slider, note, ends.b, toggles);

  const arrange = () => {
    const isBeside = session.arrangement.value === "beside";
    const { value } = session.correspondence;
    const { kind } = value;
    container.dataset.arrangement = session.arrangement.value;
    beside.setAttribute("aria-pressed", String(isBeside));
    ghost.hidden = arrows.hidden = isBeside;
    range.disabled = arrows.disabled = kind !== "same";
    slider.hidden = isBeside || kind === "different";
    note.hidden = isBeside || kind !== "different";
    note.textContent = value.kind === "different" ? value.reason : "";
    beside.disabled = !session.canMeet;
  };
  disposer.add(
    session.arrangement.follow(arrange),
    session.correspondence.subscribe(arrange),
    session.blend.follow((blend) => {
      range.value = String(blend);
      range.setAttribute("aria-valuetext", sayBlend(blend, labels));
      done.style.setProperty("--part", String(blend));
      container.dataset.near = blend < 0.5 ? "a" : "b";
    }),
  );
  disposer.listen(range, "input", () => session.blendTo(Number(range.value), true));
  return () => {
    disposer.dispose();
    container.replaceChildren();
  };
};

/** A prompt's name and its best guess; a button that shows it. */
function makeEnd(
  { session, labels, reducedMotion }: Parameters<PairPanel>[1],
  side: Side,
  disposer: Disposer,
): HTMLElement {
  const one = session[side];
  const word = make("span", { class: "ws-end-word" });
  const share = make("span", { class: "ws-end-share" });
  const end = make(
    "button",
    { type: "button", class: "ws-end", "data-side": side, title: `Show ${labels[side]} (${side})` },
    make(
      "span",
      { class: "ws-end-name" },
      make("span", { class: "ws-end-mark" }, side.toUpperCase()),
      make("span", {}, labels[side]),
    ),
    word,
    share,
  );
  disposer.listen(end, "click", () => {
    session.blendTo(side === "a" ? 0 : 1, reducedMotion.value);
  });
  const draw = () => {
    const best = one.guesses()[0];
    word.hidden = share.hidden = best === undefined;
    if (best === undefined) return;
    word.replaceChildren(makeToken(best.text));
    word.title = `Best guess of the next token: ${sayToken(best.text)}`;
    share.textContent = formatProbability(best.p);
  };
  disposer.add(one.followGuesses(draw));
  return end;
}

function sayBlend(blend: number, { a, b }: { a: string; b: string }): string {
  if (blend === 0) return a;
  return blend === 1 ? b : `${Math.round(blend * 100)} percent of the way to ${b}`;
}

function toggle(
  disposer: Disposer,
  text: string,
  key: string,
  setting: Tracked<boolean>,
): HTMLButtonElement {
  const button = makeToggle(text, key);
  disposer.add(setting.follow((on) => button.setAttribute("aria-pressed", String(on))));
  disposer.listen(button, "click", () => setting.value = !setting.value);
  return button;
}

function makeToggle(text: string, key: string): HTMLButtonElement {
  return make(
    "button",
    { type: "button", class: "ws-toggle", title: `${text} (${key})`, "aria-pressed": "false" },
    text,
  );
}
