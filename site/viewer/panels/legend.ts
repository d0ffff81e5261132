import type { Domain } from "../cloud_data.ts";
import { make } from "../dom.ts";
import { rampGradient, type Scale, scales } from "../palette.ts";
import { Disposer } from "../state.ts";
import { formatNumber } from "../text.ts";
import type { Panel } from "./panel.ts";

/** What the colours say: a small corner of the stage. */
export const legend: Panel = (container, { session, look }) => {
  const disposer = new Disposer();
  const draw = () => {
    const { settings, domains } = session;
    const colour = session.colouring;
    const { motion, spacing, edge } = domains.value;
    const rows = [
      makeRow(
        scales[colour],
        look.value,
        colour === "motion" ? motion : colour === "density" ? [spacing[1], spacing[0]] : null,
      ),
    ];
    if (settings.edges.value) rows.push(makeRow(scales.edge, look.value, [edge[1], edge[0]]));
    container.replaceChildren(...rows);
    container.hidden = session.arrived.value === 0;
  };
  disposer.add(
    session.arrived.subscribe(draw),
    session.domains.subscribe(draw),
    session.settings.colour.subscribe(draw),
    session.settings.edges.subscribe(draw),
    look.subscribe(draw),
  );
  draw();
  return () => {
    disposer.dispose();
    container.replaceChildren();
  };
};

/**
 * A scale with its name.
 *
 * @param ends numbers at the low and the high end of the ramp; null for words alone
 */
export function makeRow(
  scale: Scale,
  look: "dark" | "light",
  ends: Domain | null,
  unit = "projection units",
): HTMLElement {
  const ramp = make("span", { class: "ws-ramp", "aria-hidden": "true" });
  ramp.style.background = rampGradient(scale, look);
  const low = make("span", {}, scale.low);
  const high = make("span", {}, scale.high);
  if (ends !== null) {
    low.title = `${formatNumber(ends[0])} ${unit}`;
    high.title = `${formatNumber(ends[1])} ${unit}`;
    low.append(make("small", {}, formatNumber(ends[0])));
    high.prepend(make("small", {}, formatNumber(ends[1])));
  }
  return make(
    "div",
    { class: "ws-legend-row" },
    make("span", { class: "ws-legend-title" }, scale.title),
    ramp,
    make("span", { class: "ws-legend-ends" }, low, high),
  );
}
