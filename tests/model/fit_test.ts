import assert from "node:assert/strict";
import {
  type ModelSizes,
  needInAll,
  needToHold,
  needToLoad,
  needToScan,
  passBudgetBytes,
  requireFit,
  totalBytes,
} from "../../scan/model/fit.ts";

/** Llama 3 8B with 4-bit weights beside its file. */
const sizes: ModelSizes = {
  nLayers: 32,
  dModel: 4096,
  dVocab: 128_256,
  nHeads: 32,
  dCache: 1024,
};
const weights = { fileBytes: 300_000, loadedBytes: 5.3e9 };
const family = (...nTokens: number[]) => ({ nTokens, nParticles: 1024 });

function bytesOf(parts: ReturnType<typeof needToScan>, what: RegExp): number {
  return parts.find((part) => what.test(part.what))?.bytes ?? NaN;
}

Deno.test("needToScan() counts states and normed states of all members", () => {
  const parts = needToScan(sizes, family(10, 12));
  assert.equal(bytesOf(parts, /^states/), 2 * 33 * 22 * 4096 * 4);
});

Deno.test("needToScan() grows with a long prompt by states and one layer, not by all layers at once", () => {
  const pass = (nTokens: number) => bytesOf(needToScan(sizes, family(nTokens)), /^a pass/);
  // Attention grows with the square; what a pass puts out stays within the budget.
  const attention = (n: number) => 2 * 4 * 32 * n ** 2;
  const rest = pass(4000) - attention(4000) - 4 * passBudgetBytes;
  assert.ok(rest > 0 && rest < 4000 * 4 * (12 * 4096 + 2 * 32 * 1024) + 1e6, `${rest}`);
  const allAtOnce = 2 * 33 * 4000 * 4096 * 4 + 2 * 4000 * 128_256 * 4;
  assert.ok(pass(4000) - attention(4000) < allAtOnce / 2);
});

Deno.test("needToScan() counts the logits of all tokens when the lens takes them together", () => {
  const pass = (tokensTogether: boolean) =>
    bytesOf(needToScan({ ...sizes, tokensTogether }, family(4000)), /^a pass/);
  assert.ok(pass(true) - pass(false) > 2 * 3000 * 128_256 * 4);
});

Deno.test("needInAll() is the larger of loading and scanning", () => {
  const large = { fileBytes: 2e9, loadedBytes: 2e9 };
  const short = needInAll(large, { ...sizes, dVocab: 1000 }, family(8));
  assert.equal(totalBytes(short), totalBytes(needToLoad(large)));
  const long = totalBytes(needInAll(weights, sizes, family(1000)));
  const scanning = totalBytes(needToScan(sizes, family(1000)));
  // Several passes load the model anew for each.
  assert.equal(long, totalBytes(needToLoad(weights)) + scanning);
  // Members are compared by parts of the model, which are loaded besides.
  const { fileBytes, loadedBytes } = weights;
  const pair = totalBytes(needInAll(weights, sizes, family(1000, 1000)));
  const both = totalBytes(needToScan(sizes, family(1000, 1000)));
  assert.equal(pair, long - scanning + both + loadedBytes + 2 * fileBytes);
  const once = totalBytes(needInAll(weights, sizes, family(20)));
  const held = totalBytes(needToHold(weights, sizes));
  assert.equal(once, held + totalBytes(needToScan(sizes, family(20))));
  assert.equal(totalBytes(needInAll(weights, null, family(20))), totalBytes(needToLoad(weights)));
});

Deno.test("requireFit() accepts what fits and refuses one byte more, with the numbers and the mend", () => {
  const need = [{ what: "the model", bytes: 3e9 }, { what: "states", bytes: 4e9 }, {
    what: "nothing",
    bytes: 0,
  }];
  requireFit('scan "a"', need, 7e9);
  requireFit('scan "a"', need, Infinity);
  requireFit('scan "a"', need, NaN);
  assert.throws(() => requireFit('scan "a"', need, 7e9 - 1), {
    name: "RangeError",
    message:
      /^Cannot scan "a": expected 7\.0 GB of free memory, got 7\.0 GB\. Needed are 4\.0 GB for states, 3\.0 GB for the model\. .*shorten .*--memory/,
  });
});
