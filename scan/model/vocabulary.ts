import * as v from "valibot";

/** What is read of `tokenizer.json`: ids by piece, or a list of pieces in the order of their ids. */
const tokenizerSchema = v.object({
  model: v.object({
    vocab: v.optional(v.union([v.record(v.string(), v.number()), v.array(v.unknown())])),
  }),
  added_tokens: v.optional(v.array(v.object({ id: v.number() }))),
});

/** Part of the model's vocabulary that its tokenizer must know: tables are padded to round sizes, not doubled. */
const leastShare = 0.5;

/**
 * Checks that a tokenizer can be the model's: its ids must have rows in the table of embeddings, and
 * the table must not be far larger.
 *
 * @param tokenizer parsed `tokenizer.json`
 * @param dVocab size of the model's logits
 * @param paths of both, for messages
 * @throws {RangeError} if they do not belong together
 */
export function checkVocabulary(
  tokenizer: object,
  dVocab: number,
  paths: { readonly tokenizer: string; readonly model: string },
): void {
  const parsed = v.safeParse(tokenizerSchema, tokenizer);
  if (!parsed.success || !parsed.output.model.vocab) return;
  const { model: { vocab }, added_tokens = [] } = parsed.output;
  const ids = Array.isArray(vocab) ? [vocab.length - 1] : Object.values(vocab);
  let size = 0;
  for (const id of [...added_tokens.map((token) => token.id)]) size = Math.max(size, id + 1);
  for (const id of ids) size = Math.max(size, id + 1);
  if (size <= dVocab && size >= leastShare * dVocab) return;
  throw new RangeError(
    `Cannot use "${paths.tokenizer}" with "${paths.model}": expected a tokenizer for ${dVocab} tokens, ` +
      `got one with ${size}. Take the tokenizer.json that was published with the model.`,
  );
}
