import {
  divergenceDomain,
  type DivergenceKey,
  divergenceMeasures,
  formatCell,
  placeOn,
} from "../heat.ts";
import { heatScales } from "../palette.ts";
import { formatNumber } from "../text.ts";
import { makeLadderMap, type MapView } from "./ladder_map.ts";
import { withPair } from "./with_pair.ts";

/** How far the hidden states of the two prompts lie apart: layer × token ladder. */
export const pairDivergence = withPair((pair, context, disposer) => {
  const keys = Object.keys(divergenceMeasures) as DivergenceKey[];
  const views = keys.map((key): MapView => {
    const { title, meaning, same } = divergenceMeasures[key];
    const domain = divergenceDomain(pair, key);
    const word = same === 0 ? "distance" : "cosine";
    return {
      title,
      meaning,
      scale: heatScales.moved,
      ends: [`${same} same`, `${formatNumber(domain.high)} apart`],
      cell(frame, rung) {
        const value = pair.layers[frame][key][rung];
        const place = placeOn(domain, value);
        return {
          place,
          number: place === null ? "" : formatCell(value),
          sign: "",
          say: place === null ? "not compared" : `${word} ${formatNumber(value)}`,
        };
      },
    };
  });
  return makeLadderMap(pair, context, {
    label: "Distance of the two prompts' states, layer by token",
    choice: "Show",
    none: "not compared: a token of one prompt alone",
    views,
  }, disposer);
});
