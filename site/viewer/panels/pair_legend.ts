import { make } from "../dom.ts";
import { pairColouring } from "../pair_paint.ts";
import { scales } from "../palette.ts";
import { Disposer } from "../state.ts";
import { makeRow } from "./legend.ts";
import type { PairPanel } from "./pair_panel.ts";

/** What colours, ghosts and arrows say: a small corner of the stage. */
export const pairLegend: PairPanel = (container, { session, look, labels }) => {
  const disposer = new Disposer();
  const draw = () => {
    const { settings, shown, paints } = session;
    const colour = pairColouring(session);
    const { motion, spacing, edge } = shown.a.domains.value;
    const ends = colour === "displacement"
      ? paints.displacementDomain()
      : colour === "motion"
      ? motion
      : colour === "density"
      ? [spacing[1], spacing[0]] as const
      : null;
    const unit = colour === "displacement" && paints.isInCodes ? "code units" : undefined;
    const rows = [makeRow(scales[colour], look.value, ends, unit)];
    if (settings.edges.value) rows.push(makeRow(scales.edge, look.value, [edge[1], edge[0]]));
    const marks = [];
    if (session.arrangement.value === "together") {
      const isPair = session.correspondence.value.kind === "same";
      const other = session.blend.value < 0.5 || !isPair ? labels.b : labels.a;
      if (session.ghost.value) marks.push(makeMark("ghost", `in ${other}`));
      if (session.arrows.value && isPair) {
        marks.push(makeMark("arrow", `from ${labels.a} to ${labels.b}`));
      }
    }
    if (marks.length > 0) rows.push(make("div", { class: "ws-marks" }, ...marks));
    container.replaceChildren(...rows);
    container.hidden = session.a.arrived.value + session.b.arrived.value === 0;
  };
  const { a, b, settings } = session;
  const follow = [
    a.arrived,
    b.arrived,
    a.domains,
    settings.colour,
    settings.edges,
    look,
    session.pair,
    session.aligned,
    session.showing,
    session.arrangement,
    session.ghost,
    session.arrows,
    session.correspondence,
  ];
  let near = 0;
  disposer.add(
    ...follow.map((each) => each.subscribe(draw)),
    session.blend.subscribe((blend) => {
      if (Math.round(blend) !== near) draw();
      near = Math.round(blend);
    }),
  );
  draw();
  return () => {
    disposer.dispose();
    container.replaceChildren();
  };
};

function makeMark(kind: string, text: string): HTMLElement {
  return make(
    "span",
    { class: "ws-mark" },
    make("span", { class: `ws-mark-${kind}`, "aria-hidden": "true" }),
    text,
  );
}
