import type { Family } from "./collection/mod.ts";
import type { ScanParameters } from "./collection/schema.ts";
import { composeScan, type Made, type MemberScan } from "./compose_scan.ts";
import type { Pair, Scan } from "./format/mod.ts";
import type { LanguageModel, Reading } from "./model/types.ts";
import type { Engine, OnProgress } from "./onnx/engine.ts";
import {
  type PairInput,
  type PairSide,
  patchPairs,
  preparePair,
  withNullBand,
} from "./pair/mod.ts";
import type { DifferenceView } from "./pair/types.ts";
import { concatenate, doCorrespond, seenChange } from "./pictures.ts";
import { measureQuality } from "./projection/mod.ts";

/** Two members of a family compared, before it is written. */
export interface MemberPair {
  /** Places in the family, a < b. */
  readonly a: number;
  readonly b: number;
  readonly pair: Pair;
  /** Both scans in the space of their difference; null where their particles do not correspond. */
  readonly difference: { readonly a: Scan; readonly b: Scan } | null;
}

/** What the earlier stages made of a family. All lists are in the order of its members. */
export interface Scanned {
  readonly family: Family;
  readonly readings: readonly Reading[];
  readonly made: readonly Made[];
  readonly members: readonly MemberScan[];
}

const nDimsOfDifference = 3;
/** Points of a difference's picture that are looked at to say how far to trust it. */
const nSampled = 1024;

/**
 * Compares every two members of a family. A comparison with a control, whose change should make no
 * difference, lends its spread to the others as their null band.
 *
 * @returns in the order (0, 1), (0, 2), … (1, 2), …
 * @throws {Error} if two members differ before their first changed token: then the model is not causal,
 *   or was not run soundly
 * @throws the signal's reason when it is aborted
 */
export async function compareFamily(
  scanned: Scanned,
  model: LanguageModel,
  engine: Engine,
  parameters: ScanParameters,
  options: { readonly signal?: AbortSignal; readonly onProgress?: OnProgress } = {},
): Promise<MemberPair[]> {
  const { family } = scanned;
  const { signal, onProgress } = options;
  const places = family.members.flatMap((_, a) =>
    family.members.slice(a + 1).map((_, i) => [a, a + 1 + i] as const)
  );
  const prepared = places.map(([a, b]) => preparePair(inputOf(scanned, model, parameters, a, b)));
  const toPatch = prepared.flatMap((one) => one.toPatch ?? []);
  const patched = await patchPairs(toPatch, model.openPatchTail, { signal, onProgress });
  const causeOf = new Map(toPatch.map((input, i) => [input, patched[i]]));

  const pairs: MemberPair[] = [];
  for (const [i, [a, b]] of places.entries()) {
    signal?.throwIfAborted();
    const { toPatch, finish } = prepared[i];
    const { pair, difference } = finish(toPatch && (causeOf.get(toPatch) ?? null));
    const scans = difference &&
      await composeDifference(scanned, model, engine, parameters, [a, b], difference, signal);
    pairs.push({ a, b, pair, difference: scans });
  }
  const control = pairs.find(({ pair }) => pair.header.control);
  return pairs.map((one) =>
    control === undefined || one === control
      ? one
      : { ...one, pair: withNullBand(one.pair, control.pair) }
  );
}

/** Two scans in the space of their difference; their quality is of this space, not of the picture. */
async function composeDifference(
  { family, readings, made }: Scanned,
  model: LanguageModel,
  engine: Engine,
  parameters: ScanParameters,
  places: readonly [number, number],
  view: DifferenceView,
  signal?: AbortSignal,
): Promise<{ a: Scan; b: Scan }> {
  const clouds = [...view.a, ...view.b];
  const [{ encoded }] = made;
  const { trustworthiness, neighbourRecall } = await measureQuality(
    engine,
    concatenate(places.map((place) => made[place].encoded.codes)),
    clouds.length * encoded.nParticles,
    encoded.dCode,
    concatenate(clouds),
    nDimsOfDifference,
    "euclidean",
    { maxSampled: nSampled, seed: parameters.seed, signal },
  );
  const quality = { explainedVariance: view.explained, trustworthiness, neighbourRecall };
  const box = { min: [...view.box.min], max: [...view.box.max] };
  const [a, b] = [view.a, view.b].map((positions, i) => {
    const place = places[i];
    const own = { ...parameters, projection: "pca", dims: nDimsOfDifference } as const;
    const { encoded } = made[place];
    const parts = { encoded, positions, box, quality };
    return composeScan(family.members[place], readings[place], model, own, parts).scan;
  });
  return { a, b };
}

function inputOf(
  { family, readings, made, members }: Scanned,
  model: LanguageModel,
  parameters: ScanParameters,
  a: number,
  b: number,
): PairInput {
  const side = (place: number): PairSide => ({
    prompt: family.members[place],
    tokens: readings[place].tokens,
    states: readings[place].states,
    lastLogits: readings[place].lastLogits,
    encoded: made[place].encoded,
    guesses: members[place].scan.frames.map(({ guesses }) => guesses),
  });
  const { name, revision, digest, nLayers, dModel, dVocab } = model;
  return {
    family: family.id,
    control: a === 0 && family.members[b].control,
    model: { name, revision, digest, nLayers, dModel, dVocab },
    layers: members[a].scan.header.layers,
    a: side(a),
    b: side(b),
    textOf: model.textOf,
    tolerance: model.rounding,
    corresponding: doCorrespond(made[a].encoded, made[b].encoded),
    visibleChange: seenChange(made[a], made[b], parameters.dims),
    seed: parameters.seed,
  };
}
