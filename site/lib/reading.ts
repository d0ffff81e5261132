import type { Quality } from "../../scan/format/types.ts";
import { percent, ratio } from "./numbers.ts";

/** A quality figure with what it means in plain words. */
export interface Reading {
  readonly name: string;
  readonly value: string;
  /** 0 … 1, for the bar. */
  readonly share: number;
  readonly meaning: string;
}

/** Neighbours that the quality figures look at; `Quality` fixes it. */
const nNeighbours = 15;

/** The first wording whose limit the share reaches. The last limit is 0 or below. */
function wording(share: number, steps: readonly (readonly [limit: number, words: string])[]) {
  return (steps.find(([limit]) => share >= limit) ?? steps[steps.length - 1])[1];
}

/** The three figures that say how far a scan's picture can be trusted, in reading order. */
export function readQuality(quality: Quality): readonly Reading[] {
  const { explainedVariance, trustworthiness, neighbourRecall } = quality;
  const kept = Math.max(0, explainedVariance);
  return [
    {
      name: "Explained variance",
      value: percent(kept),
      share: kept,
      meaning: `${
        wording(kept, [
          [0.95, "The particles keep nearly all of what the layers hold"],
          [0.8, "The particles keep most of what the layers hold"],
          [0.5, "The particles keep the larger part of what the layers hold"],
          [-1, "The particles keep less than half of what the layers hold: read with great care"],
        ])
      }. What is lost (${percent(1 - kept)} of the variance) is not in this picture.`,
    },
    {
      name: "Trustworthiness",
      value: ratio(trustworthiness),
      share: trustworthiness,
      meaning: wording(trustworthiness, [
        [0.97, "Particles drawn next to each other are almost always truly close (1 is perfect)."],
        [0.9, "Particles drawn next to each other are mostly truly close (1 is perfect)."],
        [0.8, "Some particles drawn next to each other are not truly close (1 is perfect)."],
        [
          -1,
          "Particles drawn next to each other are often not truly close: distrust small detail.",
        ],
      ]),
    },
    {
      name: "Neighbour recall",
      value: ratio(neighbourRecall),
      share: neighbourRecall,
      meaning: `Of a particle's ${nNeighbours} true nearest neighbours, about ${
        Math.round(neighbourRecall * nNeighbours)
      } are still among its ${nNeighbours} nearest in the picture; flattening the particles' space pulled the others away.`,
    },
  ];
}
