import type { Family } from "./collection/mod.ts";
import type { ScanParameters } from "./collection/schema.ts";
import { encode, type EncodedMember } from "./encoder/mod.ts";
import { composeScan, type MemberScan } from "./compose_scan.ts";
import type { Quality } from "./format/types.ts";
import { meanStep, visibleChange } from "./measure/mod.ts";
import type { LanguageModel, Reading } from "./model/types.ts";
import type { Engine, OnProgress } from "./onnx/engine.ts";
import { gatherRows, project, sharePoints } from "./projection/mod.ts";

/** The stages that take time, in their order. */
export type Stage = "model" | "particles" | "projection";

export interface ScanHooks {
  /** Told when a stage starts; what it returns is told how far the stage is. */
  readonly onStage: (stage: Stage) => OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Scans a family: prompts → hidden states → particles → frames. Members share one encoder and one
 * projection, so that particle i and every place in the picture mean the same in each of them.
 *
 * @returns one scan for each member, in their order
 * @throws {RangeError} if a prompt does not fit the model
 * @throws the signal's reason when it is aborted
 */
export async function scanFamily(
  family: Family,
  model: LanguageModel,
  engine: Engine,
  parameters: ScanParameters,
  { onStage, signal }: ScanHooks,
): Promise<MemberScan[]> {
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
  const pictures = shared.rows.map((rows) =>
    cutFrames(gatherRows(projected.positions, nDims, rows), nFrames)
  );
  const changes = encoding.members.map((_, m) =>
    m === 0 ? null : compareMembers(encoding.members, pictures, [0, m], nDims)
  );
  changes[0] = mean(changes.filter((change) => change !== null));
  return members.map((prompt, m) => {
    const quality: Quality = {
      explainedVariance: encoding.explainedVariance,
      trustworthiness: projected.trustworthiness,
      neighbourRecall: projected.neighbourRecall,
      meanStep: meanStep(pictures[m], nDims),
      ...(changes[m] === null ? {} : { visibleChange: changes[m] }),
    };
    return composeScan(prompt, readings[m], model, parameters, {
      quality,
      box,
      positions: pictures[m],
      encoded: encoding.members[m],
    });
  });
}

/** Cuts an array of all frames' positions. */
function cutFrames(positions: Float32Array, nFrames: number): Float32Array[] {
  const length = positions.length / nFrames;
  return Array.from(
    { length: nFrames },
    (_, frame) => positions.slice(frame * length, (frame + 1) * length),
  );
}

/** How much of two members' change is seen, or null where their particles do not correspond. */
function compareMembers(
  encoded: readonly EncodedMember[],
  pictures: readonly (readonly Float32Array[])[],
  [a, b]: readonly [number, number],
  nDims: number,
): number | null {
  if (encoded[a].nParticles !== encoded[b].nParticles) return null;
  return visibleChange(
    [encoded[a].codes, encoded[b].codes],
    encoded[a].dCode,
    [concatenate(pictures[a]), concatenate(pictures[b])],
    nDims,
  );
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, x) => sum + x, 0) / values.length;
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** @param positions [n, nDims], n ≥ 1 */
function boundingBox(positions: Float32Array, nDims: number): { min: number[]; max: number[] } {
  const min = Array.from({ length: nDims }, () => Infinity);
  const max = Array.from({ length: nDims }, () => -Infinity);
  for (let i = 0; i < positions.length; i++) {
    const axis = i % nDims;
    if (positions[i] < min[axis]) min[axis] = positions[i];
    if (positions[i] > max[axis]) max[axis] = positions[i];
  }
  return { min, max };
}
