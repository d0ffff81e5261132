import type { EncoderMember } from "../../scan/encoder/mod.ts";
import { openModel } from "../../scan/model/open_model.ts";
import { bundledName, readModelSource } from "../../scan/model/source.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import type { Bench, BenchOptions, Row } from "./harness.ts";
import { makeStates } from "./made_up_states.ts";
import type { Arena } from "./peers/arena.ts";
import { comparePipelines } from "./peers/compare_pipelines.ts";
import { compareUmap } from "./peers/compare_umap.ts";
import { describeLack, findPython } from "./peers/python.ts";

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
    const arena: Arena = { engine: await createEngine("cpu"), python: python!.path, folder, seed };
    yield* compareUmap(arena, 4, quick ? 1 : 3);
    if (!quick) {
      yield* compareUmap(arena, 13, 3);
      yield* compareUmap(arena, 33, 1);
    }
    const bundled = await readBundledStates(arena.engine);
    const { nTokens, dModel } = bundled;
    yield* comparePipelines(arena, {
      member: bundled,
      what: `bundled model, ${nTokens} tokens × ${dModel}`,
      learningRate: 1e-3,
      nTurns: quick ? 1 : 3,
    });
    if (quick) return;
    const large = { nStates: 33, nTokens: 64, dModel: 3072 };
    yield* comparePipelines(arena, {
      member: makeStates(large, seed),
      what: `made up, ${large.nTokens} tokens × ${large.dModel}`,
      learningRate: 3e-4,
      nTurns: 1,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Python's UMAP, and the original's pipeline in Python, in the same run. */
export const benches: readonly Bench[] = [{ name: "peers", onlyByName: true, run }];
