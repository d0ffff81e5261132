/** The Hugging Face `tokenizer.json` of a byte-level BPE: written here, read back and checked here. */

import * as v from "valibot";
import { charOfByte } from "./byte_alphabet.ts";
import type { Merge } from "./learn_merges.ts";

/** The token that starts every text; its id is 0. */
export const beginToken = "<|bos|>";

const mergeSchema = v.pipe(
  v.union([
    v.tuple([v.string(), v.string()]),
    // Most files write a merge as one string with a space between, the newest as a list.
    v.pipe(
      v.string(),
      v.transform((pair) => pair.split(" ")),
      v.tuple([v.string(), v.string()]),
    ),
  ]),
  v.readonly(),
);

const tokenizerFileSchema = v.object({
  added_tokens: v.array(v.object({ id: v.pipe(v.number(), v.integer()), content: v.string() })),
  model: v.object({
    type: v.literal("BPE"),
    vocab: v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(0))),
    merges: v.array(mergeSchema),
  }),
});

/** What the fast tokenizer needs of a `tokenizer.json`. */
export type TokenizerFile = v.InferOutput<typeof tokenizerFileSchema>;

/**
 * Checks the parts of a `tokenizer.json` that byte-level BPE needs.
 *
 * @throws {TypeError} naming the first part that is missing or of the wrong kind
 */
export function parseTokenizerFile(json: unknown): TokenizerFile {
  const result = v.safeParse(tokenizerFileSchema, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new TypeError(
    `Cannot read "tokenizer.json": expected a byte-level BPE with ${
      v.getDotPath(issue) ?? "its model"
    } as ${issue.expected ?? "described"}, got ${issue.received}`,
  );
}

/** Writes a whole `tokenizer.json`: the begin token, the 256 bytes, then one entry per merge. */
export function writeTokenizerFile(merges: readonly Merge[]): string {
  const vocab: Record<string, number> = { [beginToken]: 0 };
  const tokens = [...charOfByte, ...merges.map(([left, right]) => left + right)];
  tokens.forEach((token, i) => vocab[token] = i + 1);
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false };
  const begin = { SpecialToken: { id: beginToken, type_id: 0 } };
  const file = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [{
      id: 0,
      content: beginToken,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    }],
    normalizer: null,
    pre_tokenizer: { ...byteLevel, use_regex: true },
    post_processor: {
      type: "TemplateProcessing",
      single: [begin, { Sequence: { id: "A", type_id: 0 } }],
      pair: [begin, { Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
      special_tokens: { [beginToken]: { id: beginToken, ids: [0], tokens: [beginToken] } },
    },
    decoder: { ...byteLevel, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges: merges.map(([left, right]) => `${left} ${right}`),
    },
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
