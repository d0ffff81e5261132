import { join } from "node:path";
import { builtInParameters, type ScanParameters } from "../../scan/collection/mod.ts";
import { encode, type EncoderMember } from "../../scan/encoder/mod.ts";
import { openModel } from "../../scan/model/open_model.ts";
import { bundledName, readModelSource } from "../../scan/model/source.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import { project, projections } from "../../scan/projection/mod.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { createDriftingClusters } from "../projection/drifting_clusters.ts";
import { type Bench, type BenchOptions, median, type Row, row } from "./harness.ts";
import { compareVerdicts, judgePicture } from "./judge.ts";
import { makeStates } from "./made_up_states.ts";
import { Peer, readArray, writeArray } from "./peers/peer.ts";
import { describeLack, findPython } from "./peers/python.ts";
import { pipelineReportSchema, umapReportSchema } from "./peers/reports.ts";

/** Where both sides run and meet. */
interface Arena {
  readonly engine: Engine;
  readonly python: string;
  /** Temporary folder for the arrays that are handed over. */
  readonly folder: string;
  readonly seed: number;
}

const nParticles = 1024;

/** UMAP as it is here against umap-learn, on the same seeded drifting clusters. */
async function* compareUmap(arena: Arena, nFrames: number, nTurns: number): AsyncGenerator<Row> {
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

/**
 * The rival's training. The write-up gives neither step size nor number of steps. This is the step
 * size of a few that reached our explained variance soonest, and it may stop as soon as it is there:
 * so the times are those of equal fidelity, to the rival's favour. The most steps it may make are
 * several times what it needed.
 */
const rivalTraining = { learningRate: 1e-3, maxSteps: 400 };

/**
 * Hidden states to frames: the default encoder and projection against what the write-up of the
 * original describes, on the same states, with the same sizes and UMAP parameters.
 *
 * Fairness: both start from states in memory and are warm (runtime loaded, Numba compiled). The rival
 * stops at our explained variance; where the encoders rebuild different things (the rival the mean over
 * the tokens, which is the easier; `slots` the tokens) each is held to its own. Our time contains
 * the measuring of the picture's quality, the rival's does not. Each picture is judged against the codes
 * that it was made of.
 */
async function* comparePipelines(
  arena: Arena,
  member: EncoderMember,
  what: string,
  nTurns: number,
): AsyncGenerator<Row> {
  const { engine, python, folder, seed } = arena;
  const parameters: ScanParameters = { ...builtInParameters, projection: "umap", dims: 3, seed };
  const { particles, code: d, metric } = parameters;
  const { nTokens, dModel, states } = member;
  const nStates = states.length / (nTokens * dModel);
  const n = nStates * particles;
  const size = `${nStates} × ${particles} × ${d}, ${what}`;
  const files = {
    states: join(folder, "states.f32"),
    codes: join(folder, "codes.f32"),
    positions: join(folder, "positions.f32"),
  };
  await writeArray(files.states, states);

  const peer = await Peer.start(python, "pipeline_peer.py");
  try {
    // A few particles first: it loads the runtime.
    await encode(engine, [member], { ...parameters, particles: 16, maxSteps: 1 });
    const times = { encode: [] as number[], project: [] as number[] };
    const rivalTimes = { encode: [] as number[], project: [] as number[] };
    let last: { encoding: Awaited<ReturnType<typeof encode>>; positions: Float32Array } | undefined;
    let report: Awaited<ReturnType<typeof ask>> | undefined;
    const ask = (target: number) =>
      peer.ask(pipelineReportSchema, {
        ...parameters,
        ...rivalTraining,
        ...files,
        ...{ nStates, nTokens, dModel, target },
      });
    for (let turn = 0; turn < nTurns; turn++) {
      const startMs = performance.now();
      const encoding = await encode(engine, [member], parameters);
      const encodedMs = performance.now();
      const { positions } = await project(engine, encoding.codes[0], n, d, parameters);
      times.encode.push(encodedMs - startMs);
      times.project.push(performance.now() - encodedMs);
      last = { encoding, positions };
      report = await ask(encoding.explainedVariance);
      rivalTimes.encode.push(1000 * report.encodeSeconds);
      rivalTimes.project.push(1000 * report.projectSeconds);
    }
    const { encoding, positions } = last!;
    const { versions } = peer;
    const rivalName = `PyTorch ${versions.torch} (${report!.steps} steps), umap-learn ${
      versions["umap-learn"]
    }`;
    const whole = (parts: typeof times) =>
      median(parts.encode.map((ms, i) => ms + parts.project[i]));
    const common = { size, rivalName, unit: "ms" };
    yield row({
      ...common,
      name: "hidden states to frames",
      ours: whole(times),
      rival: whole(rivalTimes),
    });
    yield row({
      ...common,
      name: "of it: states to particles",
      ours: median(times.encode),
      rival: median(rivalTimes.encode),
    });
    yield row({
      ...common,
      name: "of it: particles to frames",
      ours: median(times.project),
      rival: median(rivalTimes.project),
    });
    yield row({
      ...common,
      name: `1 − explained variance, ${parameters.encoder} (${encoding.nSteps} steps)`,
      ours: 1 - encoding.explainedVariance,
      rival: 1 - report!.explainedVariance,
      unit: "share",
    });
    const rivalCodes = await readArray(files.codes, n * d);
    const judge = (points: Float32Array, positions: Float32Array) =>
      judgePicture(engine, { points, n, d, metric }, positions, seed);
    yield* compareVerdicts(
      { name: "frames", size, rivalName },
      await judge(encoding.codes[0], positions),
      await judge(rivalCodes, await readArray(files.positions, n * 3)),
    );
  } finally {
    await peer.close();
  }
}

/** What the bundled model makes of a prompt of the collection: 12 layers, so 13 states. */
async function readBundledStates(engine: Engine): Promise<EncoderMember> {
  const model = await openModel(engine, await readModelSource(bundledName));
  try {
    const { normed, tokens } = await model.read("Copy: sun, milk, red, green. Answer:");
    return { states: normed.data, nTokens: tokens.length, dModel: model.dModel };
  } finally {
    await model.release();
  }
}

async function* run({ quick, seed }: BenchOptions): AsyncGenerator<Row> {
  const python = await findPython();
  const lack = describeLack(python);
  if (lack !== null) {
    console.error(`peers: skipped. ${lack}`);
    return;
  }
  const folder = await Deno.makeTempDir({ prefix: "weightscan-bench-" });
  try {
    const arena = { engine: await createEngine("cpu"), python: python!.path, folder, seed };
    yield* compareUmap(arena, 4, quick ? 1 : 3);
    if (!quick) {
      yield* compareUmap(arena, 13, 3);
      yield* compareUmap(arena, 33, 1);
    }
    const bundled = await readBundledStates(arena.engine);
    const { nTokens, dModel } = bundled;
    yield* comparePipelines(
      arena,
      bundled,
      `bundled model, ${nTokens} tokens × ${dModel}`,
      quick ? 1 : 3,
    );
    if (quick) return;
    const large = { nStates: 33, nTokens: 64, dModel: 3072 };
    yield* comparePipelines(arena, makeStates(large, seed), "made up, 64 tokens × 3072", 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Python's UMAP, and the original's pipeline in Python, in the same run. */
export const benches: readonly Bench[] = [{ name: "peers", onlyByName: true, run }];
