import type { Contrast, PairLayer, Rung } from "../format/pair_types.ts";
import type { StageOptions } from "../onnx/engine.ts";
import { createPacer } from "../onnx/pause.ts";
import { float32, type Tensor } from "../onnx/tensor.ts";
import type { PairSide, PatchTail } from "./types.ts";

/**
 * Prompts whose logit differences lie closer together than this are taken as alike, in nats: 0.1 is a
 * tenth of the odds between two tokens, and a share of less would be a share of rounding.
 */
export const leastContrast = 0.1;

/** What a run keeps at once of a cell's states: the streams, queries, keys, values, a feed-forward layer. */
const copiesOfStates = 16;

const defaultBudgetBytes = 32 * 1024 * 1024;

/** Cells of a batch: as many fill any device, and the logits of a large vocabulary stay below 50 MB. */
const mostCells = 64;

/** Two prompts whose cells are put into each other's runs. */
export interface PatchingInput {
  readonly a: PatchedSide;
  readonly b: PatchedSide;
  readonly ladder: readonly Rung[];
  readonly firstChange: number;
  readonly contrast: Pick<Contrast, "a" | "b" | "logitDifference">;
}

/** What of a side patching needs. */
export type PatchedSide = Pick<PairSide, "tokens" | "states">;

export interface PatchingOptions extends StageOptions {
  /** Memory that a batch may take, in bytes, estimated; 32 MB by default. One cell is run in any case. */
  readonly budgetBytes?: number;
}

/** A cell whose patched run is not known beforehand. */
interface Cell {
  readonly rung: number;
  /** Token whose state is replaced, in the run's prompt. */
  readonly into: number;
  /** Token whose state replaces it, in the other prompt. */
  readonly from: number;
}

/** One of the two directions of a pair in one frame. */
interface Plan {
  readonly run: PatchedSide;
  readonly donor: PatchedSide;
  readonly contrast: PatchingInput["contrast"];
  /** [nRungs]: what is known already; the cells' places are filled in as they run. */
  readonly shares: Float32Array;
  readonly cells: readonly Cell[];
  /** What a patched run's LD says. */
  readonly shareOf: (ld: number) => number;
}

/**
 * Activation patching at single cells, one frame × one aligned rung at a time, in both directions: the
 * state of one prompt is put into the other's run, and the rest of the model says what comes of it.
 * With LD the logit of the contrast's `a` less that of its `b` at the last token,
 *
 * - `restored` = (LD(b with a's state) − LD(b)) / (LD(a) − LD(b)), denoising
 * - `lost` = (LD(a) − LD(a with b's state)) / (LD(a) − LD(b)), noising
 *
 * Cells before the first change are NaN, since a causal model has the same states there, and so are rungs
 * that are not aligned; all are where LD(a) and LD(b) are closer than {@linkcode leastContrast}. Cells
 * whose two states are equal, and those of the last frame that nobody reads, are known without a run.
 *
 * Source: Zhang & Nanda, arXiv 2309.16042; Heimersheim & Nanda, arXiv 2404.15255.
 *
 * @param inputs pairs of one model
 * @param openTail loads the model from a frame on; each is opened once, one at a time
 * @returns for each pair [nFrames] of [nRungs] each, as shares of LD(a) − LD(b); the caller owns them
 * @throws {TypeError} if the states do not belong to the tokens
 * @throws what stops the signal
 */
export async function patchPairs(
  inputs: readonly PatchingInput[],
  openTail: (frame: number) => Promise<PatchTail>,
  { budgetBytes = defaultBudgetBytes, onProgress, signal }: PatchingOptions = {},
): Promise<PairLayer["cause"][][]> {
  for (const { a, b } of inputs) checkStates(a, b);
  const plans = inputs.map((input) =>
    Array.from({ length: input.a.states.shape[0] }, (_, frame) => ({
      restored: planFrame(input, frame, "b"),
      lost: planFrame(input, frame, "a"),
    }))
  );
  const nFrames = Math.max(0, ...plans.map(({ length }) => length));
  const inFrame = (frame: number) =>
    plans.flatMap((frames) => frames[frame] ? [frames[frame].restored, frames[frame].lost] : [])
      .filter(({ cells }) => cells.length > 0);
  const total = Array.from({ length: nFrames }, (_, frame) => inFrame(frame)).flat()
    .reduce((sum, { cells }) => sum + cells.length, 0);

  let done = 0;
  const pacer = createPacer(signal, 0);
  for (let frame = 0; frame < nFrames; frame++) {
    const waiting = inFrame(frame);
    if (waiting.length === 0) continue;
    signal?.throwIfAborted();
    const tail = await openTail(frame);
    try {
      for (const plan of waiting) {
        for (const cells of batchesOf(plan.cells, cellBytes(plan.run), budgetBytes)) {
          await pacer.breathe();
          const differences = await runCells(tail, frame, plan, cells);
          cells.forEach(({ rung }, i) => plan.shares[rung] = plan.shareOf(differences[i]));
          done += cells.length;
          onProgress?.(done, total);
        }
      }
    } finally {
      await tail.release();
    }
  }
  return plans.map((frames) =>
    frames.map(({ restored, lost }) => ({ restored: restored.shares, lost: lost.shares }))
  );
}

/** What is known of a frame's cells without a run, and which are to be run. */
function planFrame(
  { a, b, ladder, firstChange, contrast }: PatchingInput,
  frame: number,
  runs: "a" | "b",
): Plan {
  const { a: ldA, b: ldB } = contrast.logitDifference;
  const isDecided = Math.abs(ldA - ldB) >= leastContrast;
  const [run, donor] = runs === "a" ? [a, b] : [b, a];
  const shares = new Float32Array(ladder.length).fill(NaN);
  const cells: Cell[] = [];
  const isLastFrame = frame === run.states.shape[0] - 1;
  ladder.forEach((rung, i) => {
    if (!isDecided || rung.a === null || rung.b === null || i < firstChange) return;
    const [into, from] = runs === "a" ? [rung.a, rung.b] : [rung.b, rung.a];
    const isAnswer = into === run.tokens.length - 1;
    if (isEqual(stateOf(run.states, frame, into), stateOf(donor.states, frame, from))) {
      shares[i] = 0;
    } else if (isLastFrame && !isAnswer) {
      shares[i] = 0;
    } else if (isLastFrame && from === donor.tokens.length - 1) {
      shares[i] = 1;
    } else {
      cells.push({ rung: i, into, from });
    }
  });
  const shareOf = runs === "b"
    ? (ld: number) => (ld - ldB) / (ldA - ldB)
    : (ld: number) => (ldA - ld) / (ldA - ldB);
  return { run, donor, contrast, shares, cells, shareOf };
}

/** LD of some patched runs, in nats. */
async function runCells(
  tail: PatchTail,
  frame: number,
  { run, donor, contrast }: Plan,
  cells: readonly Cell[],
): Promise<number[]> {
  const [, nTokens, dModel] = run.states.shape;
  const size = nTokens * dModel;
  const own = run.states.data.subarray(frame * size, (frame + 1) * size);
  const states = new Float32Array(cells.length * size);
  cells.forEach(({ into, from }, i) => {
    states.set(own, i * size);
    states.set(stateOf(donor.states, frame, from), i * size + into * dModel);
  });
  const ids = run.tokens.map(({ id }) => id);
  const { data, shape } = await tail.runBatch(
    float32([cells.length, nTokens, dModel], states),
    ids,
  );
  const dVocab = shape[shape.length - 1];
  return cells.map((_, i) => data[i * dVocab + contrast.a.id] - data[i * dVocab + contrast.b.id]);
}

/** Memory that one cell takes in a batch, estimated. */
function cellBytes({ states: { shape: [, nTokens, dModel] } }: PatchedSide): number {
  return Float32Array.BYTES_PER_ELEMENT * copiesOfStates * nTokens * (dModel + nTokens);
}

function* batchesOf(
  cells: readonly Cell[],
  bytesEach: number,
  budgetBytes: number,
): Generator<readonly Cell[]> {
  const length = Math.max(1, Math.min(mostCells, Math.floor(budgetBytes / bytesEach)));
  for (let i = 0; i < cells.length; i += length) yield cells.slice(i, i + length);
}

/** A view. [dModel] */
function stateOf({ shape, data }: Tensor<"float32">, frame: number, token: number): Float32Array {
  const [, nTokens, dModel] = shape;
  const at = (frame * nTokens + token) * dModel;
  return data.subarray(at, at + dModel);
}

function isEqual(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => value === b[i]);
}

function checkStates(a: PatchedSide, b: PatchedSide): void {
  const [nFrames, , dModel] = a.states.shape;
  for (const [name, { tokens, states: { shape } }] of Object.entries({ a, b })) {
    const expected = [nFrames, tokens.length, dModel];
    if (shape.length === 3 && shape.every((size, axis) => size === expected[axis])) continue;
    throw new TypeError(
      `Cannot patch the states of "${name}": expected [${expected}], got [${shape}]`,
    );
  }
}
