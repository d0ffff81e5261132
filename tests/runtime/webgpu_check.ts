/**
 * Runs the bundled model and an encoder on WebGPU and on the CPU and prints, as JSON, how far they lie
 * apart; or why there is no WebGPU. A program of its own, because a Vulkan driver is chosen by the environment.
 */
import { encode } from "../../scan/encoder/mod.ts";
import { openModel } from "../../scan/model/open_model.ts";
import { readModelSource } from "../../scan/model/source.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { tryProvider } from "../../scan/runtime/select.ts";
import { makeRandom } from "../fixtures/synthetic_cloud.ts";

/** What is printed; errors are shares of the largest number. */
export interface WebgpuCheck {
  readonly skipped?: string;
  readonly errors?: Readonly<Record<"states" | "normed" | "lastLogits" | "codes", number>>;
  readonly explainedVariance?: readonly [webgpu: number, cpu: number];
  /** Steps of Adam that each made. */
  readonly nSteps?: readonly [webgpu: number, cpu: number];
}

async function runOn(engine: Engine) {
  const model = await openModel(engine, await readModelSource("bundled"));
  const reading = await model.read("Which day comes after Friday?");
  await model.release();
  const random = makeRandom(3);
  const [nStates, nTokens, dModel] = [3, 4, 8];
  const states = Float32Array.from({ length: nStates * nTokens * dModel }, () => random() - 0.5);
  const encoding = await encode(engine, [{ states, nTokens, dModel }], {
    encoder: "slots",
    particles: 16,
    code: 4,
    hidden: 8,
    learningRate: 0,
    maxSteps: 7,
    seed: 1,
  });
  return { reading, encoding };
}

function largestError(a: Float32Array, b: Float32Array): number {
  let [error, size] = [a.length === b.length ? 0 : Infinity, 0];
  a.forEach((value, i) => {
    error = Math.max(error, Math.abs(value - b[i]));
    size = Math.max(size, Math.abs(b[i]));
  });
  return error / size;
}

async function check(): Promise<WebgpuCheck> {
  const tried = await tryProvider("webgpu");
  if (!("engine" in tried)) return { skipped: `${tried.reason}. ${tried.mend}` };
  const [here, there] = [
    await runOn(tried.engine),
    await runOn(await createEngine("cpu", { nThreads: 1 })),
  ];
  const errorOf = (key: "states" | "normed" | "lastLogits") =>
    largestError(here.reading[key].data, there.reading[key].data);
  return {
    errors: {
      states: errorOf("states"),
      normed: errorOf("normed"),
      lastLogits: errorOf("lastLogits"),
      codes: largestError(here.encoding.members[0].codes, there.encoding.members[0].codes),
    },
    explainedVariance: [here.encoding.explainedVariance, there.encoding.explainedVariance],
    nSteps: [here.encoding.nSteps, there.encoding.nSteps],
  };
}

if (import.meta.main) {
  console.log(JSON.stringify(await check()));
  // The device keeps a thread of its own.
  Deno.exit(0);
}
