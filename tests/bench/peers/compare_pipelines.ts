import { join } from "node:path";
import { builtInParameters, type ScanParameters } from "../../../scan/collection/mod.ts";
import { encode, type EncoderMember, type Encoding } from "../../../scan/encoder/mod.ts";
import { project } from "../../../scan/projection/mod.ts";
import { median, type Row, row } from "../harness.ts";
import { compareVerdicts, judgePicture } from "../judge.ts";
import type { Arena } from "./arena.ts";
import { Peer, readArray, writeArray } from "./peer.ts";
import { type PipelineReport, pipelineReportSchema } from "./reports.ts";

/** What is compared on. */
export interface PipelineTask {
  readonly member: EncoderMember;
  /** Where the states are from, for the table. */
  readonly what: string;
  /** The rival's step size. */
  readonly learningRate: number;
  readonly nTurns: number;
}

/** One turn of both sides. */
interface Turn {
  readonly encoding: Encoding;
  /** [n, 3] float32 */
  readonly positions: Float32Array;
  readonly encodeMs: number;
  readonly projectMs: number;
  readonly rival: PipelineReport;
}

/**
 * Steps that the rival may make, several times what it needed. The write-up gives neither this nor a step
 * size: a pair takes the one of 1e-4, 3e-4, 1e-3 and 3e-3 that got to our explained variance soonest, and
 * training stops as soon as it is there, so that the times are those of equal fidelity.
 */
const rivalMaxSteps = 400;

/**
 * Hidden states to frames: the default encoder and projection against what the write-up of the
 * original describes, on the same states, with the same sizes and UMAP parameters.
 *
 * Fairness: both start from states in memory and are warm (runtime loaded, Numba compiled). The rival
 * stops at our explained variance; where the encoders rebuild different things (the rival the mean over
 * the tokens, which is the easier; `slots` the tokens) each is held to its own. Our time contains
 * the measuring of the picture's quality, the rival's does not. Each picture is judged against the codes
 * that it was made of: how much better ours is in that is the encoder's smooth start and its anchors
 * (`scan/encoder/pooled_start.ts`), which the write-up's does not have.
 */
export async function* comparePipelines(
  { engine, python, folder, seed }: Arena,
  { member, what, learningRate, nTurns }: PipelineTask,
): AsyncGenerator<Row> {
  const parameters: ScanParameters = { ...builtInParameters, projection: "umap", dims: 3, seed };
  const { particles, code: d, metric } = parameters;
  const { nTokens, dModel, states } = member;
  const nStates = states.length / (nTokens * dModel);
  const n = nStates * particles;
  const files = {
    states: join(folder, "states.f32"),
    codes: join(folder, "codes.f32"),
    positions: join(folder, "positions.f32"),
  };
  await writeArray(files.states, states);
  const request = { ...parameters, ...files, nStates, nTokens, dModel, learningRate };

  const peer = await Peer.start(python, "pipeline_peer.py");
  const turns: Turn[] = [];
  try {
    // A few particles first: it loads the runtime.
    await encode(engine, [member], { ...parameters, particles: 16, maxSteps: 1 });
    while (turns.length < nTurns) {
      const startMs = performance.now();
      const encoding = await encode(engine, [member], parameters);
      const encodedMs = performance.now();
      const { positions } = await project(engine, encoding.members[0].codes, n, d, parameters);
      const endMs = performance.now();
      const rival = await peer.ask(pipelineReportSchema, {
        ...request,
        target: encoding.explainedVariance,
        maxSteps: rivalMaxSteps,
      });
      turns.push({
        encoding,
        positions,
        encodeMs: encodedMs - startMs,
        projectMs: endMs - encodedMs,
        rival,
      });
    }
  } finally {
    await peer.close();
  }

  const { encoding, positions, rival } = turns[turns.length - 1];
  const { torch, "umap-learn": umap } = peer.versions;
  const common = {
    size: `${nStates} × ${particles} × ${d}, ${what}`,
    rivalName: `PyTorch ${torch} (${rival.steps} steps), umap-learn ${umap}`,
  };
  const time = (name: string, ours: (turn: Turn) => number, rival: (turn: Turn) => number) =>
    row({
      ...common,
      name,
      ours: median(turns.map(ours)),
      rival: median(turns.map(rival)),
      unit: "ms",
    });
  yield time(
    "hidden states to frames",
    (turn) => turn.encodeMs + turn.projectMs,
    (turn) => 1000 * (turn.rival.encodeSeconds + turn.rival.projectSeconds),
  );
  yield time(
    "of it: states to particles",
    (turn) => turn.encodeMs,
    (turn) => 1000 * turn.rival.encodeSeconds,
  );
  yield time(
    "of it: particles to frames",
    (turn) => turn.projectMs,
    (turn) => 1000 * turn.rival.projectSeconds,
  );
  yield row({
    ...common,
    name: `1 − explained variance, ${parameters.encoder} (${encoding.nSteps} steps)`,
    ours: 1 - encoding.explainedVariance,
    rival: 1 - rival.explainedVariance,
    unit: "share",
  });
  const judge = (points: Float32Array, positions: Float32Array) =>
    judgePicture(engine, { points, n, d, metric }, positions, seed);
  yield* compareVerdicts(
    { ...common, name: "frames" },
    await judge(encoding.members[0].codes, positions),
    await judge(await readArray(files.codes, n * d), await readArray(files.positions, n * 3)),
  );
}
