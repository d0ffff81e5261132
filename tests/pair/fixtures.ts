import type { Contrast, PairHeader, PairLayer } from "../../scan/format/pair_types.ts";
import type { Token } from "../../scan/format/types.ts";
import { float32, type Tensor } from "../../scan/onnx/tensor.ts";
import { type PatchingInput, preparePair } from "../../scan/pair/mod.ts";
import type { PairAnalysis, PairInput, PairSide } from "../../scan/pair/types.ts";
import { makeNormal, makeRandom } from "../fixtures/synthetic_cloud.ts";

export const sizes = {
  nFrames: 4,
  dModel: 6,
  dVocab: 9,
  nParticles: 20,
  dCode: 5,
};

/** The name of a made-up token. */
export const textOf = (id: number) => ` w${id}`;

export function tokensOf(ids: readonly number[]): Token[] {
  return ids.map((id) => ({ id, text: textOf(id) }));
}

/** Normal numbers that a text stands for: the same text, the same numbers. */
export function normals(seed: string, length: number): Float32Array {
  let hash = 7;
  for (const character of seed) hash = Math.imul(hash, 31) + character.charCodeAt(0) | 0;
  const random = makeRandom(hash);
  // Seeds that are close give streams that begin alike.
  for (let i = 0; i < 8; i++) random();
  return Float32Array.from({ length }, makeNormal(random));
}

/**
 * A prompt as a causal model would see it: a state depends on its frame and the tokens up to it, the
 * logits on all tokens, a particle on the token it reads and those before.
 */
export function makeSide(
  ids: readonly number[],
  { nFrames, dModel, dVocab, nParticles, dCode } = sizes,
): PairSide {
  const frames = Array.from({ length: nFrames }, (_, frame) => frame);
  const before = (token: number, frame: number) => `${ids.slice(frame ? 0 : token, token + 1)}`;
  const rows = (name: string, frame: number, token: number, width: number) =>
    normals(`${name} ${frame} ${before(token, frame)}`, width);
  const reads = (particle: number) => Math.floor(particle * ids.length / nParticles);
  const join = (parts: Float32Array[]) =>
    Float32Array.from(parts.flatMap((part) => Array.from(part)));
  const particles = Array.from({ length: nParticles }, (_, particle) => particle);
  const lastLogits = float32(
    [nFrames, dVocab],
    join(frames.map((frame) => normals(`logits ${frame} ${ids}`, dVocab).map((x) => 3 * x))),
  );
  return {
    prompt: {
      id: `family/${ids.join("-")}`,
      title: `Tokens ${ids}`,
      text: ids.map(textOf).join(""),
    },
    tokens: tokensOf(ids),
    states: float32(
      [nFrames, ids.length, dModel],
      join(frames.flatMap((f) => ids.map((_, t) => rows("state", f, t, dModel)))),
    ),
    lastLogits,
    encoded: {
      nParticles,
      dCode,
      codes: join(
        frames.flatMap((f) =>
          particles.map((p) =>
            normals(`view ${p}`, dCode).map((x, c) => x / 9 + rows("code", f, reads(p), dCode)[c])
          )
        ),
      ),
      attention: join(
        frames.flatMap(() =>
          particles.map((p) => Float32Array.from(ids, (_, t) => t === reads(p) ? 1 : 0))
        ),
      ),
    },
    guesses: frames.map((f) => guessesOf(lastLogits.data.subarray(f * dVocab, (f + 1) * dVocab))),
  };
}

/** The three best guesses of some logits. */
export function guessesOf(logits: Float32Array) {
  const total = logits.reduce((sum, x) => sum + Math.exp(x), 0);
  return Array.from(logits.keys()).sort((x, y) => logits[y] - logits[x]).slice(0, 3)
    .map((id) => ({ id, text: textOf(id), p: Math.exp(logits[id]) / total }));
}

export function makeInput(a: PairSide, b: PairSide, more: Partial<PairInput> = {}): PairInput {
  const [nFrames, , dModel] = a.states.shape;
  return {
    family: "family",
    control: false,
    model: {
      name: "made up",
      revision: "1",
      digest: `sha256:${"0".repeat(64)}`,
      nLayers: nFrames - 1,
      dModel,
      dVocab: a.lastLogits.shape[1],
    },
    layers: layerNames(nFrames),
    a,
    b,
    textOf,
    corresponding: true,
    visibleChange: 0.9,
    seed: 1,
    ...more,
  };
}

export function layerNames(nFrames: number): string[] {
  return Array.from({ length: nFrames }, (_, i) => i === 0 ? "embedding" : `layer ${i}`);
}

/** What is patched is made up. */
export type MadeUpPatch = (input: PatchingInput) => readonly PairLayer["cause"][];

/** Patching that carries the same share everywhere it can. */
export function patchEvenly(share: number): MadeUpPatch {
  return ({ a, ladder }) => {
    const shares = () =>
      Float32Array.from(ladder, ({ a, b }) => a === null || b === null ? NaN : share);
    return Array.from(
      { length: a.states.shape[0] },
      () => ({ restored: shares(), lost: shares() }),
    );
  };
}

/** A whole comparison with patching that is made up. */
export function analyse(input: PairInput, patch: MadeUpPatch): PairAnalysis {
  const { toPatch, finish } = preparePair(input);
  return finish(toPatch && patch(toPatch));
}

/** What a finding is made from, with little in it. */
export function makeHeader(
  a: readonly Token[],
  b: readonly Token[],
  nFrames: number,
  more: Partial<Omit<PairHeader, "finding">> = {},
): Omit<PairHeader, "finding"> {
  const ladder = a.map((_, i) => ({ a: i, b: i }));
  const contrast: Contrast = {
    kind: "answers",
    a: { id: 100, text: " Saturday" },
    b: { id: 101, text: " Thursday" },
    logitDifference: { a: 4, b: -4 },
  };
  return {
    family: "family",
    a: { promptId: "family", title: "A", text: "a", tokens: a },
    b: { promptId: "family/other", title: "B", text: "b", tokens: b },
    control: false,
    model: makeInput(makeSide([1]), makeSide([1])).model,
    layers: layerNames(nFrames),
    ladder,
    firstChange: a.findIndex(({ id }, i) => id !== b[i].id),
    soundness: { largest: 0, nStates: 0, tolerance: 1e-3 },
    contrast,
    massiveChannels: [],
    divergence: { onset: 1, peak: 1, reconvergence: null },
    nullBand: null,
    warp: ladder.map(({ a, b }) => [a, b]),
    nParticles: 2,
    differenceExplained: 0.9,
    visibleChange: 0.9,
    writer: "weightscan",
    ...more,
  };
}

/** A layer in which patching rung r carries `effects[r]`. */
export function makeLayer(
  layer: number,
  effects: readonly number[],
  more: Partial<PairLayer> = {},
): PairLayer {
  const rungs = () => new Float32Array(effects.length).fill(0.3);
  return {
    layer,
    relative: rungs(),
    cosine: rungs(),
    quietRelative: rungs(),
    quietCosine: rungs(),
    spread: 0.3,
    race: { a: 1, b: layer < 2 ? 1 : -1, jensenShannon: 0.5, movers: [] },
    match: { overlap: rungs(), procrustes: rungs(), cka: rungs() },
    cause: { restored: Float32Array.from(effects), lost: Float32Array.from(effects) },
    displaced: Float32Array.of(1, 2),
    standout: Float32Array.of(0, 1),
    ...more,
  };
}

/** Numbers as nested arrays, for oracles that are read off the definition. */
export function nest({ shape: [nFrames, n, d], data }: Tensor<"float32">): number[][][] {
  return Array.from(
    { length: nFrames },
    (_, f) =>
      Array.from(
        { length: n },
        (_, t) => Array.from(data.subarray((f * n + t) * d, (f * n + t + 1) * d)),
      ),
  );
}
