import type { LayerMeasures } from "../format/types.ts";
import { meanDisplacement } from "./displacement.ts";
import { cosineToPrevious } from "./drift.ts";
import { lensEntropy } from "./entropy.ts";
import { meanNorm } from "./norm.ts";
import { type LayerMeasure, type MeasureInput, sizesOfStates } from "./types.ts";

export { type ReadParticles, shareOutDisplacement } from "./displaced_mass.ts";
export { displacements } from "./displacement.ts";
export { tokenCosines } from "./drift.ts";
export { entropyOfLogits } from "./entropy.ts";
export { meanStep } from "./mean_step.ts";
export { findNearest } from "./nearest.ts";
export { tokenNorms } from "./norm.ts";
export type { LayerMeasure, MeasureInput } from "./types.ts";
export { visibleChange } from "./visible_change.ts";

/** Every scalar measure of a layer, by the name under which a frame holds it. */
export const layerMeasures: { readonly [name in keyof LayerMeasures]: LayerMeasure } = {
  meanNorm,
  lensEntropy,
  cosineToPrevious,
  meanDisplacement,
};

/**
 * Takes all measures of all layers.
 *
 * @returns one record for each frame
 * @throws {TypeError} if the parts of the input differ in their number of frames or tokens
 */
export function measureLayers(input: MeasureInput): LayerMeasures[] {
  const { nFrames, nTokens } = sizesOfStates(input.states);
  const { entropy, positions } = input;
  const oddRow = entropy.find((row) => row.length !== nTokens);
  if (entropy.length !== nFrames || positions.length !== nFrames || oddRow !== undefined) {
    throw new TypeError(
      `Cannot measure a scan: expected ${nFrames} frames of ${nTokens} tokens, got ` +
        `${entropy.length} rows of entropy (of ${oddRow?.length ?? nTokens}) and ` +
        `${positions.length} frames of positions`,
    );
  }
  const columns = {
    meanNorm: layerMeasures.meanNorm.compute(input),
    lensEntropy: layerMeasures.lensEntropy.compute(input),
    cosineToPrevious: layerMeasures.cosineToPrevious.compute(input),
    meanDisplacement: layerMeasures.meanDisplacement.compute(input),
  };
  return Array.from({ length: nFrames }, (_, frame) => ({
    meanNorm: columns.meanNorm[frame],
    lensEntropy: columns.lensEntropy[frame],
    cosineToPrevious: columns.cosineToPrevious[frame],
    meanDisplacement: columns.meanDisplacement[frame],
  }));
}
