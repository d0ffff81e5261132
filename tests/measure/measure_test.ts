import assert from "node:assert/strict";
import {
  displacements,
  entropyOfLogits,
  layerMeasures,
  meanStep,
  type MeasureInput,
  measureLayers,
  shareOutDisplacement,
  tokenCosines,
  tokenNorms,
  visibleChange,
} from "../../scan/measure/mod.ts";
import { float32 } from "../../scan/onnx/tensor.ts";
import { makeNormal, makeRandom } from "../fixtures/synthetic_cloud.ts";

/** Numbers as nested arrays, for oracles that are read off the definition. */
function nest(data: ArrayLike<number>, rows: number, columns: number): number[][] {
  return Array.from(
    { length: rows },
    (_, row) => Array.from({ length: columns }, (_, i) => data[row * columns + i]),
  );
}

function makeInput(nFrames: number, nTokens: number, dModel: number, nParticles = 5): MeasureInput {
  const normal = makeNormal(makeRandom(nFrames * 100 + nTokens * 10 + dModel));
  const numbers = (length: number) => Float32Array.from({ length }, normal);
  return {
    states: float32([nFrames, nTokens, dModel], numbers(nFrames * nTokens * dModel)),
    entropy: Array.from({ length: nFrames }, () => numbers(nTokens).map(Math.abs)),
    positions: Array.from({ length: nFrames }, () => numbers(nParticles * 3)),
    nDims: 3,
  };
}

function near(actual: number, expected: number, tolerance = 1e-9) {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * (1 + Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
}

const sizes = [[1, 1, 1], [2, 1, 2], [2, 2, 1], [13, 7, 33]] as const;

for (const [nFrames, nTokens, dModel] of sizes) {
  const size = `[${nFrames}, ${nTokens}, ${dModel}]`;

  Deno.test(`tokenNorms() agrees with the definition when states are ${size}`, () => {
    const { states } = makeInput(nFrames, nTokens, dModel);
    const rows = nest(states.data, nFrames * nTokens, dModel);
    const norms = tokenNorms(states);
    assert.equal(norms.length, rows.length);
    rows.forEach((row, i) => near(norms[i], Math.hypot(...row)));
  });

  Deno.test(`tokenCosines() agrees with the definition when states are ${size}`, () => {
    const { states } = makeInput(nFrames, nTokens, dModel);
    const rows = nest(states.data, nFrames * nTokens, dModel);
    const cosines = tokenCosines(states);
    rows.forEach((row, i) => {
      if (i < nTokens) return assert.equal(cosines[i], 1);
      const before = rows[i - nTokens];
      const dot = row.reduce((sum, x, k) => sum + x * before[k], 0);
      near(cosines[i], dot / (Math.hypot(...row) * Math.hypot(...before)));
    });
  });

  Deno.test(`measureLayers() gives finite means over tokens when states are ${size}`, () => {
    const input = makeInput(nFrames, nTokens, dModel);
    const layers = measureLayers(input);
    const norms = nest(tokenNorms(input.states), nFrames, nTokens);
    const cosines = nest(tokenCosines(input.states), nFrames, nTokens);
    const mean = (row: number[]) => row.reduce((sum, x) => sum + x, 0) / row.length;
    assert.equal(layers.length, nFrames);
    layers.forEach((layer, i) => {
      near(layer.meanNorm, mean(norms[i]));
      near(layer.cosineToPrevious, mean(cosines[i]));
      assert.equal(layer.lensEntropy, input.entropy[i][nTokens - 1]);
      assert.ok(Object.values(layer).every(Number.isFinite));
    });
    assert.equal(layers[0].cosineToPrevious, 1);
    assert.equal(layers[0].meanDisplacement, 0);
  });
}

Deno.test("tokenCosines() does not leave −1 … 1 and ignores length when states are scaled", () => {
  const { states } = makeInput(1, 50, 64);
  const scaled = states.data.map((x) => -3 * x);
  const both = float32([2, 50, 64], [...states.data, ...scaled]);
  const cosines = tokenCosines(both).subarray(50);
  for (const cosine of cosines) {
    assert.ok(cosine >= -1);
    near(cosine, -1, 1e-6);
  }
});

Deno.test("tokenCosines() gives 1 for two zero states and 0 for one", () => {
  const cosines = tokenCosines(float32([3, 1, 2], [0, 0, 0, 0, 1, 0]));
  assert.deepEqual([...cosines], [1, 1, 0]);
});

Deno.test("tokenNorms() and measureLayers() take a scan without tokens", () => {
  const input = makeInput(2, 0, 4);
  assert.equal(tokenNorms(input.states).length, 0);
  assert.deepEqual(measureLayers(input)[1].meanNorm, 0);
});

Deno.test("entropyOfLogits() agrees with −Σ p log2 p when logits are moderate", () => {
  const normal = makeNormal(makeRandom(4));
  for (const length of [1, 2, 3, 1000]) {
    const logits = Float32Array.from({ length }, () => 3 * normal());
    const weights = Array.from(logits, (x) => Math.exp(x));
    const total = weights.reduce((sum, w) => sum + w, 0);
    const naive = weights.reduce((sum, w) => sum - w / total * Math.log2(w / total), 0);
    near(entropyOfLogits(logits), naive);
  }
});

Deno.test("entropyOfLogits() is log2(n) for equal logits, 0 for a sure one, whatever their size", () => {
  near(entropyOfLogits(new Float32Array(1024).fill(-3e38)), 10);
  near(entropyOfLogits(new Float32Array(1024).fill(3e38)), 10);
  assert.equal(entropyOfLogits(Float32Array.of(1e30, 0, -1e30)), 0);
  assert.equal(entropyOfLogits(Float32Array.of(0, -Infinity)), 0);
});

Deno.test("entropyOfLogits() throws a RangeError when a logit is NaN or none is finite", () => {
  const bad = [[], [NaN, 1], [1, NaN], [Infinity, 1], [-Infinity]];
  for (const logits of bad) {
    assert.throws(() => entropyOfLogits(Float32Array.from(logits)), RangeError, `${logits}`);
  }
});

Deno.test("displacements() agrees with the definition in 2 and 3 dimensions", () => {
  for (const nDims of [2, 3]) {
    const normal = makeNormal(makeRandom(nDims));
    const [before, now] = [0, 1].map(() => Float32Array.from({ length: 9 * nDims }, normal));
    const moved = displacements(before, now, nDims);
    nest(now, 9, nDims).forEach((point, i) => {
      near(moved[i], Math.hypot(...point.map((x, dim) => x - before[i * nDims + dim])));
    });
    assert.deepEqual(displacements(before, now, nDims), displacements(now, before, nDims));
  }
});

Deno.test("displacements() is empty for no particles and throws when frames differ in length", () => {
  assert.equal(displacements(new Float32Array(0), new Float32Array(0), 3).length, 0);
  assert.throws(() => displacements(new Float32Array(3), new Float32Array(6), 3), TypeError);
});

Deno.test("measureLayers() throws a TypeError when its parts do not fit together", () => {
  const input = makeInput(3, 2, 4);
  assert.throws(() => measureLayers({ ...input, entropy: input.entropy.slice(1) }), TypeError);
  assert.throws(() => measureLayers({ ...input, positions: [] }), TypeError);
  const odd = input.entropy.map((row) => row.subarray(1));
  assert.throws(() => measureLayers({ ...input, entropy: odd }), TypeError);
  const flat = float32([6, 4], input.states.data);
  assert.throws(() => measureLayers({ ...input, states: flat }), TypeError);
});

Deno.test("layerMeasures name themselves for a legend", () => {
  const titles = Object.values(layerMeasures).map((measure) => measure.title);
  assert.equal(new Set(titles).size, titles.length);
});

Deno.test("shareOutDisplacement() hands a particle's displacement to the tokens that it reads", () => {
  // Two frames of two particles in the plane; the first reads token 0, the second both tokens alike.
  const attention = Float32Array.of(1, 0, 0.5, 0.5, 1, 0, 0.5, 0.5);
  const before = { nParticles: 2, dCode: 2, nTokens: 2, attention, codes: new Float32Array(8) };
  const now = { ...before, codes: Float32Array.of(0, 0, 3, 4, 0, 5, 0, 0) };
  const shares = shareOutDisplacement(before, now);
  assert.deepEqual([...shares], [0.75, 0.25]);
  assert.deepEqual(shareOutDisplacement(now, before), shares);
  assert.deepEqual([...shareOutDisplacement(before, before)], [0, 0]);
  const alike = shareOutDisplacement({ ...before, attention: null }, { ...now, attention: null });
  assert.deepEqual([...alike], [0.5, 0.5]);
  assert.throws(
    () => shareOutDisplacement({ ...before, codes: new Float32Array(6) }, now),
    /^TypeError: .*Cannot compare/,
  );
  assert.throws(
    () => shareOutDisplacement({ ...before, nParticles: 4, dCode: 1 }, now),
    /^TypeError: .*2 particles of 2 numbers/,
  );
});

Deno.test("visibleChange() is 1 for proportional motion and falls with what does not belong to it", () => {
  const random = makeRandom(4);
  const codes = Float32Array.from({ length: 40 * 4 }, random);
  const moved = codes.map((x, i) => i % 8 < 4 ? x : x + (i % 3) / 2);
  const still = new Float32Array(40 * 2);
  const lengths = displacements(codes, moved, 4);
  const along = still.map((_, i) => i % 2 === 0 ? 3 * lengths[i / 2] : 0);
  near(visibleChange([codes, moved], 4, [still, along], 2)!, 1, 1e-6);
  near(visibleChange([moved, codes], 4, [along, still], 2)!, 1, 1e-6);
  const everywhere = still.map(() => 1);
  const part = visibleChange([codes, moved], 4, [still, everywhere], 2)!;
  assert.ok(part > 0 && part < 0.6, `${part}`);
  // What moves in the picture alone has nothing to do with the codes.
  const others = along.map((_, i) => lengths[Math.floor(i / 2)] === 0 ? 1 : 0);
  assert.equal(visibleChange([codes, moved], 4, [still, others], 2), 0);
  assert.equal(visibleChange([codes, codes], 4, [still, along], 2), null);
  assert.equal(visibleChange([codes, moved], 4, [still, still], 2), null);
  assert.throws(() => visibleChange([codes, moved], 4, [still, along], 4), /^TypeError/);
});

Deno.test("meanStep() is the mean way between frames over the cloud's radius", () => {
  // Two points at distance 1 from the centre that turn by a right angle.
  const first = Float32Array.of(1, 0, -1, 0);
  const second = Float32Array.of(0, 1, 0, -1);
  near(meanStep([first, second], 2), Math.SQRT2);
  near(meanStep([first.map((x) => 5 * x + 2), second.map((x) => 5 * x + 2)], 2), Math.SQRT2, 1e-6);
  assert.equal(meanStep([first], 2), 0);
  assert.equal(meanStep([first, first], 2), 0);
  assert.equal(meanStep([new Float32Array(4), new Float32Array(4)], 2), 0);
});
