import type { Family } from "./collection/mod.ts";
import type { ScanParameters } from "./collection/schema.ts";
import { compareFamily, type MemberPair } from "./compare_family.ts";
import { composeScan, type Made, type MemberScan } from "./compose_scan.ts";
import { encode } from "./encoder/mod.ts";
import { meanStep } from "./measure/mod.ts";
import type { LanguageModel, Reading } from "./model/types.ts";
import type { Engine, OnProgress } from "./onnx/engine.ts";
import { boundingBox, cutFrames, seenChange } from "./pictures.ts";
import { gatherRows, project, sharePoints } from "./projection/mod.ts";

/** The stages that take time, in their order. */
export type Stage = "model" | "particles" | "projection" | "pairs";

export interface ScanHooks {
  /** Told when a stage starts; what it returns is told how far the stage is. */
  readonly onStage: (stage: Stage) => OnProgress;
  readonly signal?: AbortSignal;
}

/** What scanning a family gives. */
export interface ScannedFamily {
  /** One for each member, in their order. */
  readonly members: readonly MemberScan[];
  /** One for every two of them, in the order (0, 1), (0, 2), … (1, 2), … */
  readonly pairs: readonly MemberPair[];
}

/**
 * Scans a family: prompts → hidden states → particles → frames → comparisons. Members share one encoder
 * and one projection, so that particle i and every place in the picture mean the same in each of them.
 *
 * @throws {RangeError} if a prompt does not fit the model
 * @throws {Error} if two members differ before their first changed token
 * @throws the signal's reason when it is aborted
 */
export async function scanFamily(
  family: Family,
  model: LanguageModel,
  engine: Engine,
  parameters: ScanParameters,
  { onStage, signal }: ScanHooks,
): Promise<ScannedFamily> {
  const { members } = family;

  const onRead = onStage("model");
  const readings: Reading[] = [];
  for (const { id, text } of members) {
    signal?.throwIfAborted();
    readings.push(await model.read(text));
    onRead(readings.length, members.length, id);
  }

  const inputs = readings.map(({ normed, tokens }) => ({
    states: normed.data,
    nTokens: tokens.length,
    dModel: model.dModel,
    tokenIds: tokens.map(({ id }) => id),
  }));
  const onEncode = onStage("particles");
  const encoding = await encode(engine, inputs, parameters, { signal, onProgress: onEncode });

  const { dims: nDims } = parameters;
  const nFrames = model.nLayers + 1;
  const [{ dCode }] = encoding.members;
  const shared = sharePoints(encoding.members.map(({ codes }) => codes), dCode);
  const onProject = onStage("projection");
  const projected = await project(engine, shared.points, shared.n, dCode, parameters, {
    signal,
    onProgress: onProject,
  });

  const box = boundingBox(projected.positions, nDims);
  const seen = encoding.members.map((encoded, m) => ({
    encoded,
    positions: cutFrames(gatherRows(projected.positions, nDims, shared.rows[m]), nFrames),
  }));
  const changes = seen.map((one, m) => m === 0 ? null : seenChange(seen[0], one, nDims));
  changes[0] = mean(changes.filter((change) => change !== null));
  const made = seen.map((one, m): Made => ({
    ...one,
    box,
    quality: {
      explainedVariance: encoding.explainedVariance,
      trustworthiness: projected.trustworthiness,
      neighbourRecall: projected.neighbourRecall,
      meanStep: meanStep(one.positions, nDims),
      ...(changes[m] === null ? {} : { visibleChange: changes[m] }),
    },
  }));
  const scans = members.map((prompt, m) =>
    composeScan(prompt, readings[m], model, parameters, made[m])
  );

  const pairs = members.length < 2
    ? []
    : await compareFamily({ family, readings, made, members: scans }, model, engine, parameters, {
      signal,
      onProgress: onStage("pairs"),
    });
  return { members: scans, pairs };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, x) => sum + x, 0) / values.length;
}
