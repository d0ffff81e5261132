import { type Alignment, alignments, type Space, spaces } from "../pair_session.ts";
import { pairColourings } from "../settings.ts";
import { Disposer } from "../state.ts";
import type { PairPanel } from "./pair_panel.ts";
import { choices, fillOptions } from "./view_options.ts";

const alignmentWords: { readonly [name in Alignment]: readonly [string, string] } = {
  layers: ["Same", "both show the same layer"],
  warped: ["Most alike", "the second shows the layer that is most like the first's"],
};

const spaceWords: { readonly [name in Space]: readonly [string, string] } = {
  picture: ["Picture", "the picture that all prompts of the family share"],
  difference: ["Difference", "the three strongest directions of the difference"],
};

/** How the clouds are drawn: a button, and what it opens. */
export const pairOptions: PairPanel = (container, context) => {
  const { session } = context;
  const disposer = new Disposer();
  return fillOptions(container, disposer, {
    ...context,
    settings: session.settings,
    header: session.a.header,
    colourings: pairColourings,
    makeMore: (id) => {
      const layers = choices(
        disposer,
        `${id}-layers`,
        "Layers of both",
        session.aligned,
        alignments,
        (name) => alignmentWords[name],
      );
      // Which layers are most alike is in the pair's own file.
      disposer.add(session.pair.follow((pair) => layers.hidden = pair === null));
      const space = choices(
        disposer,
        `${id}-space`,
        "Directions",
        session.space,
        spaces,
        (name) => spaceWords[name],
      );
      return context.hasDifference ? [layers, space] : [layers];
    },
  });
};
