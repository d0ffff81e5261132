import type {
  Contrast,
  Pair,
  PairHeader,
  PairLayer,
  PairMember,
  Rung,
} from "../format/pair_types.ts";
import { writer } from "../version.ts";
import { findTurningPoints, measureDivergence } from "./divergence.ts";
import { viewDifference } from "./difference_view.ts";
import { stateFinding } from "./finding.ts";
import { measureGeometry } from "./geometry.ts";
import { checkInput } from "./input.ts";
import { alignTokens, firstChange, isSame } from "./ladder.ts";
import { findMassiveChannels } from "./massive_channels.ts";
import { matchLayers } from "./match.ts";
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
export { defaultTolerance, halfTolerance } from "./soundness.ts";
export { meanLag } from "./warp.ts";

/** What patching gives: for each frame both shares of every rung. [nFrames][nRungs], NaN where not patched */
export interface Cause {
  readonly restored: readonly Float32Array[];
  readonly lost: readonly Float32Array[];
}

/** Runs the activation patching of a pair. */
export type Patch = (
  input: PairInput,
  ladder: readonly Rung[],
  contrast: Contrast,
) => Promise<Cause>;

/**
 * Compares two prompts of a family, layer by layer: where in layer-time and among the tokens their
 * difference is, and what of it carries the answer. The same input gives the same result.
 *
 * @param patch is not asked where the two prompts have the same tokens
 * @returns arrays that the caller owns
 * @throws {Error} if the states before the first change do not agree
 * @throws {TypeError} if the parts of the input do not fit together
 * @throws {RangeError} if a logit is NaN
 */
export async function analysePair(input: PairInput, patch: Patch): Promise<PairAnalysis> {
  checkInput(input);
  const { a, b, textOf } = input;
  const states = { a: a.states, b: b.states };
  const nFrames = input.layers.length;

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
  const cause = first === ladder.length
    ? notPatched(nFrames, ladder.length)
    : await patch(input, ladder, contrast);
  checkCause(cause, nFrames, ladder.length);
  const geometry = measureGeometry(a, b, first, input.corresponding);
  const difference = input.corresponding
    ? viewDifference(a.encoded, b.encoded, nFrames, input.seed)
    : null;

  const layers: PairLayer[] = input.layers.map((_, layer) => ({
    layer,
    ...divergence[layer],
    race: race[layer],
    match: match[layer],
    cause: { restored: cause.restored[layer], lost: cause.lost[layer] },
    ...geometry.layers[layer],
  }));
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
    divergence: findTurningPoints(layers.map(({ spread }) => spread)),
    nullBand: null,
    warp: findWarp(match.map(({ overlap }) => overlap)),
    nParticles: a.encoded.nParticles,
    differenceExplained: difference?.explained ?? null,
    visibleChange: input.corresponding ? input.visibleChange : null,
    writer,
  };
  const finding = stateFinding(header, layers, geometry.displacedAfter);
  const pair: Pair = { header: { ...header, finding }, layers };
  return { pair, difference };
}

/** Cosine of two tokens' states at the embedding. */
function embeddingSimilarity({ a, b, model }: PairInput): (i: number, j: number) => number {
  const all = channelMask(model.dModel);
  return (i, j) => cosineOf(stateAt(a.states, 0, i), stateAt(b.states, 0, j), all);
}

function memberOf({ prompt: { id, title, text }, tokens }: PairSide): PairMember {
  return { promptId: id, title, text, tokens };
}

function notPatched(nFrames: number, nRungs: number): Cause {
  const nothing = () => Array.from({ length: nFrames }, () => new Float32Array(nRungs).fill(NaN));
  return { restored: nothing(), lost: nothing() };
}

function checkCause({ restored, lost }: Cause, nFrames: number, nRungs: number): void {
  for (const shares of [restored, lost]) {
    const odd = shares.find(({ length }) => length !== nRungs);
    if (shares.length === nFrames && odd === undefined) continue;
    throw new TypeError(
      `Cannot use the patching of a pair: expected ${nFrames} frames of ${nRungs} rungs, got ` +
        `${shares.length} of ${odd?.length ?? nRungs}`,
    );
  }
}
