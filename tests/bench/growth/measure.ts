/**
 * One size of the benchmark `growth`, in a process of its own, so that the peak of memory is its own:
 * `deno run -A measure.ts '<request as JSON>'` prints one report as JSON.
 */
import process from "node:process";
import * as v from "valibot";
import { builtInParameters, type ScanParameters } from "../../../scan/collection/mod.ts";
import { encode, type EncoderName, encoders } from "../../../scan/encoder/mod.ts";
import { project } from "../../../scan/projection/mod.ts";
import { createEngine } from "../../../scan/runtime/node_engine.ts";
import { makeStates } from "../made_up_states.ts";

/** What one process is asked for. */
export interface GrowthRequest {
  readonly encoder: EncoderName;
  readonly particles: number;
  readonly nStates: number;
  readonly nTokens: number;
  readonly dModel: number;
  readonly seed: number;
}

const encoderNames = Object.keys(encoders) as EncoderName[];
const count = v.pipe(v.number(), v.integer(), v.minValue(1));

const requestSchema: v.GenericSchema<GrowthRequest> = v.object({
  encoder: v.picklist(encoderNames),
  particles: count,
  nStates: count,
  nTokens: count,
  dModel: count,
  seed: v.number(),
});

/** What a process tells. */
export const growthReportSchema = v.object({
  encodeSeconds: v.number(),
  projectSeconds: v.number(),
  /** Most memory that was resident at once, the program and its runtime included. */
  peakMiB: v.number(),
  /** Steps that the encoder was trained for: they end when it has settled. */
  nSteps: v.number(),
  explainedVariance: v.number(),
  trustworthiness: v.number(),
});

export type GrowthReport = v.InferOutput<typeof growthReportSchema>;

async function measure(request: GrowthRequest): Promise<GrowthReport> {
  const { encoder, particles, nStates, seed } = request;
  const parameters: ScanParameters = { ...builtInParameters, encoder, particles, seed };
  const member = makeStates(request, seed);
  const engine = await createEngine("cpu");
  // A few particles first: it loads the runtime.
  await encode(engine, [member], { ...parameters, particles: 16, maxSteps: 1 });

  const startMs = performance.now();
  const encoding = await encode(engine, [member], parameters);
  const encodedMs = performance.now();
  const { code } = parameters;
  const n = nStates * particles;
  const projected = await project(engine, encoding.members[0].codes, n, code, parameters);
  const endMs = performance.now();
  return {
    encodeSeconds: (encodedMs - startMs) / 1000,
    projectSeconds: (endMs - encodedMs) / 1000,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    nSteps: encoding.nSteps,
    explainedVariance: encoding.explainedVariance,
    trustworthiness: projected.trustworthiness,
  };
}

if (import.meta.main) {
  console.log(JSON.stringify(await measure(v.parse(requestSchema, JSON.parse(Deno.args[0])))));
}
