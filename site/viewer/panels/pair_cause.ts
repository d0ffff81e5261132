import type { Pair } from "../../../scan/format/pair_types.ts";
import { make } from "../dom.ts";
import { formatShare, placeOn } from "../heat.ts";
import {
  type CellKind,
  classifyCell,
  decidesFrom,
  effectOf,
  movedFrom,
} from "../../../scan/pair/cells.ts";
import { colourAt, heatScales, type Look } from "../palette.ts";
import { formatNumber, showToken } from "../text.ts";
import { makeLadderMap, type MapView } from "./ladder_map.ts";
import { withPair } from "./with_pair.ts";

/** Shares beyond this much below nothing get a sign of their own: the scale ends there. */
const signFrom = -0.05;

interface ClassLook {
  readonly title: string;
  /** Tells classes apart without their colours. */
  readonly sign: string;
  readonly colour: (look: Look) => string;
}

const classLooks: { readonly [name in CellKind]: ClassLook } = {
  both: {
    title: "moves and decides",
    sign: "●",
    colour: (look) => colourAt(heatScales.decides, look, 0.95),
  },
  decides: {
    title: "decides while hardly moving",
    sign: "◆",
    colour: (look) => colourAt(heatScales.decides, look, 0.6),
  },
  moved: {
    title: "moves without effect",
    sign: "○",
    colour: (look) => colourAt(heatScales.moved, look, 0.42),
  },
  neither: {
    title: "neither",
    sign: "",
    colour: (look) => colourAt(heatScales.decides, look, 0.02),
  },
};

/** What each cell does to the answer: layer × token ladder. */
export const pairCause = withPair((pair, context, disposer) => {
  const { kind, a, b } = pair.header.contrast;
  const [said, rival] = [a, b].map(({ text }) => `“${showToken(text)}”`);
  // Where both prompts have one answer, nothing turns; what the rival gained is still moved.
  const [restored, lost] = kind === "answers"
    ? [
      `How much of the way from ${rival} back to ${said} a single state of A takes B's run.`,
      `How much of the way from ${said} to ${rival} a single state of B takes A's run.`,
    ]
    : [
      `Both prompts end on ${said}. How much of what ${rival} gains in B a single state of A takes away again.`,
      `Both prompts end on ${said}. How much of what ${rival} gains in B a single state of B gives it in A's run.`,
    ];
  return makeLadderMap(pair, context, {
    label: "Effect of each cell on the answer, layer by token",
    choice: "Show",
    none: "not patched",
    views: [
      shareView(pair, "restored", {
        title: "Restored: A's state in B's run",
        meaning: `${restored} 100 % is all of it.`,
        verb: "restores",
      }),
      shareView(pair, "lost", {
        title: "Lost: B's state in A's run",
        meaning: `${lost} 100 % is all of it.`,
        verb: "loses",
      }),
      classView(pair),
    ],
  }, disposer);
});

function shareView(
  { layers }: Pair,
  key: "restored" | "lost",
  { title, meaning, verb }: { title: string; meaning: string; verb: string },
): MapView {
  return {
    title,
    meaning: `${meaning} A cell marked − pushes the other way.`,
    scale: heatScales.decides,
    ends: ["0\u202f%", "100\u202f%"],
    cell(frame, rung) {
      const share = layers[frame].cause[key][rung];
      const place = placeOn({ low: 0, high: 1 }, share);
      return {
        place,
        number: place === null ? "" : formatShare(share),
        sign: share < signFrom ? "−" : "",
        say: place === null ? "not patched" : `${verb} ${formatShare(share)} of the answer`,
      };
    },
  };
}

function classView({ layers }: Pair): MapView {
  return {
    title: "Movement against effect",
    meaning:
      `A state counts as moved from a distance of ${movedFrom} on (without massive channels), and as ` +
      `deciding from a share of ${formatShare(decidesFrom)} on, the mean of restored and lost.`,
    scale: heatScales.decides,
    ends: null,
    legend: makeClassLegend,
    cell(frame, rung, look) {
      const layer = layers[frame];
      const kind = classifyCell(layer, rung);
      if (kind === null) return { place: null, number: "", sign: "", say: "not patched" };
      const { title, sign, colour } = classLooks[kind];
      const effect = effectOf(layer.cause, rung);
      return {
        place: 0,
        number: "",
        sign,
        colour: colour(look),
        say: `${title} (distance ${formatNumber(layer.quietRelative[rung])}, share ${
          formatShare(effect)
        })`,
      };
    },
  };
}

function makeClassLegend(look: Look): Node {
  return make(
    "ul",
    { class: "heat-class-list" },
    ...Object.values(classLooks).map(({ title, sign, colour }) => {
      const swatch = make("span", { class: "heat-swatch", "aria-hidden": "true" });
      swatch.style.background = colour(look);
      return make("li", {}, swatch, sign === "" ? title : `${sign} ${title}`);
    }),
  );
}
