import { UMAP } from "umap-js";
import { defaultProjectionParameters, projections } from "../../scan/projection/mod.ts";
import { computeNeighbours } from "../../scan/projection/neighbours.ts";
import { measureQuality } from "../../scan/projection/quality.ts";
import { createRandom } from "../../scan/onnx/random.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { createDriftingClusters, type DriftingClusters } from "../projection/drifting_clusters.ts";
import { type Bench, median, type Row, row } from "./harness.ts";

const nParticles = 1024;
const dCode = 16;
const { neighbours: k, metric, ...rest } = defaultProjectionParameters;
const rivalName = "umap-js 1.4.0";

/** Cosine distance, as `umap-js` computes it; its own is not exported from the package's entry. */
function cosineDistance(x: number[], y: number[]): number {
  let [dot, xx, yy] = [0, 0, 0];
  for (let c = 0; c < x.length; c++) {
    dot += x[c] * y[c];
    xx += x[c] * x[c];
    yy += y[c] * y[c];
  }
  return 1 - dot / Math.sqrt(xx * yy);
}

function createStock(seed: number): UMAP {
  const { dims, minDist, spread } = rest;
  return new UMAP({
    nComponents: dims,
    nNeighbors: k,
    minDist,
    spread,
    distanceFn: cosineDistance,
    random: createRandom(seed).next,
  });
}

/** Runs both in turns and keeps the last result of each. */
async function runBoth<A, B>(
  nTurns: number,
  ours: () => Promise<A>,
  rival: () => B,
): Promise<{ ours: A; rival: B; oursMs: number; rivalMs: number }> {
  const times: { ours: number[]; rival: number[] } = { ours: [], rival: [] };
  let result: { ours: A; rival: B } | undefined;
  for (let turn = 0; turn < nTurns; turn++) {
    const start = performance.now();
    const a = await ours();
    const between = performance.now();
    const b = rival();
    times.ours.push(between - start);
    times.rival.push(performance.now() - between);
    result = { ours: a, rival: b };
  }
  return { ...result!, oursMs: median(times.ours), rivalMs: median(times.rival) };
}

/** Share of the true neighbours that a table of approximate ones holds. */
function recallOf(truth: Int32Array, found: readonly (readonly number[])[]): number {
  let hits = 0;
  found.forEach((row, i) => {
    const wanted = new Set(truth.subarray(i * k, (i + 1) * k));
    for (const j of row) if (wanted.has(j)) hits++;
  });
  return hits / truth.length;
}

/** Spearman's rank correlation of the distances of a seeded sample of pairs: is far apart still far apart? */
function correlateDistances(cloud: DriftingClusters, positions: Float32Array, seed: number) {
  const random = createRandom(seed);
  const nPairs = 20_000;
  const before = new Float64Array(nPairs);
  const after = new Float64Array(nPairs);
  const vector = (i: number) => [...cloud.points.subarray(i * dCode, (i + 1) * dCode)];
  for (let pair = 0; pair < nPairs; pair++) {
    const [i, j] = [random.nextIndex(cloud.n), random.nextIndex(cloud.n)];
    before[pair] = cosineDistance(vector(i), vector(j));
    after[pair] = Math.hypot(...[0, 1, 2].map((c) => positions[i * 3 + c] - positions[j * 3 + c]));
  }
  const ranks = (values: Float64Array) => {
    const rank = new Float64Array(nPairs);
    Array.from(values.keys()).sort((a, b) => values[a] - values[b])
      .forEach((pair, place) => rank[pair] = place);
    return rank;
  };
  const [a, b] = [ranks(before), ranks(after)];
  const mean = (nPairs - 1) / 2;
  let [product, square] = [0, 0];
  for (let pair = 0; pair < nPairs; pair++) {
    product += (a[pair] - mean) * (b[pair] - mean);
    square += (a[pair] - mean) ** 2;
  }
  return product / square;
}

async function* compare(nFrames: number, seed: number, nTurns: number): AsyncGenerator<Row> {
  const engine = await createEngine("cpu");
  const cloud = createDriftingClusters(nFrames, nParticles, dCode, 12, seed);
  const { points, n } = cloud;
  const size = `${nFrames} × ${nParticles} × ${dCode}`;
  const rows = Array.from(
    { length: n },
    (_, i) => [...points.subarray(i * dCode, (i + 1) * dCode)],
  );

  type Descent = { nearestNeighbors(rows: number[][]): { knnIndices: number[][] } };
  const near = await runBoth(
    nTurns,
    () => computeNeighbours(engine, points, n, dCode, k, metric),
    () => (createStock(seed) as unknown as Descent).nearestNeighbors(rows),
  );
  const recall = recallOf(near.ours.indices, near.rival.knnIndices);
  yield row({
    name: "nearest neighbours, exact",
    size,
    ours: near.oursMs,
    rival: near.rivalMs,
    rivalName: `${rivalName}, finds ${(100 * recall).toFixed(1)} %`,
    unit: "ms",
  });

  const parameters = { ...defaultProjectionParameters, seed };
  const picture = await runBoth(
    nTurns,
    () => projections.umap(engine, points, n, dCode, parameters),
    () => createStock(seed).fit(rows),
  );
  const times = { ours: picture.oursMs, rival: picture.rivalMs };
  yield row({ name: "UMAP, codes to picture", size, ...times, rivalName, unit: "ms" });

  const flat = Float32Array.from(picture.rival.flat());
  const judge = async (positions: Float32Array) => {
    const quality = await measureQuality(engine, points, n, dCode, positions, 3, metric, { seed });
    return [
      1 - quality.trustworthiness,
      1 - quality.neighbourRecall,
      1 - correlateDistances(cloud, positions, seed),
    ];
  };
  const [ours, rival] = [await judge(picture.ours), await judge(flat)];
  const names = ["1 − trustworthiness", "1 − neighbour recall", "1 − global rank correlation"];
  for (const [i, name] of names.entries()) {
    yield row({
      name: `UMAP, ${name}`,
      size,
      ours: ours[i],
      rival: rival[i],
      rivalName,
      unit: "share",
    });
  }
}

/** UMAP as it is fed and sped up here against `umap-js` as it comes, on seeded drifting clusters. */
export const benches: readonly Bench[] = [
  {
    name: "projection",
    async *run({ quick, seed }) {
      yield* compare(4, seed, quick ? 1 : 3);
      if (!quick) yield* compare(13, seed, 1);
    },
  },
  {
    // The rival takes minutes and gigabytes.
    name: "projection-34k",
    onlyByName: true,
    async *run({ seed }) {
      yield* compare(33, seed, 1);
    },
  },
];
