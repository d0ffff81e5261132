import type { PairHeader, PairLayer, PairMember } from "../format/pair_types.ts";
import { writer } from "../version.ts";
import { findTurningPoints, measureDivergence } from "./divergence.ts";
import { viewDifference } from "./difference_view.ts";
import { stateFinding } from "./finding.ts";
import { measureGeometry } from "./geometry.ts";
import { checkInput } from "./input.ts";
import { alignTokens, firstChange, isSame } from "./ladder.ts";
import { findMassiveChannels } from "./massive_channels.ts";
import { matchLayers } from "./match.ts";
import type { PatchingInput } from "./patching.ts";
import { chooseContrast, runRace } from "./race.ts";
import { assertSound, measureSoundness } from "./soundness.ts";
import { channelMask, cosineOf, stateAt } from "./states.ts";
import type { PairAnalysis, PairInput, PairSide } from "./types.ts";
import { findWarp } from "./warp.ts";

export { classifyCell, decidesFrom, effectOf, movedFrom } from "./cells.ts";
export type { CellKind } from "./cells.ts";
export { firstAbove } from "./divergence.ts";
export { withNullBand } from "./null_band.ts";
export type { DifferenceView, PairAnalysis, PairInput, PairSide, PatchTail } from "./types.ts";
export { type PatchingInput, patchPairs } from "./patching.ts";
export { defaultTolerance } from "./soundness.ts";
export { meanLag } from "./warp.ts";

/** A comparison that waits for its patching. */
export interface PreparedPair {
  /** What is to be patched; null where the two prompts have the same tokens. */
  readonly toPatch: PatchingInput | null;
  /**
   * Puts the comparison together. Arrays of the result are the caller's.
   *
   * @param cause what patching gave, for each frame; null where nothing was patched
   * @throws {TypeError} if it does not fit
   */
  finish(cause: readonly PairLayer["cause"][] | null): PairAnalysis;
}

/**
 * Compares two prompts of a family, layer by layer: where in layer-time and among the tokens their
 * difference is, and what of it carries the answer. The same input gives the same result. Patching, which
 * needs the model, is done between this and the end: for several pairs at once, so that each part of the
 * model is loaded once.
 *
 * @throws {Error} if the states before the first change do not agree
 * @throws {TypeError} if the parts of the input do not fit together
 * @throws {RangeError} if a logit is NaN
 */
export function preparePair(input: PairInput): PreparedPair {
  checkInput(input);
  const { a, b, textOf } = input;
  const states = { a: a.states, b: b.states };

  const [idsA, idsB] = [a, b].map(({ tokens }) => tokens.map(({ id }) => id));
  const ladder = alignTokens(idsA, idsB, embeddingSimilarity(input));
  const same = ladder.map((rung) => isSame(rung, idsA, idsB));
  const first = firstChange(ladder, idsA, idsB);
  const soundness = measureSoundness(states, first, input.tolerance);
  assertSound(soundness, { a: a.prompt.id, b: b.prompt.id });

  const massiveChannels = findMassiveChannels(states);
  const divergence = measureDivergence(states, ladder, same, first, massiveChannels);
  const contrast = chooseContrast(a, b, textOf);
  const race = runRace(a, b, contrast, textOf);
  const match = matchLayers(states, ladder, first, massiveChannels);
  const geometry = measureGeometry(a, b, first, input.corresponding);
  const nFrames = input.layers.length;
  const difference = input.corresponding
    ? viewDifference(a.encoded, b.encoded, nFrames, input.seed)
    : null;
  const header: Omit<PairHeader, "finding"> = {
    family: input.family,
    a: memberOf(a),
    b: memberOf(b),
    control: input.control,
    model: input.model,
    layers: input.layers,
    ladder,
    firstChange: first,
    soundness,
    contrast,
    massiveChannels,
    divergence: findTurningPoints(divergence.map(({ spread }) => spread)),
    nullBand: null,
    warp: findWarp(match.map(({ overlap }) => overlap)),
    nParticles: a.encoded.nParticles,
    differenceExplained: difference?.explained ?? null,
    visibleChange: input.corresponding ? input.visibleChange : null,
    writer,
  };

  return {
    toPatch: first === ladder.length ? null : { a, b, ladder, firstChange: first, contrast },
    finish(cause) {
      const shares = cause ?? notPatched(nFrames, ladder.length);
      checkCause(shares, nFrames, ladder.length);
      const layers: PairLayer[] = input.layers.map((_, layer) => ({
        layer,
        ...divergence[layer],
        race: race[layer],
        match: match[layer],
        cause: shares[layer],
        ...geometry.layers[layer],
      }));
      const finding = stateFinding(header, layers, geometry.displacedAfter);
      return { pair: { header: { ...header, finding }, layers }, difference };
    },
  };
}

/** Cosine of two tokens' states at the embedding. */
function embeddingSimilarity({ a, b, model }: PairInput): (i: number, j: number) => number {
  const all = channelMask(model.dModel);
  return (i, j) => cosineOf(stateAt(a.states, 0, i), stateAt(b.states, 0, j), all);
}

function memberOf({ prompt: { id, title, text }, tokens }: PairSide): PairMember {
  return { promptId: id, title, text, tokens };
}

function notPatched(nFrames: number, nRungs: number): PairLayer["cause"][] {
  const nothing = () => new Float32Array(nRungs).fill(NaN);
  return Array.from({ length: nFrames }, () => ({ restored: nothing(), lost: nothing() }));
}

function checkCause(cause: readonly PairLayer["cause"][], nFrames: number, nRungs: number): void {
  const odd = cause.flatMap(({ restored, lost }) => [restored, lost])
    .find(({ length }) => length !== nRungs);
  if (cause.length === nFrames && odd === undefined) return;
  throw new TypeError(
    `Cannot use the patching of a pair: expected ${nFrames} frames of ${nRungs} rungs, got ` +
      `${cause.length} of ${odd?.length ?? nRungs}`,
  );
}
