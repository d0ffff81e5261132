import assert from "node:assert/strict";
import { parseDiffOptions } from "../../scan/diff/options.ts";
import { UsageError } from "../../scan/options.ts";

Deno.test("parseDiffOptions() reads operands and flags", () => {
  const options = parseDiffOptions([
    "A cat",
    "A dog",
    "--model",
    "here",
    "--device=cpu",
    "--json",
    "--text",
    "--open",
  ]);
  assert.deepEqual(options.operands, ["A cat", "A dog"]);
  assert.equal(options.model, "here");
  assert.equal(options.device, "cpu");
  assert.ok(options.json && options.text && options.open && !options.force);
  assert.deepEqual([options.promptsFolder, options.dataFolder, options.siteFolder], [
    "prompts",
    "_data",
    "_site",
  ]);
});

Deno.test("parseDiffOptions() asks for no operands when help is wanted", () => {
  assert.ok(parseDiffOptions(["--help"]).help);
});

Deno.test("parseDiffOptions() refuses what is not in the usage", () => {
  const cases: [string[], RegExp][] = [
    [[], /Cannot compare 0 operands/],
    [["a", "b", "c"], /Cannot compare 3 operands.*quotes/],
    [["one", "--text"], /expected two texts/],
    [["a", "--device", "abacus"], /--device "abacus": expected one of auto/],
    [["a", "--colour"], /deno task diff --help/],
  ];
  for (const [args, message] of cases) {
    assert.throws(() => parseDiffOptions(args), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  }
});
