/**
 * Trains the bundled tokenizer and writes `tokenizer.json` beside itself.
 *
 * `deno run --allow-write=scan/bundled/tokenizer scan/bundled/tokenizer/train_tokenizer.ts [--recount]`
 *
 * It learns from `piece_counts.json`: how often each word stood in a sample of the corpus when the
 * model's training began. The counts are kept because the weights belong to this one vocabulary,
 * while the mixture of the corpus may still change. `--recount` counts a fresh sample; the model has
 * to be trained anew after that.
 */

import { generateExamples } from "../corpus/mod.ts";
import { learnMerges } from "./learn_merges.ts";
import { countPieces } from "./pieces.ts";
import pieceCounts from "./piece_counts.json" with { type: "json" };
import { writeTokenizerFile } from "./tokenizer_file.ts";

/** Entries of the finished vocabulary: the begin token, 256 bytes, merges. */
const vocabularySize = 1024;
const nTexts = 100_000;

/** How often each piece stands in a sample of the corpus, in order of first appearance. */
export function countCorpus(): Map<string, number> {
  return countPieces(generateExamples(1, "train").take(nTexts).map(({ text }) => text));
}

/** The text of a `tokenizer.json` learned from counted pieces; by default from the kept counts. */
export function trainTokenizer(
  counts: ReadonlyMap<string, number> = new Map(Object.entries(pieceCounts)),
): string {
  return writeTokenizerFile(learnMerges(counts, vocabularySize - 257));
}

if (import.meta.main) {
  let counts: Map<string, number> | undefined;
  if (Deno.args.includes("--recount")) {
    counts = countCorpus();
    const json = JSON.stringify(Object.fromEntries(counts), null, 2);
    await Deno.writeTextFile(new URL("piece_counts.json", import.meta.url), `${json}\n`);
  }
  const json = trainTokenizer(counts);
  await Deno.writeTextFile(new URL("tokenizer.json", import.meta.url), json);
  console.log(`tokenizer.json: ${json.length} bytes`);
}
