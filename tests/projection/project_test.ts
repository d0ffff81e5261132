import assert from "node:assert/strict";
import {
  defaultProjectionParameters,
  project,
  type ProjectionParameters,
} from "../../scan/projection/mod.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { createDriftingClusters } from "./drifting_clusters.ts";

const engine = await createEngine("cpu");
const parameters: ProjectionParameters = { ...defaultProjectionParameters, neighbours: 20 };
const { points, n, d, clusters } = createDriftingClusters(3, 160, 16, 4, 1);

Deno.test("project() keeps clusters apart and neighbours together when it is UMAP", async () => {
  for (const dims of [2, 3] as const) {
    const result = await project(engine, points, n, d, { ...parameters, dims });
    const { positions, trustworthiness, neighbourRecall } = result;
    assert.equal(positions.length, n * dims);
    assert.ok(trustworthiness > 0.95, `${trustworthiness}`);
    assert.ok(neighbourRecall > 0.3, `${neighbourRecall}`);

    let same = 0;
    for (let i = 0; i < n; i++) {
      let nearest = -1;
      let least = Infinity;
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let c = 0; c < dims; c++) {
          sum += (positions[i * dims + c] - positions[j * dims + c]) ** 2;
        }
        if (j !== i && sum < least) [nearest, least] = [j, sum];
      }
      if (clusters[nearest] === clusters[i]) same++;
    }
    assert.ok(same / n > 0.98, `${same / n}`);
    for (let c = 0; c < dims; c++) {
      let sum = 0;
      for (let i = c; i < positions.length; i += dims) sum += positions[i];
      assert.ok(Math.abs(sum / n) < 1e-3, "the picture is centred");
    }
  }
});

Deno.test("project() gives the same bytes for a seed and others for another when it is UMAP", async () => {
  const run = async (seed: number) =>
    (await project(engine, points, n, d, { ...parameters, epochs: 60, seed })).positions;
  const first = await run(1);
  assert.deepEqual(first, await run(1));
  assert.notDeepEqual(first, await run(2));
});

Deno.test("project() does not change the codes and takes a cloud of any scale when the metric is cosine", async () => {
  const copy = points.slice();
  const run = async (codes: Float32Array) =>
    (await project(engine, codes, n, d, { ...parameters, epochs: 60 })).trustworthiness;
  assert.ok(Math.abs(await run(points) - await run(points.map((x) => x * 4))) < 0.01);
  assert.deepEqual(points, copy);
});

Deno.test("project() gives coordinates along the principal axes when it is PCA", async () => {
  const result = await project(engine, points, n, d, { ...parameters, projection: "pca" });
  const variances = [0, 1, 2].map((c) => {
    let sum = 0;
    for (let i = c; i < result.positions.length; i += 3) sum += result.positions[i] ** 2;
    return sum;
  });
  assert.ok(variances[0] > variances[1] && variances[1] > variances[2]);
  assert.ok(result.trustworthiness > 0.8);
});

Deno.test("project() gives finite positions when there are fewer points than neighbours", async () => {
  for (const projection of ["umap", "pca"] as const) {
    for (const count of [0, 1, 2, 3, 4, 7, 21]) {
      const codes = points.slice(0, count * d);
      const result = await project(engine, codes, count, d, { ...parameters, projection });
      assert.equal(result.positions.length, count * 3);
      assert.ok(result.positions.every(Number.isFinite), `${projection}, ${count}`);
    }
  }
});

Deno.test("project() gives finite positions when all points are equal, or zero", async () => {
  for (const value of [0, 0.7]) {
    const codes = new Float32Array(90 * 4).fill(value);
    const { positions } = await project(engine, codes, 90, 4, { ...parameters, epochs: 50 });
    assert.ok(positions.every(Number.isFinite));
  }
});

Deno.test("project() says what is wrong when codes or parameters are", async () => {
  const broken = points.slice();
  broken[5 * d] = NaN;
  for (const projection of ["umap", "pca"] as const) {
    await assert.rejects(
      project(engine, broken, n, d, { ...parameters, projection }),
      { name: "RangeError", message: /got NaN in point 5/ },
    );
  }
  await assert.rejects(project(engine, points, n + 1, d, parameters), RangeError);
  const wrong: Partial<ProjectionParameters>[] = [
    { neighbours: 1 },
    { neighbours: 2.5 },
    { minDist: -1 },
    { minDist: 2 },
    { spread: 0 },
    { epochs: -1 },
    { dims: 4 as 3 },
    { metric: "manhattan" as "cosine" },
    { projection: "tsne" as "umap" },
  ];
  for (const part of wrong) {
    const [name] = Object.keys(part);
    await assert.rejects(
      project(engine, points, n, d, { ...parameters, ...part }),
      { name: "RangeError", message: new RegExp(`with ${name}`) },
    );
  }
});

Deno.test("project() reports rising progress up to its end, and stops when it is told to", async () => {
  const shares: number[] = [];
  await project(engine, points, n, d, { ...parameters, epochs: 40 }, {
    onProgress: (done, total) => shares.push(done / total),
  });
  assert.deepEqual(shares, shares.slice().sort((a, b) => a - b));
  assert.equal(shares.at(-1), 1);

  const controller = new AbortController();
  const stopped = project(engine, points, n, d, parameters, {
    signal: controller.signal,
    onProgress: (done) => done > 300 && controller.abort(new Error("enough")),
  });
  await assert.rejects(stopped, /enough/);
});
