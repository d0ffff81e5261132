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

/** The figures that say how far a scan's picture can be trusted, in reading order; those that a scan has. */
export function readQuality(quality: Quality): readonly Reading[] {
  const { explainedVariance, trustworthiness, neighbourRecall, visibleChange, meanStep } = quality;
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
    ...visibleChange === undefined ? [] : [readVisibleChange(visibleChange)],
    ...meanStep === undefined ? [] : [readMeanStep(meanStep)],
  ];
}

function readVisibleChange(share: number): Reading {
  return {
    name: "Visible change",
    value: ratio(share),
    share,
    meaning: `${
      wording(share, [
        [
          0.7,
          "What differs from the family's other prompts in the picture differs in the particles",
        ],
        [
          0.4,
          "Most of what differs from the family's other prompts in the picture is in the particles",
        ],
        [-1, "Most of what differs from the family's other prompts is the picture's own doing"],
      ])
    } (1: every particle is displaced in proportion).`,
  };
}

function readMeanStep(step: number): Reading {
  return {
    name: "Step of a layer",
    value: ratio(step),
    share: Math.min(1, step),
    meaning: `From one layer to the next a particle moves ${
      percent(step, 0)
    } of the cloud's radius on average.`,
  };
}
