import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import type { Token } from "../format/types.ts";

/** A model's own tokenizer. */
export interface Tokenizer {
  /** Tokens of a text, those that the tokenizer adds itself included, each with its text decoded alone. */
  encode(text: string): Token[];
  /** Text of one token, exactly: no spaces are tidied up, and a special token shows as it is written. */
  textOf(id: number): string;
}

/**
 * Makes a tokenizer of the parsed `tokenizer.json`, the format of Hugging Face's `tokenizers`.
 *
 * @param config the parsed `tokenizer_config.json`, where there is one
 * @throws {TypeError} if the library cannot make sense of the file
 */
export function createTokenizer(json: object, config: object = {}): Tokenizer {
  let tokenizer: HuggingFaceTokenizer;
  try {
    // Tidying up would take the space from before a full stop, and a token would not show as it is.
    tokenizer = new HuggingFaceTokenizer(json, { ...config, clean_up_tokenization_spaces: false });
  } catch (cause) {
    throw new TypeError(
      `Cannot load "tokenizer.json": expected a Hugging Face tokenizer, got ${
        cause instanceof Error ? cause.message : cause
      }`,
      { cause },
    );
  }
  const known = new Map<number, string>();
  const textOf = (id: number) => {
    let text = known.get(id);
    if (text === undefined) {
      text = tokenizer.decode([id], {
        skip_special_tokens: false,
        clean_up_tokenization_spaces: false,
      });
      known.set(id, text);
    }
    return text;
  };
  return {
    encode: (text) => tokenizer.encode(text).ids.map((id) => ({ id, text: textOf(id) })),
    textOf,
  };
}
