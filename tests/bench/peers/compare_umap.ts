import { join } from "node:path";
import { builtInParameters, type ScanParameters } from "../../../scan/collection/mod.ts";
import { projections } from "../../../scan/projection/mod.ts";
import { createDriftingClusters } from "../../projection/drifting_clusters.ts";
import { median, type Row, row } from "../harness.ts";
import { compareVerdicts, judgePicture } from "../judge.ts";
import type { Arena } from "./arena.ts";
import { Peer, readArray, writeArray } from "./peer.ts";
import { umapReportSchema } from "./reports.ts";

const nParticles = 1024;

/**
 * UMAP as it is here against umap-learn, on the same seeded drifting clusters and with the same
 * parameters. Each takes as many epochs as it chooses by itself: 400 and 500 at 4,096 points, 200 both
 * above 10,000. umap-learn compiles a part of itself anew in every fit, about a second, which is its own
 * way and is left in.
 */
export async function* compareUmap(
  arena: Arena,
  nFrames: number,
  nTurns: number,
): AsyncGenerator<Row> {
  const { engine, python, folder, seed } = arena;
  const { code: d } = builtInParameters;
  const { points, n } = createDriftingClusters(nFrames, nParticles, d, 12, seed);
  const size = `${nFrames} × ${nParticles} × ${d}`;
  const parameters: ScanParameters = { ...builtInParameters, projection: "umap", dims: 3, seed };
  const files = { points: join(folder, "points.f32"), positions: join(folder, "positions.f32") };
  await writeArray(files.points, points);

  const peer = await Peer.start(python, "umap_peer.py");
  try {
    const request = { ...parameters, ...files, n, d };
    const rivalName = `umap-learn ${peer.versions["umap-learn"]}`;
    const times = { ours: [] as number[], rival: [] as number[], parallel: [] as number[] };
    let pictures: { ours: Float32Array; rival: Float32Array } | undefined;
    // A small one first: it loads the runtime.
    await projections.umap(engine, points.subarray(0, 64 * d), 64, d, parameters);
    for (let turn = 0; turn < nTurns; turn++) {
      const startMs = performance.now();
      const ours = await projections.umap(engine, points, n, d, parameters);
      times.ours.push(performance.now() - startMs);
      // Without a seed it uses all cores in its last part, and no two pictures are equal.
      const parallel = await peer.ask(umapReportSchema, { ...request, seed: null });
      times.parallel.push(1000 * parallel.seconds);
      times.rival.push(1000 * (await peer.ask(umapReportSchema, request)).seconds);
      pictures = { ours, rival: await readArray(files.positions, n * 3) };
    }
    const ours = median(times.ours);
    for (const kind of ["rival", "parallel"] as const) {
      yield row({
        name: "UMAP, codes to picture",
        size,
        ours,
        rival: median(times[kind]),
        rivalName: `${rivalName}, ${kind === "rival" ? "seeded" : "not repeatable"}`,
        unit: "ms",
      });
    }
    const codes = { points, n, d, metric: parameters.metric };
    yield* compareVerdicts(
      { name: "UMAP", size, rivalName: `${rivalName}, seeded` },
      await judgePicture(engine, codes, pictures!.ours, seed),
      await judgePicture(engine, codes, pictures!.rival, seed),
    );
  } finally {
    await peer.close();
  }
}
