import assert from "node:assert/strict";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { createRandom } from "../../scan/onnx/random.ts";
import { compareVerdicts, cosineDistance, judgePicture } from "./judge.ts";

const n = 200;
const random = createRandom(3);
const points = Float32Array.from({ length: n * 3 }, () => random.next());

Deno.test("judgePicture() finds nothing wrong with a picture that is the points themselves", async () => {
  const engine = await createEngine("cpu");
  const codes = { points, n, d: 3, metric: "euclidean" } as const;
  const verdict = await judgePicture(engine, codes, points, 1);
  assert.equal(verdict.trustworthiness, 1);
  assert.equal(verdict.neighbourRecall, 1);
  assert.ok(Math.abs(verdict.rankCorrelation - 1) < 1e-6);
  const other = Float32Array.from({ length: n * 3 }, () => random.next());
  const strange = await judgePicture(engine, codes, other, 1);
  assert.ok(strange.trustworthiness < 0.6 && Math.abs(strange.rankCorrelation) < 0.1);
});

Deno.test("compareVerdicts() has ratios above 1 where ours is the better one", () => {
  const good = { trustworthiness: 0.99, neighbourRecall: 0.5, rankCorrelation: 0.8 };
  const poor = { trustworthiness: 0.9, neighbourRecall: 0.25, rankCorrelation: 0.2 };
  const rows = compareVerdicts({ name: "x", size: "s", rivalName: "r" }, good, poor);
  assert.deepEqual(rows.map(({ ratio }) => Math.round(10 * ratio) / 10), [10, 1.5, 4]);
});

Deno.test("cosineDistance() is 0, 1 and 2 for equal, right-angled and opposite directions", () => {
  const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a} ${b}`);
  near(cosineDistance([1, 2], [2, 4]), 0);
  near(cosineDistance([1, 0], [0, 3]), 1);
  near(cosineDistance([1, 1], [-2, -2]), 2);
});
