import type { Family, Prompt } from "./collection/mod.ts";
import type { ScanParameters } from "./collection/schema.ts";
import { encode } from "./encoder/mod.ts";
import type { LensGrid, Quality, Scan } from "./format/types.ts";
import { measureLayers } from "./measure/mod.ts";
import type { LanguageModel, Reading } from "./model/types.ts";
import type { Engine, OnProgress } from "./onnx/engine.ts";
import { project } from "./projection/mod.ts";
import { writer } from "./version.ts";

/** The stages that take time, in their order. */
export type Stage = "model" | "particles" | "projection";

export interface ScanHooks {
  /** Told when a stage starts; what it returns is told how far the stage is. */
  readonly onStage: (stage: Stage) => OnProgress;
  readonly signal?: AbortSignal;
}

/** What a scan is made of, before it is written. */
export interface MemberScan {
  readonly prompt: Prompt;
  readonly scan: Scan;
  readonly lens: LensGrid;
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
  }));
  const onEncode = onStage("particles");
  const encoding = await encode(engine, inputs, parameters, { signal, onProgress: onEncode });

  const { particles: nParticles, code: dCode, dims: nDims } = parameters;
  const nFrames = model.nLayers + 1;
  const nPoints = members.length * nFrames * nParticles;
  const onProject = onStage("projection");
  const projected = await project(
    engine,
    concatenate(encoding.codes), // [members × nFrames × nParticles, dCode]
    nPoints,
    dCode,
    parameters,
    { signal, onProgress: onProject },
  );

  const quality: Quality = {
    explainedVariance: encoding.explainedVariance,
    trustworthiness: projected.trustworthiness,
    neighbourRecall: projected.neighbourRecall,
  };
  const box = boundingBox(projected.positions, nDims);
  const frameSize = nParticles * nDims;
  return members.map((prompt, m) => {
    const positions = Array.from({ length: nFrames }, (_, frame) => {
      const start = (m * nFrames + frame) * frameSize;
      return projected.positions.slice(start, start + frameSize);
    });
    return composeScan(prompt, readings[m], model, parameters, quality, box, positions);
  });
}

/** Puts together what is known of one member. */
function composeScan(
  prompt: Prompt,
  reading: Reading,
  model: LanguageModel,
  parameters: ScanParameters,
  quality: Quality,
  box: { min: number[]; max: number[] },
  positions: readonly Float32Array[],
): MemberScan {
  const { tokens, states, guesses, entropy } = reading;
  const { name, revision, digest, nLayers, dModel, dVocab } = model;
  const layers = positions.map((_, i) => i === 0 ? "embedding" : `layer ${i}`);
  const measures = measureLayers({ states, entropy, positions, nDims: parameters.dims });
  return {
    prompt,
    scan: {
      header: {
        prompt: { id: prompt.id, family: prompt.family, title: prompt.title, text: prompt.text },
        tokens,
        model: { name, revision, digest, nLayers, dModel, dVocab },
        parameters: { ...parameters },
        quality,
        nParticles: parameters.particles,
        nDims: parameters.dims,
        layers,
        box,
        writer,
      },
      frames: positions.map((frame, layer) => ({
        layer,
        positions: frame,
        guesses: guesses[layer][tokens.length - 1],
        measures: measures[layer],
      })),
    },
    lens: { promptId: prompt.id, tokens, layers, guesses, entropy },
  };
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
