/**
 * Runs in a comparison's page in the place of its own script: fills the panels from a made-up comparison,
 * without files and without clouds.
 */
import type { Selection } from "../../site/viewer/selection.ts";
import { pairPanels } from "../../site/viewer/panels/pair_mod.ts";
import type { PairPanelContext } from "../../site/viewer/panels/pair_panel.ts";
import type { PairSession } from "../../site/viewer/pair_session.ts";
import { Tracked } from "../../site/viewer/state.ts";
import { LoadError } from "../../site/viewer/stream.ts";
import { makeSyntheticPair } from "../fixtures/synthetic_pair.ts";

const pair = makeSyntheticPair(JSON.parse(document.body.dataset.options ?? "{}"));
const fails = new URLSearchParams(location.search).has("fails");
const layer = new Tracked(7);
const playhead = new Tracked({ from: 7, to: 7, mix: 0, position: 7, layer: 7 });
const selection = new Tracked<Selection>({ kind: "none" });

const session = {
  pair: new Tracked(fails ? null : pair),
  pairLoading: new Tracked(
    fails
      ? { kind: "failed", error: new LoadError("missing", "x", "made up") }
      : { kind: "complete" },
  ),
  selection,
  layer,
  playhead,
  rungsOf: (chosen: Selection) =>
    // As if a particle read the token on the rung of its own number.
    new Set(
      chosen.kind === "cell" ? [chosen.rung] : chosen.kind === "particles" ? chosen.particles : [],
    ),
  seek(to: number) {
    layer.value = to;
    playhead.value = { from: to, to, mix: 0, position: to, layer: to };
  },
} as unknown as PairSession;

const context: PairPanelContext = {
  session,
  look: new Tracked("dark"),
  graphics: new Tracked("unavailable"),
  reducedMotion: new Tracked(true),
  labels: { a: "A", b: "B" },
  pairUrl: "",
  hasDifference: false,
  retry: () => session.pair.value = pair,
  resetCamera() {},
  savePicture() {},
  showShortcuts() {},
};

for (const container of document.querySelectorAll<HTMLElement>("[data-panel]")) {
  pairPanels[container.dataset.panel ?? ""]?.(container, context);
}

declare global {
  var madeUp: {
    readonly layer: () => number;
    readonly selection: () => Selection;
    choose(particles: number[]): void;
  };
}

globalThis.madeUp = {
  layer: () => layer.value,
  selection: () => selection.value,
  choose: (particles) => selection.value = { kind: "particles", particles: new Set(particles) },
};
document.documentElement.dataset.panels = "";
