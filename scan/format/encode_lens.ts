import { encodeContainer, encodeRecord } from "./write_container.ts";
import { deflate, tokenLists } from "./encode.ts";
import { toHalf } from "./half.ts";
import { lensKind } from "./kinds.ts";
import { splitPlanes } from "./quantise.ts";
import { faultOf, type LensHeaderRecord, lensHeaderSchema, type LensRowRecord } from "./schema.ts";
import type { LensGrid, Token } from "./types.ts";

/**
 * Writes a lens grid as a side file. Every guessed token's text is written once, in a table that
 * the cells point into; probabilities and entropies are kept as float16.
 *
 * @returns the file's bytes, which the caller owns
 * @throws {TypeError} if a row or cell has the wrong length, or one id has two texts
 */
export async function encodeLens(grid: LensGrid): Promise<Uint8Array<ArrayBuffer>> {
  const nTokens = grid.tokens.length;
  const nGuesses = grid.guesses[0]?.[0]?.length ?? 0;
  const fail = (expected: string): never => {
    throw new TypeError(`Cannot encode the lens of "${grid.promptId}": expected ${expected}`);
  };
  if (grid.guesses.length !== grid.layers.length || grid.entropy.length !== grid.layers.length) {
    fail(`${grid.layers.length} rows, got ${grid.guesses.length} and ${grid.entropy.length}`);
  }
  const table = collectTokens(grid, fail);
  const places = new Map(table.map((token, place) => [token.id, place]));

  const header: LensHeaderRecord = {
    promptId: grid.promptId,
    tokens: tokenLists(grid.tokens),
    layers: [...grid.layers],
    guessed: tokenLists(table),
    nGuesses,
  };
  const fault = faultOf(lensHeaderSchema, header);
  if (fault) fail(fault);

  const records = grid.guesses.map((row, layer) => {
    const entropy = grid.entropy[layer];
    if (row.length !== nTokens || entropy.length !== nTokens) {
      fail(`${nTokens} cells in row ${layer}, got ${row.length} and ${entropy.length}`);
    }
    if (row.some((cell) => cell.length !== nGuesses)) {
      fail(`${nGuesses} guesses in every cell of row ${layer}`);
    }
    // Best guesses of all tokens first, then all second ones: neighbours are alike.
    const ranked = Array.from({ length: nGuesses }, (_, rank) => row.map((cell) => cell[rank]));
    const guesses = ranked.flat();
    const record: LensRowRecord = {
      layer,
      indices: packBytes(guesses.map((guess) => places.get(guess.id) ?? 0), table.length),
      p: packHalves(guesses.map((guess) => guess.p)),
      entropy: packHalves(entropy),
    };
    return encodeRecord(record);
  });
  return await encodeContainer(lensKind, header, records);
}

/** Every guessed token once, by falling frequency, so that most places fit into one byte. */
function collectTokens(grid: LensGrid, fail: (expected: string) => never): Token[] {
  const seen = new Map<number, { token: Token; uses: number }>();
  for (const guess of grid.guesses.flat(2)) {
    const entry = seen.get(guess.id);
    if (entry === undefined) {
      seen.set(guess.id, { token: { id: guess.id, text: guess.text }, uses: 1 });
    } else {
      if (entry.token.text !== guess.text) {
        fail(`one text for token ${guess.id}, got "${entry.token.text}" and "${guess.text}"`);
      }
      entry.uses++;
    }
  }
  return [...seen.values()]
    .sort((a, b) => b.uses - a.uses || a.token.id - b.token.id)
    .map(({ token }) => token);
}

/** How many bytes a place in a table of `length` entries takes. */
export function bytesOfPlace(length: number): number {
  return length <= 1 << 8 ? 1 : length <= 1 << 16 ? 2 : 3;
}

/** Planes of bytes, lowest first. */
function packBytes(places: readonly number[], tableLength: number): Uint8Array[] {
  return Array.from(
    { length: bytesOfPlace(tableLength) },
    (_, plane) => deflate(Uint8Array.from(places, (place) => place >> (8 * plane))),
  );
}

/** Numbers as float16: high bytes and low bytes, each a zlib stream. */
export function packHalves(values: ArrayLike<number>): [Uint8Array, Uint8Array] {
  const [high, low] = splitPlanes(Uint16Array.from(values, toHalf));
  return [deflate(high), deflate(low)];
}
