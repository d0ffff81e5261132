/**
 * Trains the bundled tokenizer on a sample of the corpus and writes `tokenizer.json` beside itself.
 *
 * `deno run --allow-write=scan/bundled/tokenizer scan/bundled/tokenizer/train_tokenizer.ts`
 *
 * The result depends on the corpus alone: the same corpus gives the same bytes.
 */

import { generateExamples } from "../corpus/mod.ts";
import { learnMerges } from "./learn_merges.ts";
import { countPieces } from "./pieces.ts";
import { writeTokenizerFile } from "./tokenizer_file.ts";

/** Entries of the finished vocabulary: the begin token, 256 bytes, merges. */
const vocabularySize = 1024;
const nTexts = 100_000;

/** The text of a `tokenizer.json` trained on the corpus. */
export function trainTokenizer(): string {
  const texts = generateExamples(1, "train")
    .take(nTexts)
    .map((example) => example.text);
  return writeTokenizerFile(learnMerges(countPieces(texts), vocabularySize - 257));
}

if (import.meta.main) {
  const json = trainTokenizer();
  await Deno.writeTextFile(new URL("tokenizer.json", import.meta.url), json);
  console.log(`tokenizer.json: ${json.length} bytes`);
}
