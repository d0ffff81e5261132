import * as v from "valibot";

/** Files of a scan, relative to `_data/`, with their sizes. */
const fileSchema = v.object({ path: v.string(), bytes: v.number() });

const guessSchema = v.object({ id: v.number(), text: v.string(), p: v.number() });

/**
 * What scanning one prompt gave, apart from its files: kept as `_data/records/<key>.json`, which is
 * written last and so says that the scan is whole.
 */
export const scanRecordSchema = v.object({
  /** Hex digest of all that the result depends on: the scan's address. */
  key: v.string(),
  model: v.object({
    name: v.string(),
    revision: v.string(),
    digest: v.string(),
    nLayers: v.number(),
    dModel: v.number(),
    dVocab: v.number(),
  }),
  parameters: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  quality: v.object({
    explainedVariance: v.number(),
    trustworthiness: v.number(),
    neighbourRecall: v.number(),
    meanStep: v.optional(v.number()),
    visibleChange: v.optional(v.number()),
  }),
  tokens: v.array(v.object({ id: v.number(), text: v.string() })),
  /** The model's guesses after the last layer, best first. */
  answer: v.array(guessSchema),
  /** Layer names in frame order. */
  layers: v.array(v.string()),
  frames: fileSchema,
  lens: fileSchema,
  thumbnail: fileSchema,
  /** Where and how the family was scanned. */
  run: v.object({
    provider: v.string(),
    durationMs: v.number(),
    writer: v.string(),
    date: v.string(),
  }),
});

export type ScanRecord = v.InferOutput<typeof scanRecordSchema>;

/** One scan, as the site lists it: what the collection says of the prompt, and the record. */
export const scanEntrySchema = v.object({
  /** `family`, or `family/variant`. */
  id: v.string(),
  family: v.string(),
  /** Variant id, or "" for the family's base prompt. */
  variant: v.string(),
  title: v.string(),
  text: v.string(),
  /** What this variant changes, "" for the base prompt. */
  change: v.string(),
  /** Whether only a filler word was changed, so that the answer should stay. */
  control: v.boolean(),
  tags: v.array(v.string()),
  /** What the reader should look for. */
  lookFor: v.string(),
  /** The next token that is right, "" where the prompt names none. */
  expected: v.string(),
  author: v.string(),
  licence: v.string(),
  /** ISO day on which the prompt was added, e.g. 2026-11-23. */
  date: v.string(),
  /** Whether the best guess is the expected token; null where none is named. */
  correct: v.nullable(v.boolean()),
  ...scanRecordSchema.entries,
});

export type ScanEntry = v.InferOutput<typeof scanEntrySchema>;

/**
 * What comparing two members of a family gave, apart from its files: kept as
 * `_data/records/<key>.pair.json`, which is written last.
 */
export const pairRecordSchema = v.object({
  /** Hex digest of all that the result depends on. */
  key: v.string(),
  /** Model's name. */
  model: v.string(),
  family: v.string(),
  /** Ids of the two prompts, the one that comes first in the family first. */
  a: v.string(),
  b: v.string(),
  /** Keys of their scans. */
  aKey: v.string(),
  bKey: v.string(),
  /** Whether the change should make no difference. */
  control: v.boolean(),
  soundness: v.object({ largest: v.number(), nStates: v.number(), tolerance: v.number() }),
  finding: v.object({
    kind: v.picklist(["turns", "stays", "spread"]),
    sentence: v.string(),
    turnsAt: v.nullable(v.number()),
  }),
  /** Side file with all measures, magic `weightpair`. */
  pair: fileSchema,
  /** Frame files of both in the space of their difference; null where their particles do not correspond. */
  difference: v.nullable(v.object({ a: fileSchema, b: fileSchema })),
});

export type PairRecord = v.InferOutput<typeof pairRecordSchema>;

/** `_data/scans.json`: every scan there is, in the collection's order. */
export const manifestSchema = v.object({
  version: v.literal(1),
  scans: v.array(scanEntrySchema),
  /** Every comparison of two scans that are listed. */
  pairs: v.optional(v.array(pairRecordSchema), []),
});

export type Manifest = v.InferOutput<typeof manifestSchema>;
