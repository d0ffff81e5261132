import * as v from "valibot";
import { limits } from "./limits.ts";
import { bytes, count, finite, layersSchema, modelSchema, tokensSchema } from "./schema.ts";

/** What the records of a pair's side file must look like once decoded; `spec.md` explains the fields. */

const memberSchema = v.object({
  promptId: v.string(),
  title: v.string(),
  text: v.string(),
  tokens: tokensSchema(limits.tokens),
});

const tokenSchema = v.object({ id: count, text: v.string() });

const planes = v.tuple([bytes, bytes]);

const headerSchema = v.object({
  family: v.string(),
  a: memberSchema,
  b: memberSchema,
  control: v.boolean(),
  model: modelSchema,
  layers: layersSchema,
  /** One byte a rung, see {@linkcode rungKinds}. */
  ladder: bytes,
  firstChange: count,
  soundness: v.object({ largest: finite, nStates: count, tolerance: finite }),
  contrast: v.object({
    kind: v.picklist(["answers", "rival"]),
    a: tokenSchema,
    b: tokenSchema,
    logitDifference: v.object({ a: finite, b: finite }),
  }),
  massiveChannels: v.array(count),
  divergence: v.object({
    onset: v.nullable(count),
    peak: v.nullable(count),
    reconvergence: v.nullable(count),
  }),
  /** `spread` as float32, little-endian. */
  nullBand: v.nullable(v.object({ a: v.string(), b: v.string(), spread: bytes })),
  /** Pairs of uint16, little-endian. */
  warp: bytes,
  nParticles: v.pipe(count, v.minValue(1), v.maxValue(limits.particles)),
  differenceExplained: v.nullable(finite),
  visibleChange: v.nullable(finite),
  finding: v.object({
    kind: v.picklist(["turns", "stays", "spread"]),
    sentence: v.string(),
    turnsAt: v.nullable(count),
    carriers: v.pipe(
      v.array(v.object({ rung: count, from: count, to: count, share: finite })),
      v.maxLength(limits.carriers),
    ),
    displacedAfter: v.nullable(finite),
  }),
  writer: v.string(),
});

export type PairHeaderRecord = v.InferOutput<typeof headerSchema>;

/** What stands on a rung, as its byte in `ladder`. */
export const rungKinds = { both: 0, aOnly: 1, bOnly: 2 } as const;

/** Whether every token of both prompts stands on exactly one rung. */
function holdsAllTokens({ ladder, a, b }: PairHeaderRecord): boolean {
  const counts = [0, 0, 0];
  for (const kind of ladder) {
    if (kind > rungKinds.bOnly) return false;
    counts[kind]++;
  }
  const [both, aOnly, bOnly] = counts;
  return both + aOnly === a.tokens.ids.length && both + bOnly === b.tokens.ids.length;
}

/** Whether a warp leads from the first frames to the last and rises at every step. */
function isPath({ warp, layers }: PairHeaderRecord): boolean {
  const nSteps = warp.length / 4;
  // Every step rises, so that there are fewer than both axes have frames together.
  if (!Number.isInteger(nSteps) || nSteps < 1 || nSteps > 2 * layers.length) return false;
  const view = new DataView(warp.buffer, warp.byteOffset, warp.byteLength);
  let [a, b] = [0, 0];
  for (let i = 0; i < nSteps; i++) {
    const [nextA, nextB] = [view.getUint16(4 * i, true), view.getUint16(4 * i + 2, true)];
    const rises = nextA >= a && nextB >= b && nextA + nextB > a + b;
    if (i === 0 ? nextA + nextB > 0 : !rises) return false;
    [a, b] = [nextA, nextB];
  }
  return a === layers.length - 1 && b === layers.length - 1;
}

/** Float32, little-endian. @param packed of a length that four divides */
export function floatsOf(packed: Uint8Array): number[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Array.from({ length: packed.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

function isFrame(frame: number | null, { layers }: PairHeaderRecord): boolean {
  return frame === null || frame < layers.length;
}

export const pairHeaderSchema = v.pipe(
  headerSchema,
  v.check(holdsAllTokens, "a ladder that holds every token once"),
  v.check(({ firstChange, ladder }) => firstChange <= ladder.length, "a first change on a rung"),
  v.check(isPath, "a warp that rises from the first frames to the last"),
  v.check(
    ({ massiveChannels: channels, model }) =>
      channels.every((channel, i) =>
        channel < model.dModel && (i === 0 || channel > channels[i - 1])
      ),
    "massive channels of the model, in rising order",
  ),
  v.check(
    (header) => Object.values(header.divergence).every((frame) => isFrame(frame, header)),
    "turning points among the frames",
  ),
  v.check(
    ({ nullBand, layers }) =>
      nullBand === null ||
      (nullBand.spread.length === 4 * layers.length &&
        floatsOf(nullBand.spread).every(Number.isFinite)),
    "a null band of one number a frame",
  ),
  v.check(
    (header) =>
      isFrame(header.finding.turnsAt, header) &&
      header.finding.carriers.every(({ rung, from, to }) =>
        rung < header.ladder.length && from <= to && isFrame(to, header)
      ),
    "a finding that names frames and rungs there are",
  ),
);

export const pairLayerSchema = v.pipe(
  v.object({
    layer: count,
    /** [6, nRungs] */
    rungs: planes,
    spread: finite,
    race: v.object({ a: finite, b: finite, jensenShannon: finite }),
    movers: v.object({
      ids: v.pipe(v.array(count), v.maxLength(limits.guesses)),
      texts: v.array(v.string()),
      /** Float32, little-endian. */
      a: bytes,
      b: bytes,
    }),
    /** [3, nFrames] */
    match: planes,
    particles: v.optional(v.object({ displaced: planes, standout: bytes })),
  }),
  v.check(
    ({ movers: { ids, texts, a, b } }) =>
      texts.length === ids.length && a.length === 4 * ids.length && b.length === 4 * ids.length,
    "as many texts and probabilities as ids of movers",
  ),
);

export type PairLayerRecord = v.InferOutput<typeof pairLayerSchema>;
