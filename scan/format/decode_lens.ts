import { sourceOfBytes } from "./byte_source.ts";
import { readRecord } from "./container.ts";
import { tokensOf } from "./decode.ts";
import { FormatError } from "./errors.ts";
import { fromHalf } from "./half.ts";
import { inflate } from "./inflate.ts";
import { lensKind } from "./kinds.ts";
import { limits } from "./limits.ts";
import { joinPlanes } from "./quantise.ts";
import { readContainer } from "./read_container.ts";
import { checkRecord, type LensHeaderRecord, lensHeaderSchema, lensRowSchema } from "./schema.ts";
import type { Guess, LensGrid } from "./types.ts";

/**
 * Reads a lens side file.
 *
 * @param options.source path or address of the file, for messages
 * @throws {FormatError} if the file is not whole and sound
 */
export async function decodeLens(
  bytes: Uint8Array<ArrayBuffer>,
  options: { readonly source?: string } = {},
): Promise<LensGrid> {
  const source = options.source ?? "lens";
  let header: LensHeaderRecord | undefined;
  const guesses: Guess[][][] = [];
  const entropy: Float32Array[] = [];
  for await (const event of readContainer(sourceOfBytes(bytes), lensKind, source)) {
    if (event.type === "opening") {
      header = checkHeader(event.opening.header, event.opening.offsets.length - 1, source);
    } else if (event.type === "record" && header) {
      const row = await readRow(header, event.bytes, event.index, source);
      guesses.push(row.guesses);
      entropy.push(row.entropy);
    }
  }
  if (header === undefined) throw new Error("unreachable: readContainer opens or throws");
  const { promptId, tokens, layers } = header;
  return { promptId, tokens: tokensOf(tokens), layers, guesses, entropy };
}

function checkHeader(value: unknown, nRows: number, source: string): LensHeaderRecord {
  const header = checkRecord(lensHeaderSchema, value, source, "the header");
  if (header.layers.length !== nRows) {
    throw new FormatError("invalid", source, `${nRows} layer names`, `${header.layers.length}`);
  }
  const cells = header.tokens.ids.length * header.nGuesses;
  if (cells > limits.cells) {
    throw new FormatError("limit", source, `at most ${limits.cells} guesses in a row`, `${cells}`);
  }
  return header;
}

async function readRow(
  header: LensHeaderRecord,
  bytes: Uint8Array,
  index: number,
  source: string,
): Promise<{ guesses: Guess[][]; entropy: Float32Array }> {
  const what = `row ${index}`;
  const row = checkRecord(lensRowSchema, readRecord(bytes, source, what), source, what);
  const { guessed, nGuesses } = header;
  const nTokens = header.tokens.ids.length;
  const unpack = (planes: readonly Uint8Array[], length: number, name: string) =>
    Promise.all(planes.map((plane) => inflate(plane, length, source, `${name} of ${what}`)));

  const length = nTokens * nGuesses;
  const indices = await unpack(row.indices, length, "indices");
  const [pHigh, pLow] = await unpack(row.p, length, "probabilities");
  const [entropyHigh, entropyLow] = await unpack(row.entropy, nTokens, "entropies");
  const p = joinPlanes(pHigh, pLow);

  const guess = (cell: number): Guess => {
    const place = indices.reduce((sum, plane, i) => sum + (plane[cell] << (8 * i)), 0);
    if (place >= guessed.ids.length) {
      const expected = `a guess among ${guessed.ids.length} in ${what}`;
      throw new FormatError("invalid", source, expected, `${place}`);
    }
    return { id: guessed.ids[place], text: guessed.texts[place], p: fromHalf(p[cell]) };
  };
  const guesses = Array.from(
    { length: nTokens },
    (_, token) => Array.from({ length: nGuesses }, (_, rank) => guess(rank * nTokens + token)),
  );
  return { guesses, entropy: Float32Array.from(joinPlanes(entropyHigh, entropyLow), fromHalf) };
}
