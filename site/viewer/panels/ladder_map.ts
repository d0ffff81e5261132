import type { Pair } from "../../../scan/format/pair_types.ts";
import { make } from "../dom.ts";
import type { Look, Scale } from "../palette.ts";
import { followPageLook } from "../page_look.ts";
import type { Disposer } from "../state.ts";
import { type HeatCell, HeatGrid, HeatLegend } from "./heat_grid.ts";
import { makeLadderHead } from "./ladder_head.ts";
import type { PairPanelContext } from "./pair_panel.ts";

/** One of the quantities that a map can show. */
export interface MapView {
  readonly title: string;
  readonly meaning: string;
  readonly scale: Scale;
  /** What the ends of the scale mean; null where colours are classes, which `legend` explains. */
  readonly ends: readonly [low: string, high: string] | null;
  readonly legend?: (look: Look) => Node;
  /** A cell; what it says is completed with its layer and tokens. */
  cell(frame: number, rung: number, look: Look): HeatCell;
}

export interface LadderMapOptions {
  readonly label: string;
  readonly choice: string;
  /** What a hatched cell means. */
  readonly none: string;
  readonly views: readonly MapView[];
}

/**
 * A heat map of layers × token ladder, tied to the clouds: choosing a cell goes to its layer and lights up its
 * particles, and particles that are chosen there mark their tokens here.
 */
export function makeLadderMap(
  { header }: Pair,
  { session }: PairPanelContext,
  options: LadderMapOptions,
  disposer: Disposer,
): Node[] {
  const look = followPageLook(disposer);
  const head = makeLadderHead({ header });
  const grid = new HeatGrid({
    label: options.label,
    rows: header.layers,
    nColumns: header.ladder.length,
    head: head.rows,
    headAt: "top",
    firstColumn: header.firstChange,
    onChoose(frame, rung) {
      const { value } = session.selection;
      const isChosen = value.kind === "cell" && value.frame === frame && value.rung === rung;
      session.selection.value = isChosen ? { kind: "none" } : { kind: "cell", frame, rung };
      session.seek(frame);
    },
  }, disposer);
  const select = make(
    "select",
    { class: "ws-select" },
    ...options.views.map(({ title }, i) => make("option", { value: i }, title)),
  );
  const numbers = make("input", { type: "checkbox" });
  const meaning = make("p", { class: "quiet heat-meaning" });
  const legend = new HeatLegend(options.none);
  const classes = make("div", { class: "heat-classes" });

  const draw = () => {
    const view = options.views[Number(select.value)];
    meaning.textContent = view.meaning;
    legend.showScale(view.ends !== null);
    if (view.ends !== null) legend.draw(view.scale, look.value, ...view.ends);
    classes.replaceChildren(...view.legend ? [view.legend(look.value)] : []);
    grid.draw(view.scale, look.value, (frame, rung) => {
      const cell = view.cell(frame, rung, look.value);
      return { ...cell, say: `${header.layers[frame]}, ${head.say(rung)}: ${cell.say}` };
    });
  };
  const mark = () => {
    const { value } = session.selection;
    grid.markRow(session.layer.value);
    grid.choose(value.kind === "cell" ? { row: value.frame, column: value.rung } : null);
    head.mark(session.rungsOf(value));
  };
  disposer.listen(select, "change", draw);
  disposer.listen(numbers, "change", () => grid.showNumbers(numbers.checked));
  disposer.add(
    look.subscribe(draw),
    session.selection.subscribe(mark),
    session.layer.subscribe(mark),
  );
  draw();
  mark();
  return [
    make(
      "div",
      { class: "heat-tools" },
      make("label", {}, `${options.choice} `, select),
      make("label", { class: "heat-check" }, numbers, " Numbers"),
    ),
    meaning,
    grid.element,
    legend.element,
    classes,
  ];
}
