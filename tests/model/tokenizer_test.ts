import assert from "node:assert/strict";
import { generateExamples } from "../../scan/bundled/corpus/mod.ts";
import tokenizerJson from "../../scan/bundled/tokenizer/tokenizer.json" with { type: "json" };
import { loadTokenizer } from "../../scan/bundled/tokenizer/mod.ts";
import { createTokenizer } from "../../scan/model/tokenizer.ts";

Deno.test("createTokenizer() gives tokens whose texts make up the text again", () => {
  const tokenizer = createTokenizer(tokenizerJson);
  for (const text of ["Ann is here .", "Don't , stop !", "  two  spaces", "( [ ] )", ""]) {
    const [first, ...tokens] = tokenizer.encode(text);
    assert.equal(first.text, "<|bos|>");
    assert.equal(tokens.map((token) => token.text).join(""), text);
  }
});

Deno.test("createTokenizer() gives the ids of the tokenizer that training uses", () => {
  const tokenizer = createTokenizer(tokenizerJson);
  const fast = loadTokenizer(tokenizerJson);
  const examples = generateExamples(5, "train");
  for (let i = 0; i < 300; i++) {
    const { text } = examples.next().value;
    assert.deepEqual(tokenizer.encode(text).map(({ id }) => id), [...fast.encode(text).ids]);
  }
});

Deno.test("createTokenizer() says so when the file is no tokenizer", () => {
  assert.throws(() => createTokenizer({}), /Cannot load "tokenizer.json"/);
});
