import assert from "node:assert/strict";
import { Tokenizer } from "@huggingface/tokenizers";
import { generateExamples } from "../../scan/bundled/corpus/mod.ts";
import { learnMerges } from "../../scan/bundled/tokenizer/learn_merges.ts";
import { beginToken, loadTokenizer } from "../../scan/bundled/tokenizer/mod.ts";
import { countPieces } from "../../scan/bundled/tokenizer/pieces.ts";
import { countCorpus, trainTokenizer } from "../../scan/bundled/tokenizer/train_tokenizer.ts";
import pieceCounts from "../../scan/bundled/tokenizer/piece_counts.json" with { type: "json" };
import tokenizerJson from "../../scan/bundled/tokenizer/tokenizer.json" with { type: "json" };

const fast = loadTokenizer(tokenizerJson);
const reference = new Tokenizer(tokenizerJson, {
  tokenizer_class: "PreTrainedTokenizerFast",
  clean_up_tokenization_spaces: false,
});

const foreignTexts = [
  "",
  " ",
  "  two  spaces\tand\n\nlines  ",
  "Don't we'll they've I'm he'd it's",
  "Zürich, naïve café, ßtraße",
  "日本語のテキスト",
  "👩‍👩‍👧 family 🇯🇵 flag",
  "مرحبا بالعالم",
  "x=3.14*(y²)−½ №12345",
  "<|bos|> written out <|bos|>",
  "\u0000\u0001\u007f\u00a0\u00ad\u2028",
];

Deno.test("encode() gives the ids of @huggingface/tokenizers when the text is of the corpus", () => {
  for (const { text } of generateExamples(7, "held-out").take(500)) {
    assert.deepEqual([...fast.encode(text).ids], reference.encode(text).ids, text);
  }
});

Deno.test("encode() gives the ids of @huggingface/tokenizers when the text is foreign", () => {
  for (const text of foreignTexts) {
    assert.deepEqual([...fast.encode(text).ids], reference.encode(text).ids, JSON.stringify(text));
  }
});

Deno.test("decode() gives the text back when it is any Unicode text", () => {
  for (const text of foreignTexts) {
    const { ids } = fast.encode(text);
    assert.equal(fast.decode(ids), text.replaceAll(beginToken, ""));
    assert.equal(
      reference.decode([...ids], { skip_special_tokens: true }),
      text.replaceAll(beginToken, ""),
    );
  }
});

Deno.test("decode() throws when an id is outside the vocabulary", () => {
  assert.throws(() => fast.decode([fast.vocabularySize]), RangeError);
});

Deno.test("encode() puts the begin token first and covers the text when given any text", () => {
  for (const text of foreignTexts) {
    const { ids, starts, ends } = fast.encode(text);
    assert.equal(ids[0], 0);
    assert.deepEqual([starts[0], ends[0]], [0, 0]);
    assert.equal(ends[ends.length - 1], text.length);
    for (let t = 1; t < ids.length; t++) {
      assert.ok(starts[t] <= ends[t - 1] && starts[t] < ends[t], `${JSON.stringify(text)} at ${t}`);
    }
  }
});

Deno.test("encode() makes one token of every word of the corpus when the text comes from it", () => {
  const split = new Set<string>();
  for (const { text } of generateExamples(8, "held-out").take(5000)) {
    const { starts, ends } = fast.encode(text);
    for (let t = 1; t < starts.length; t++) {
      const wordGoesOn = /^\p{L}\p{L}$/u.test(text.slice(ends[t] - 1, ends[t] + 1));
      if (wordGoesOn) split.add(text.slice(starts[t]).match(/^ ?\p{L}+/u)![0]);
    }
  }
  // Words at the very start of a text have an entry of their own; one did not fit.
  assert.ok([...split].every((word) => !word.startsWith(" ")), [...split].join());
  assert.ok(split.size <= 1, [...split].join());
});

Deno.test("encodeExample() flags one token per answer when the text comes from the corpus", () => {
  for (const { text, answers } of generateExamples(9, "train").take(2000)) {
    const { ids, weights } = fast.encodeExample(text, answers);
    const flagged = [...ids].filter((_, t) => weights[t] === 1);
    assert.deepEqual(
      flagged.map((id) => fast.decode([id])),
      answers.map(({ start, end }) => text.slice(start, end)),
      text,
    );
  }
});

Deno.test("loadTokenizer() throws when the file is not a byte-level BPE", () => {
  assert.throws(() => loadTokenizer(null), TypeError);
  assert.throws(() => loadTokenizer({ added_tokens: [], model: { type: "Unigram" } }), TypeError);
  const { model } = tokenizerJson;
  assert.throws(() => loadTokenizer({ added_tokens: [], model }), /added token/);
  const added_tokens = tokenizerJson.added_tokens;
  assert.throws(
    () => loadTokenizer({ added_tokens, model: { ...model, vocab: { a: 1 } } }),
    /vocabulary/,
  );
});

Deno.test("learnMerges() merges the heaviest pair first when counts differ", () => {
  const merges = learnMerges(countPieces(["ab ab ab ab", " cd"]), 10);
  assert.deepEqual(merges[0], ["a", "b"]);
  assert.ok(merges.some(([left, right]) => left + right === "Ġab"));
  assert.deepEqual(learnMerges(new Map(), 10), []);
  assert.deepEqual(learnMerges(new Map([["ab", 1]]), 0), []);
});

Deno.test("trainTokenizer() writes the committed file when it learns from the kept counts", async () => {
  const committed = await Deno.readTextFile(
    new URL("../../scan/bundled/tokenizer/tokenizer.json", import.meta.url),
  );
  assert.equal(trainTokenizer(), committed);
  assert.ok(fast.vocabularySize <= 1024);
});

Deno.test("countCorpus() finds no word that the kept counts lack when the corpus is sampled", () => {
  const missing = [...countCorpus().keys()].filter((piece) => !(piece in pieceCounts));
  assert.ok(missing.every((piece) => /^\d+$/.test(piece)), missing.join());
});
