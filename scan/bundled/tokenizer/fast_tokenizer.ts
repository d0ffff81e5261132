/**
 * A byte-level BPE encoder with a cache per piece, for training: the same ids as
 * `@huggingface/tokenizers`, plus where in the text every token lies.
 */

import { charOfByte, toByteChars } from "./byte_alphabet.ts";
import { applyMerge } from "./learn_merges.ts";
import { piecePattern } from "./pieces.ts";
import { beginToken, parseTokenizerFile, type TokenizerFile } from "./tokenizer_file.ts";

/** Tokens of one text, the begin token first. All three arrays have one item per token. */
export interface Encoding {
  readonly ids: Uint16Array;
  /** UTF-16 offset of the first character that the token touches; 0 for the begin token. */
  readonly starts: Uint32Array;
  /** UTF-16 offset after the last character that the token touches; 0 for the begin token. */
  readonly ends: Uint32Array;
}

/** A text ready for training. */
export interface EncodedExample {
  /** [nTokens], the begin token first. */
  readonly ids: Uint16Array;
  /** [nTokens], 1 where the token lies in an answer, else 0. */
  readonly weights: Uint8Array;
}

/** One piece's tokens with offsets inside the piece. */
interface EncodedPiece {
  readonly ids: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Pieces that are cached at most, so that endless foreign text cannot fill the memory. */
const cacheLimit = 20_000;

/** Encodes and decodes texts; made by {@link loadTokenizer}. */
export class FastTokenizer {
  /** Id of `<|bos|>`. */
  readonly beginId: number;
  readonly vocabularySize: number;
  readonly #idOf: ReadonlyMap<string, number>;
  readonly #tokenOf: readonly string[];
  /** Rank of a merge, by its two symbols with a space between. */
  readonly #rankOf: ReadonlyMap<string, number>;
  readonly #cache = new Map<string, EncodedPiece>();

  constructor(file: TokenizerFile) {
    const begin = file.added_tokens.find((token) => token.content === beginToken);
    if (begin === undefined) {
      throw new TypeError(
        `Cannot load "tokenizer.json": expected an added token ${beginToken}, got none`,
      );
    }
    this.beginId = begin.id;
    this.#idOf = new Map(Object.entries(file.model.vocab));
    const tokenOf: string[] = [];
    for (const [token, id] of this.#idOf) tokenOf[id] = token;
    this.#tokenOf = tokenOf;
    this.vocabularySize = tokenOf.length;
    for (const char of charOfByte) this.#requireId(char);
    this.#rankOf = new Map(file.model.merges.map(([left, right], i) => [`${left} ${right}`, i]));
  }

  /** Encodes any text; every UTF-8 byte has a token, so nothing is ever unknown. */
  encode(text: string): Encoding {
    const ids = [this.beginId];
    const starts = [0];
    const ends = [0];
    let offset = 0;
    // The begin token may be written out in a text; Hugging Face cuts the text there first.
    for (const [i, part] of text.split(beginToken).entries()) {
      if (i > 0) {
        ids.push(this.beginId);
        starts.push(offset);
        offset += beginToken.length;
        ends.push(offset);
      }
      for (const [piece] of part.matchAll(piecePattern)) {
        const encoded = this.#encodePiece(piece);
        for (let t = 0; t < encoded.ids.length; t++) {
          ids.push(encoded.ids[t]);
          starts.push(offset + encoded.starts[t]);
          ends.push(offset + encoded.ends[t]);
        }
        offset += piece.length;
      }
    }
    return {
      ids: Uint16Array.from(ids),
      starts: Uint32Array.from(starts),
      ends: Uint32Array.from(ends),
    };
  }

  /** Encodes a text and flags the tokens that lie in one of its answers (sorted, disjoint). */
  encodeExample(
    text: string,
    answers: readonly { readonly start: number; readonly end: number }[],
  ): EncodedExample {
    const { ids, starts, ends } = this.encode(text);
    const weights = new Uint8Array(ids.length);
    let a = 0;
    for (let t = 1; t < ids.length && a < answers.length; t++) {
      if (starts[t] >= answers[a].end) {
        a++;
        t--;
      } else if (ends[t] > answers[a].start) weights[t] = 1;
    }
    return { ids, weights };
  }

  /** The text of tokens; begin tokens are left out, cut-off characters become U+FFFD. */
  decode(ids: Iterable<number>): string {
    const bytes: number[] = [];
    for (const id of ids) {
      if (id === this.beginId) continue;
      const token = this.#tokenOf[id];
      if (token === undefined) {
        throw new RangeError(
          `Cannot decode "${id}": expected an id below ${this.vocabularySize}, got ${id}`,
        );
      }
      for (const char of token) bytes.push(byteOfChar.get(char)!);
    }
    return new TextDecoder().decode(Uint8Array.from(bytes));
  }

  #requireId(token: string): number {
    const id = this.#idOf.get(token);
    if (id === undefined) {
      throw new TypeError(
        `Cannot load "tokenizer.json": expected the vocabulary to hold "${token}", got no entry`,
      );
    }
    return id;
  }

  #encodePiece(piece: string): EncodedPiece {
    const known = this.#cache.get(piece);
    if (known !== undefined) return known;
    const symbols = this.#merge(piece);
    const [charStarts, charEnds] = byteOffsets(piece);
    const ids: number[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    let byte = 0;
    for (const symbol of symbols) {
      ids.push(this.#requireId(symbol));
      starts.push(charStarts[byte]);
      byte += symbol.length;
      ends.push(charEnds[byte - 1]);
    }
    const encoded = { ids, starts, ends };
    if (this.#cache.size >= cacheLimit) this.#cache.clear();
    this.#cache.set(piece, encoded);
    return encoded;
  }

  /** Applies the merge of lowest rank until none applies. */
  #merge(piece: string): string[] {
    let symbols = [...toByteChars(piece)];
    while (symbols.length > 1) {
      let best = -1;
      let lowest = Infinity;
      for (let i = 1; i < symbols.length; i++) {
        const rank = this.#rankOf.get(`${symbols[i - 1]} ${symbols[i]}`);
        if (rank !== undefined && rank < lowest) {
          lowest = rank;
          best = i;
        }
      }
      if (best < 0) break;
      symbols = applyMerge(symbols, [symbols[best - 1], symbols[best]]);
    }
    return symbols;
  }
}

const byteOfChar: ReadonlyMap<string, number> = new Map(charOfByte.map((char, i) => [char, i]));

/** For every UTF-8 byte of a piece: where its character starts and ends, in UTF-16 units. */
function byteOffsets(piece: string): [starts: number[], ends: number[]] {
  const starts: number[] = [];
  const ends: number[] = [];
  let unit = 0;
  for (const char of piece) {
    const point = char.codePointAt(0)!;
    const nBytes = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (let i = 0; i < nBytes; i++) {
      starts.push(unit);
      ends.push(unit + char.length);
    }
    unit += char.length;
  }
  return [starts, ends];
}

/**
 * Makes a tokenizer from the parsed JSON of a `tokenizer.json`.
 *
 * @throws {TypeError} if it is not a byte-level BPE that holds every byte and `<|bos|>`
 */
export function loadTokenizer(json: unknown): FastTokenizer {
  return new FastTokenizer(parseTokenizerFile(json));
}
