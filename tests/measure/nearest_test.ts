import assert from "node:assert/strict";
import { findNearest } from "../../scan/measure/mod.ts";
import { makeRandom } from "../fixtures/synthetic_cloud.ts";

Deno.test("findNearest() finds what sorting all distances finds", () => {
  const random = makeRandom(4);
  for (const [n, d, k] of [[2, 1, 1], [9, 3, 8], [60, 16, 5]]) {
    // Few different coordinates, so that many are equally near.
    const points = Float32Array.from({ length: n * d }, () => Math.floor(4 * random()));
    const nearest = findNearest(points, n, d, k);
    for (let i = 0; i < n; i++) {
      const square = (j: number) => {
        let sum = 0;
        for (let x = 0; x < d; x++) sum += (points[i * d + x] - points[j * d + x]) ** 2;
        return sum;
      };
      const others = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i)
        .sort((x, y) => square(x) - square(y) || x - y);
      assert.deepEqual([...nearest.subarray(i * k, (i + 1) * k)], others.slice(0, k));
    }
  }
});

Deno.test("findNearest() throws when there are not so many others, or numbers lack", () => {
  for (const [length, n, k] of [[3, 1, 1], [6, 2, 2], [6, 2, 0], [5, 2, 1]]) {
    assert.throws(() => findNearest(new Float32Array(length), n, 3, k), RangeError);
  }
});
