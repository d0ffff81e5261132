import { type IconName, make, makeIcon } from "../dom.ts";
import type { Session } from "../session.ts";
import { Disposer, type Unsubscribe } from "../state.ts";
import { sayLayer } from "../text.ts";
import { maxSpeed, minSpeed } from "../timeline.ts";
import type { Panel } from "./panel.ts";

const speeds = [0.25, 0.5, 1, 2, 4];
/** Most numbers under the scrub bar. */
const maxTickLabels = 13;

/** Play, step, scrub and speed: the lower edge of the stage. */
export const transport: Panel = (container, { session }) => fillTransport(container, session);

/** As {@linkcode transport}, of a session that need not be alone. @returns takes it away again */
export function fillTransport(container: HTMLElement, session: Session): Unsubscribe {
  const disposer = new Disposer();
  const { settings } = session;

  const play = iconButton("play", "Play", "space");
  const back = iconButton("back", "Previous layer", "[");
  const forward = iconButton("forward", "Next layer", "]");
  const range = make("input", {
    type: "range",
    min: 0,
    max: 1,
    step: "any",
    value: 0,
    "aria-label": "Layer",
    class: "ws-range",
    disabled: true,
  });
  const here = make("span", { class: "ws-track-arrived" });
  const done = make("span", { class: "ws-track-done" });
  const ticks = make("div", { class: "ws-ticks", "aria-hidden": "true" });
  const scrub = make(
    "div",
    { class: "ws-scrub" },
    make("span", { class: "ws-track", "aria-hidden": "true" }, here, done),
    range,
    ticks,
  );
  const speed = make("select", { class: "ws-speed", "aria-label": "Speed", title: "Speed" });
  container.append(
    make("div", { class: "ws-buttons" }, back, play, forward),
    scrub,
    speed,
  );

  const nameOf = (layer: number) => session.header.value?.layers[layer] ?? "";

  const drawTicks = () => {
    const { nFrames } = session;
    ticks.replaceChildren();
    const every = Math.max(1, Math.ceil((nFrames - 1) / (maxTickLabels - 1)));
    for (let layer = 0; layer < nFrames; layer++) {
      const named = layer % every === 0 && (layer === 0 || nFrames - 1 - layer >= every / 2) ||
        layer === nFrames - 1;
      const tick = make("span", { class: "ws-tick", title: nameOf(layer) });
      if (named) tick.append(make("span", {}, layer === 0 ? "emb" : String(layer)));
      tick.style.setProperty("--at", String(nFrames > 1 ? layer / (nFrames - 1) : 0));
      tick.dataset.layer = String(layer);
      ticks.append(tick);
    }
  };

  const drawSpeeds = () => {
    const value = settings.speed.value;
    const all = [...new Set([...speeds, value])].sort((a, b) => a - b);
    speed.replaceChildren(
      ...all.map((each) => make("option", { value: each, selected: each === value }, `${each}×`)),
    );
  };

  const drawPosition = () => {
    const { position } = session.playhead.value;
    const last = Math.max(1, session.nFrames - 1);
    range.value = String(position);
    done.style.setProperty("--part", String(position / last));
  };

  const drawLayer = () => {
    const layer = session.layer.value;
    range.setAttribute("aria-valuetext", sayLayer(layer, session.nFrames));
    for (const tick of ticks.children) {
      tick.toggleAttribute("data-current", (tick as HTMLElement).dataset.layer === String(layer));
    }
    back.disabled = session.arrived.value === 0;
    forward.disabled = back.disabled;
  };

  disposer.add(
    session.header.follow((header) => {
      range.max = String(Math.max(1, session.nFrames - 1));
      range.disabled = header === null;
      play.disabled = header === null || session.nFrames < 2;
      drawTicks();
      drawLayer();
    }),
    session.arrived.follow((arrived) => {
      const last = Math.max(1, session.nFrames - 1);
      here.style.setProperty("--part", String(Math.max(0, arrived - 1) / last));
      drawLayer();
    }),
    session.playhead.follow(drawPosition),
    session.layer.follow(drawLayer),
    session.playing.follow((playing) =>
      setIcon(play, playing ? "pause" : "play", playing ? "Pause" : "Play", "space")
    ),
    session.waiting.follow((waiting) => scrub.toggleAttribute("data-waiting", waiting)),
    settings.speed.follow(drawSpeeds),
  );

  disposer.listen(play, "click", () => session.toggle());
  disposer.listen(back, "click", () => session.step(-1));
  disposer.listen(forward, "click", () => session.step(1));
  disposer.listen(range, "input", () => session.scrub(Number(range.value)));
  disposer.listen(range, "change", () => session.settle());
  disposer.listen(speed, "change", () => {
    const value = Number(speed.value);
    if (value >= minSpeed && value <= maxSpeed) settings.speed.value = value;
  });
  // A range without steps would creep by hundredths: keys move by layers.
  disposer.listen<KeyboardEvent>(range, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = rangeKeys[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const target = move === "first" ? 0 : move === "last" ? session.nFrames - 1 : null;
    if (target === null) session.step(move as number);
    else session.seek(target);
  });
  return () => {
    disposer.dispose();
    container.replaceChildren();
  };
}

const rangeKeys: { readonly [key: string]: number | "first" | "last" } = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -4,
  PageUp: 4,
  Home: "first",
  End: "last",
};

function iconButton(icon: IconName, label: string, key: string): HTMLButtonElement {
  const button = make("button", { type: "button", class: "ws-button" });
  setIcon(button, icon, label, key);
  return button;
}

function setIcon(button: HTMLButtonElement, icon: IconName, label: string, key: string): void {
  button.replaceChildren(makeIcon(icon));
  button.setAttribute("aria-label", label);
  button.title = `${label} (${key})`;
}
