import * as v from "valibot";
import { FormatError } from "./errors.ts";
import { limits } from "./limits.ts";

/** What the records of frame and lens files must look like once decoded; `spec.md` explains the fields. */

export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const finite = v.pipe(v.number(), v.finite());
export const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array, "bytes expected");

/** Parallel lists of ids and texts of at most `most` tokens. */
export function tokensSchema(most: number) {
  return v.pipe(
    v.object({
      ids: v.pipe(v.array(count), v.maxLength(most)),
      texts: v.array(v.string()),
    }),
    v.check(({ ids, texts }) => ids.length === texts.length, "as many texts as ids"),
  );
}

export const layersSchema = v.pipe(
  v.array(v.string()),
  v.minLength(1),
  v.maxLength(limits.records),
);

/** {@linkcode ModelFacts} */
export const modelSchema = v.object({
  name: v.string(),
  revision: v.string(),
  digest: v.string(),
  nLayers: count,
  dModel: count,
  dVocab: count,
});

export const headerSchema = v.pipe(
  v.object({
    prompt: v.object({
      id: v.string(),
      family: v.string(),
      title: v.string(),
      text: v.string(),
    }),
    tokens: tokensSchema(limits.tokens),
    model: modelSchema,
    parameters: v.record(v.string(), v.union([v.string(), finite, v.boolean()])),
    quality: v.object({
      explainedVariance: finite,
      trustworthiness: finite,
      neighbourRecall: finite,
      meanStep: v.optional(finite),
      visibleChange: v.optional(finite),
    }),
    nParticles: v.pipe(count, v.minValue(1), v.maxValue(limits.particles)),
    nDims: v.union([v.literal(2), v.literal(3)]),
    layers: layersSchema,
    box: v.object({ min: v.array(finite), max: v.array(finite) }),
    bits: v.pipe(count, v.minValue(8), v.maxValue(16)),
    keyEvery: v.pipe(count, v.minValue(1)),
    writer: v.string(),
  }),
  v.check(
    ({ box, nDims }) =>
      box.min.length === nDims && box.max.length === nDims &&
      box.min.every((min, dim) => min <= box.max[dim]),
    "a box with nDims sides, min ≤ max",
  ),
);

export const frameSchema = v.pipe(
  v.object({
    layer: count,
    order: v.union([v.literal(0), v.literal(1), v.literal(2)]),
    positions: v.tuple([bytes, bytes]),
    reads: v.optional(v.tuple([bytes, bytes])),
    guesses: v.object({
      ids: v.pipe(v.array(count), v.maxLength(limits.guesses)),
      texts: v.array(v.string()),
      p: bytes,
    }),
    measures: v.object({
      meanNorm: finite,
      lensEntropy: finite,
      cosineToPrevious: finite,
      meanDisplacement: finite,
    }),
  }),
  v.check(
    ({ guesses }) =>
      guesses.texts.length === guesses.ids.length && guesses.p.length === 4 * guesses.ids.length,
    "as many texts and probabilities as ids of guesses",
  ),
);

export const lensHeaderSchema = v.object({
  promptId: v.string(),
  tokens: tokensSchema(limits.tokens),
  layers: layersSchema,
  /** Every token that is guessed anywhere. */
  guessed: tokensSchema(limits.guessed),
  nGuesses: v.pipe(count, v.maxValue(limits.guesses)),
});

export const lensRowSchema = v.object({
  layer: count,
  indices: v.pipe(v.array(bytes), v.minLength(1), v.maxLength(3)),
  p: v.tuple([bytes, bytes]),
  entropy: v.tuple([bytes, bytes]),
});

export type HeaderRecord = v.InferOutput<typeof headerSchema>;
export type FrameRecord = v.InferOutput<typeof frameSchema>;
export type LensHeaderRecord = v.InferOutput<typeof lensHeaderSchema>;
export type LensRowRecord = v.InferOutput<typeof lensRowSchema>;

type Schema<T> = v.GenericSchema<unknown, T>;

/** First fault of a value, with the path to it, or undefined. */
export function faultOf<T>(schema: Schema<T>, value: unknown): string | undefined {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return undefined;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? "record";
  return `${issue.expected ?? issue.message} at ${path}, got ${issue.received}`;
}

/** @throws {FormatError} if a decoded record is not what the schema wants */
export function checkRecord<T>(
  schema: Schema<T>,
  value: unknown,
  source: string,
  what: string,
): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const at = v.getDotPath(issue);
  throw new FormatError(
    "invalid",
    source,
    `${issue.expected ?? issue.message} in ${what}${at ? ` at ${at}` : ""}`,
    issue.received,
  );
}
