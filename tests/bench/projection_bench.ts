import { UMAP } from "umap-js";
import { defaultProjectionParameters, projections } from "../../scan/projection/mod.ts";
import { computeNeighbours } from "../../scan/projection/neighbours.ts";
import { createRandom } from "../../scan/onnx/random.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { createDriftingClusters } from "../projection/drifting_clusters.ts";
import { type Bench, median, type Row, row } from "./harness.ts";
import { compareVerdicts, cosineDistance, judgePicture } from "./judge.ts";

const nParticles = 1024;
const dCode = 16;
const { neighbours: k, metric, ...rest } = defaultProjectionParameters;
const rivalName = "umap-js 1.4.0";

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

async function* compare(nFrames: number, seed: number, nTurns: number): AsyncGenerator<Row> {
  const engine = await createEngine("cpu");
  const { points, n } = createDriftingClusters(nFrames, nParticles, dCode, 12, seed);
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

  const codes = { points, n, d: dCode, metric };
  const flat = Float32Array.from(picture.rival.flat());
  const ours = await judgePicture(engine, codes, picture.ours, seed);
  const rival = await judgePicture(engine, codes, flat, seed);
  yield* compareVerdicts({ name: "UMAP", size, rivalName }, ours, rival);
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
