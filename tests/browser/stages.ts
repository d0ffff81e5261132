/** Encoder and projection over small families, the same on every runtime. No test; browsers run it too. */
import {
  defaultEncoderParameters,
  encode,
  type EncoderName,
  type EncoderParameters,
} from "../../scan/encoder/mod.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import {
  defaultProjectionParameters,
  project,
  type ProjectionParameters,
} from "../../scan/projection/mod.ts";

/** One family's states as plain numbers, which travel as JSON without loss. */
export interface StagesInput {
  readonly encoder: EncoderName;
  /** For each member: [nStates, nTokens, dModel]. */
  readonly states: readonly (readonly number[])[];
  readonly nTokens: number;
  readonly dModel: number;
}

/** What the stages made of it, as plain numbers. */
export interface StagesOutput {
  /** [n, dCode], n = members × states × particles. */
  readonly codes: readonly number[];
  readonly dCode: number;
  readonly explainedVariance: number;
  readonly nSteps: number;
  /** [n, 3], in projection units. */
  readonly positions: readonly number[];
  readonly trustworthiness: number;
}

/** What the test's page offers to the test; rejects with what went wrong in the worker. */
export interface StagesPage {
  runInWorker(request: "echo"): Promise<readonly string[]>;
  runInWorker(request: StagesInput): Promise<StagesOutput>;
}

export const stagesProjection: ProjectionParameters = {
  ...defaultProjectionParameters,
  neighbours: 15,
  epochs: 100,
};

export const stagesEncoder: EncoderParameters = {
  ...defaultEncoderParameters,
  particles: 64,
  code: 8,
  hidden: 32,
  maxSteps: 24,
};

/** Encodes a family and projects all of its members' states together. */
export async function runStages(engine: Engine, input: StagesInput): Promise<StagesOutput> {
  const { encoder, states, nTokens, dModel } = input;
  const parameters = { ...stagesEncoder, encoder };
  const members = states.map((all) => ({ states: Float32Array.from(all), nTokens, dModel }));
  const encoding = await encode(engine, members, parameters);
  const codes = encoding.members.flatMap((member) => [...member.codes]);
  const [{ dCode }] = encoding.members;
  const { positions, trustworthiness } = await project(
    engine,
    Float32Array.from(codes),
    codes.length / dCode,
    dCode,
    stagesProjection,
  );
  const { explainedVariance, nSteps } = encoding;
  return { codes, dCode, explainedVariance, nSteps, positions: [...positions], trustworthiness };
}
