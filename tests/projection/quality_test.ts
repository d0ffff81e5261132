import assert from "node:assert/strict";
import { measureQuality, sampleRows } from "../../scan/projection/quality.ts";
import { createRandom } from "../../scan/onnx/random.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { createDriftingClusters } from "./drifting_clusters.ts";

const engine = await createEngine("cpu");

/** The formula as it is written, over sorted lists of all distances. */
function naiveQuality(
  codes: Float32Array,
  n: number,
  d: number,
  positions: Float32Array,
  nDims: number,
  k: number,
) {
  const order = (points: Float32Array, width: number, i: number) =>
    Array.from({ length: n }, (_, j) => j).filter((j) => j !== i).map((j) => {
      let sum = 0;
      for (let c = 0; c < width; c++) sum += (points[i * width + c] - points[j * width + c]) ** 2;
      return { j, sum };
    }).sort((a, b) => a.sum - b.sum).map(({ j }) => j);
  let penalty = 0;
  let kept = 0;
  for (let i = 0; i < n; i++) {
    const inCodes = order(codes, d, i);
    for (const j of order(positions, nDims, i).slice(0, k)) {
      const rank = inCodes.indexOf(j) + 1;
      if (rank > k) penalty += rank - k;
      else kept++;
    }
  }
  return {
    trustworthiness: 1 - 2 * penalty / (n * k * (2 * n - 3 * k - 1)),
    neighbourRecall: kept / (n * k),
  };
}

Deno.test("measureQuality() agrees with the formula over sorted distances when nothing is sampled", async () => {
  const { points, n, d } = createDriftingClusters(2, 150, 6, 4, 3);
  const random = createRandom(1);
  // A picture that is half right: two of the coordinates, and noise.
  const positions = Float32Array.from(
    { length: n * 2 },
    (_, i) => points[(i >> 1) * d + (i & 1)] + 0.2 * random.next(),
  );
  for (const k of [15, 4]) {
    const expected = naiveQuality(points, n, d, positions, 2, k);
    const quality = await measureQuality(engine, points, n, d, positions, 2, "euclidean", { k });
    assert.ok(Math.abs(quality.trustworthiness - expected.trustworthiness) < 1e-4);
    assert.ok(Math.abs(quality.neighbourRecall - expected.neighbourRecall) < 1e-3);
    assert.equal(quality.nSampled, n);
  }
});

Deno.test("measureQuality() is 1 when the picture is the cloud itself", async () => {
  const { points, n } = createDriftingClusters(2, 100, 3, 4, 3);
  const quality = await measureQuality(engine, points, n, 3, points, 3, "euclidean");
  assert.deepEqual(quality, { trustworthiness: 1, neighbourRecall: 1, nSampled: n });
});

Deno.test("measureQuality() finds a picture of noise near chance when codes and picture are unrelated", async () => {
  const { points, n, d } = createDriftingClusters(2, 300, 8, 6, 3);
  const random = createRandom(5);
  const positions = Float32Array.from({ length: n * 3 }, () => random.next());
  const quality = await measureQuality(engine, points, n, d, positions, 3, "cosine");
  assert.ok(Math.abs(quality.trustworthiness - 0.5) < 0.05, `${quality.trustworthiness}`);
  assert.ok(Math.abs(quality.neighbourRecall - 15 / n) < 0.02, `${quality.neighbourRecall}`);
});

Deno.test("measureQuality() comes close to all points' figures when it samples", async () => {
  const { points, n, d } = createDriftingClusters(3, 400, 8, 6, 3);
  const positions = Float32Array.from(
    { length: n * 3 },
    (_, i) => points[Math.floor(i / 3) * d + i % 3],
  );
  const measure = (maxSampled: number) =>
    measureQuality(engine, points, n, d, positions, 3, "cosine", { maxSampled, seed: 2 });
  const [all, sampled, again] = [await measure(n), await measure(400), await measure(400)];
  assert.equal(sampled.nSampled, 400);
  assert.deepEqual(sampled, again);
  assert.ok(Math.abs(all.trustworthiness - sampled.trustworthiness) < 0.01);
  assert.ok(Math.abs(all.neighbourRecall - sampled.neighbourRecall) < 0.03);
});

Deno.test("measureQuality() stays between 0 and 1 when there are few points", async () => {
  for (let n = 0; n <= 40; n++) {
    const random = createRandom(n);
    const codes = Float32Array.from({ length: n * 4 }, () => random.next() - 0.5);
    const positions = Float32Array.from({ length: n * 2 }, () => random.next());
    const quality = await measureQuality(engine, codes, n, 4, positions, 2, "cosine");
    for (const value of [quality.trustworthiness, quality.neighbourRecall]) {
      assert.ok(value >= 0 && value <= 1, `${value} for ${n} points`);
    }
    if (n < 3) assert.equal(quality.trustworthiness, 1);
  }
});

Deno.test("sampleRows() draws every row equally often when seeds vary", () => {
  const counts = new Float64Array(20);
  for (let seed = 0; seed < 2000; seed++) {
    const rows = sampleRows(20, 5, seed);
    assert.equal(new Set(rows).size, 5);
    assert.deepEqual(rows, rows.slice().sort());
    for (const row of rows) counts[row]++;
  }
  // 500 expected, standard deviation 19.
  assert.ok(counts.every((count) => Math.abs(count - 500) < 100), `${counts}`);
});
