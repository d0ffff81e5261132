import assert from "node:assert/strict";
import { decodeLens, encodeLens, FormatError, type LensGrid } from "../../scan/format/mod.ts";
import { fromHalf, toHalf } from "../../scan/format/half.ts";
import { makeSyntheticScan } from "../fixtures/synthetic_scan.ts";
import { makeRandom } from "../fixtures/synthetic_cloud.ts";
import { makeLens } from "./fixtures.ts";

/** The grid as float16 keeps it. */
function rounded(grid: LensGrid): LensGrid {
  return {
    ...grid,
    guesses: grid.guesses.map((row) =>
      row.map((cell) => cell.map((guess) => ({ ...guess, p: fromHalf(toHalf(guess.p)) })))
    ),
    entropy: grid.entropy.map((row) => row.map((bits) => fromHalf(toHalf(bits)))),
  };
}

const sizes = [[1, 0, 0], [1, 1, 0], [1, 1, 1], [2, 2, 2], [13, 30, 5]] as const;

for (const [nRows, nTokens, nGuesses] of sizes) {
  Deno.test(`decodeLens() undoes encodeLens() for ${nRows} × ${nTokens} × ${nGuesses}`, async () => {
    const grid = makeLens(nRows, nTokens, nGuesses);
    assert.deepEqual(await decodeLens(await encodeLens(grid)), rounded(grid));
  });
}

Deno.test("decodeLens() undoes encodeLens() when places need two and three bytes", async () => {
  for (const nWords of [1000, 10_000_000]) {
    const grid = makeLens(2, nWords === 1000 ? 400 : 9000, 5, nWords);
    assert.deepEqual(await decodeLens(await encodeLens(grid)), rounded(grid));
  }
});

Deno.test("encodeLens() keeps within 25 KB for 13 layers × 30 tokens × 5 guesses", async () => {
  const noise = (await encodeLens(makeLens(13, 30, 5, 1024))).length;
  const made = (await encodeLens(makeSyntheticScan().lens)).length;
  assert.ok(noise <= 25_000, `${noise}`);
  assert.ok(made <= 25_000, `${made}`);
});

Deno.test("encodeLens() gives the same bytes for the same grid", async () => {
  assert.deepEqual(await encodeLens(makeLens(3, 4, 2)), await encodeLens(makeLens(3, 4, 2)));
});

Deno.test("encodeLens() throws a TypeError when the grid is ragged", async () => {
  const grid = makeLens(3, 4, 2);
  const bad: LensGrid[] = [
    { ...grid, guesses: grid.guesses.slice(1) },
    { ...grid, entropy: grid.entropy.slice(1) },
    { ...grid, entropy: grid.entropy.map((row) => row.subarray(1)) },
    { ...grid, guesses: grid.guesses.map((row) => row.slice(1)) },
    { ...grid, guesses: grid.guesses.map((row, i) => i ? row.map((cell) => cell.slice(1)) : row) },
    {
      ...grid,
      guesses: [[[{ id: 1, text: "a", p: 1 }, { id: 1, text: "b", p: 0 }]]],
      entropy: [new Float32Array(1)],
      layers: ["a"],
      tokens: [{ id: 0, text: "" }],
    },
    { ...grid, layers: [], guesses: [], entropy: [] },
  ];
  for (const [i, spoilt] of bad.entries()) {
    await assert.rejects(encodeLens(spoilt), TypeError, `${i}`);
  }
});

Deno.test("decodeLens() refuses a file cut anywhere, and with any one byte flipped", async () => {
  const good = await encodeLens(makeLens(2, 3, 2));
  const random = makeRandom(8);
  for (let at = 0; at < good.length; at++) {
    await assert.rejects(decodeLens(good.slice(0, at)), FormatError);
    const flipped = good.slice();
    flipped[at] ^= 1 + Math.floor(255 * random());
    await assert.rejects(decodeLens(flipped), FormatError, `byte ${at}`);
  }
});

Deno.test("toHalf() agrees with Float16Array when the platform has one", () => {
  if (typeof Float16Array === "undefined") {
    console.log("skipped: this runtime has no Float16Array");
    return;
  }
  const random = makeRandom(2);
  const half = new Float16Array(1);
  const bits = new Uint16Array(half.buffer);
  const special = [
    0,
    -0,
    1,
    -1,
    Infinity,
    -Infinity,
    65504,
    65519,
    65520,
    6e-8,
    2e-8,
    3e-8,
    2 ** -14,
  ];
  const values = Array.from({ length: 20_000 }, () => (random() - 0.5) * 2 ** (40 * random() - 26));
  for (const value of [...special, ...values]) {
    half[0] = value;
    assert.equal(toHalf(value), bits[0], `${value}`);
  }
  for (let i = 0; i < 65_536; i++) {
    bits[0] = i;
    assert.ok(Object.is(fromHalf(i), half[0]), `${i}`);
    if (!Number.isNaN(half[0])) assert.equal(toHalf(half[0]), i);
  }
});
