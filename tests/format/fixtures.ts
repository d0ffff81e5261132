import { makeNormal, makeRandom } from "../fixtures/synthetic_cloud.ts";
import type { LensGrid, Scan } from "../../scan/format/types.ts";

export interface ScanSize {
  readonly nFrames: number;
  readonly nParticles: number;
  readonly nDims: 2 | 3;
  readonly nGuesses: number;
}

/** A small scan of noise with awkward texts. */
export function makeScan(
  { nFrames, nParticles, nDims, nGuesses }: ScanSize,
  seed = 1,
): Scan {
  const random = makeRandom(seed);
  const normal = makeNormal(random);
  const frames = Array.from({ length: nFrames }, (_, layer) => ({
    layer,
    positions: Float32Array.from({ length: nParticles * nDims }, normal),
    reads: {
      tokens: Uint16Array.from({ length: nParticles }, (_, i) => (i + layer) % 2),
      weights: Uint8Array.from({ length: nParticles }, (_, i) => 7 * i + layer),
    },
    guesses: Array.from({ length: nGuesses }, (_, i) => ({
      id: i * 70_000,
      text: [" Tuesday", "\ufffd", "", "日本", '<b>&"\u0000'][i % 5],
      p: Math.fround(random() ** 8),
    })),
    measures: {
      meanNorm: 100 * random(),
      lensEntropy: 15 * random(),
      cosineToPrevious: normal() / 10,
      meanDisplacement: random(),
    },
  }));
  const all = frames.flatMap((frame) => [...frame.positions]);
  const side = (pick: (...values: number[]) => number) =>
    Array.from({ length: nDims }, (_, dim) => pick(...all.filter((_, i) => i % nDims === dim)));
  return {
    header: {
      prompt: {
        id: "day/friday",
        family: "day",
        title: "Día <1>",
        text: "After Friday comes 🙂",
      },
      tokens: [{ id: 1, text: "<s>" }, { id: 99, text: " \ufffd" }],
      model: {
        name: "tiny",
        revision: "main",
        digest: `sha256:${"ab".repeat(32)}`,
        nLayers: Math.max(0, nFrames - 1),
        dModel: 8,
        dVocab: 1024,
      },
      parameters: { encoder: "pooled", seed: 7, minDist: 0.25, joint: true },
      quality: {
        explainedVariance: -0.25,
        trustworthiness: 0.97,
        neighbourRecall: 1,
        meanStep: 0.125,
        visibleChange: 0.5,
      },
      nParticles,
      nDims,
      layers: Array.from({ length: nFrames }, (_, i) => i === 0 ? "embedding" : `layer ${i}`),
      box: { min: side(Math.min), max: side(Math.max) },
      writer: "weightscan 0.1.0",
    },
    frames,
  };
}

/** A lens grid of noise; every id has one text. */
export function makeLens(nRows: number, nTokens: number, nGuesses: number, nWords = 40): LensGrid {
  const random = makeRandom(nRows * 100 + nTokens);
  return {
    promptId: "day",
    tokens: Array.from({ length: nTokens }, (_, i) => ({ id: i * 9, text: ` t${i}` })),
    layers: Array.from({ length: nRows }, (_, i) => `layer ${i}`),
    guesses: Array.from(
      { length: nRows },
      () =>
        Array.from({ length: nTokens }, () =>
          Array.from({ length: nGuesses }, () => {
            const id = Math.floor(random() * nWords);
            return { id, text: `w${id}`, p: random() ** 6 };
          })),
    ),
    entropy: Array.from(
      { length: nRows },
      () => Float32Array.from({ length: nTokens }, () => 10 * random()),
    ),
  };
}

/** Bytes as a stream of chunks of a given size. */
export function chunked(bytes: Uint8Array, chunkBytes: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + chunkBytes));
      at += chunkBytes;
    },
  });
}

export async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}
