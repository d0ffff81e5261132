import { createAdam, initialState } from "../onnx/adam.ts";
import type { Engine, StageOptions } from "../onnx/engine.ts";
import { createPacer } from "../onnx/pause.ts";
import { float32, type Tensor } from "../onnx/tensor.ts";
import { type PooledStates, poolStates } from "./pool.ts";
import {
  buildPooledForward,
  listPooledParameters,
  pooledLoss,
  type PooledSizes,
} from "./pooled_graph.ts";
import { createAnchors, createPooledStart } from "./pooled_start.ts";
import type { EncoderMember, EncoderParameters, Encoding } from "./types.ts";

/** Steps in one run of the graph: about a second on two cores. */
const stepsPerRun = 4;
/** Steps over which the step size rises to its full value. */
const nWarmupSteps = 3;
/** Mean size of the anchors in units of the mean size of the trained codes. */
const anchorSize = 1.2;
/** Training has settled when a run raises the explained variance by less than this, twice in a row. */
const settledGain = 3e-3;

/**
 * The original's autoencoder (ristew/weightscan, the write-up): a layer's states, averaged over the
 * tokens, go through a dense layer to 512, a dense layer to 1024 × 16, which are the particles, and
 * the same way back; mean squared error, Adam.
 *
 * Trained on all layers of all members at once, every step on all of them. Its input is centred and
 * scaled by one number (see {@linkcode poolStates}), so that a loss of 0.03 is an explained variance
 * of 0.97. The averaging dilutes one changed token by 1 / nTokens.
 *
 * Chosen here, because the write-up does not say: SiLU after both hidden layers and none on the
 * particles, Adam's usual constants, a step size that falls linearly to a tenth, an end when the
 * explained variance has settled, and a start that gives the cloud a shape (see
 * {@linkcode createPooledStart}).
 *
 * Each particle's code is what was trained plus an anchor, the same in every state
 * ({@linkcode createAnchors}). The decoder takes the anchors off again, so that they are a shift
 * between two biases and change neither what the network can do nor its loss. Without them a particle
 * points anywhere in the next layer, and a picture by angles (cosine) cannot follow it.
 *
 * Where all states are equal there is nothing to learn: no step is made, and the explained variance
 * is 1.
 */
export async function encodeByPooled(
  engine: Engine,
  members: readonly EncoderMember[],
  parameters: EncoderParameters,
  options: StageOptions = {},
): Promise<Encoding> {
  const pooled = poolStates(members);
  const { m, nStates, dModel } = pooled;
  const { hidden, particles, code, seed } = parameters;
  const sizes: PooledSizes = { dModel, hidden, particles, code };
  const start = createPooledStart(sizes, seed);
  const { weights, losses } = pooled.variance > 0
    ? await train(engine, pooled, sizes, start, parameters, options)
    : { weights: start, losses: new Float32Array(0) };

  const session = await engine.load(buildPooledForward(sizes, m));
  try {
    const feeds: Record<string, Tensor> = { x: float32([m, dModel], pooled.vectors) };
    for (const { name, shape } of listPooledParameters(sizes)) {
      feeds[name] = float32(shape, weights[name]);
    }
    const result = await session.run(feeds);
    const all = addAnchors(result.codes.data as Float32Array, createAnchors(sizes, seed));
    const length = nStates * particles * code;
    return {
      codes: members.map((_, i) => all.slice(i * length, (i + 1) * length)),
      explainedVariance: pooled.variance > 0 ? 1 - (result.loss.data as Float32Array)[0] : 1,
      nSteps: losses.length,
      losses,
    };
  } finally {
    await session.release();
  }
}

async function train(
  engine: Engine,
  { m, dModel, vectors }: PooledStates,
  sizes: PooledSizes,
  start: Record<string, Float32Array>,
  { learningRate, maxSteps }: EncoderParameters,
  { onProgress, signal }: StageOptions,
): Promise<{ weights: Readonly<Record<string, Float32Array>>; losses: Float32Array }> {
  const pacer = createPacer(signal);
  await pacer.breathe();
  const adam = await createAdam(engine, {
    parameters: listPooledParameters(sizes),
    data: [{ name: "x", dtype: "float32", shape: [m, dModel] }],
    buildLoss: (o, parameters, { x }) => pooledLoss(o, parameters, sizes, x),
  }, initialState(start));
  const losses: number[] = [];
  try {
    const x = float32([m, dModel], vectors);
    for (let settled = 0; losses.length < maxSteps && settled < 2;) {
      const from = losses.length;
      const rates = Float32Array.from(
        { length: Math.min(stepsPerRun, maxSteps - from) },
        (_, i) => rateAt(from + i, learningRate, maxSteps),
      );
      losses.push(...await adam.run(rates, { x }));
      const loss = losses[losses.length - 1];
      if (!Number.isFinite(loss)) {
        throw new RangeError(
          `Cannot train the encoder with learningRate ${learningRate}: expected a falling loss, got ${loss} after ${losses.length} steps; lower it`,
        );
      }
      const gain = from > 0 ? losses[from - 1] - loss : Infinity;
      settled = gain < settledGain ? settled + 1 : 0;
      const note = `explained variance ${(1 - loss).toFixed(3)}`;
      onProgress?.(settled < 2 ? losses.length : maxSteps, maxSteps, note);
      await pacer.breathe();
    }
    return { weights: adam.state.parameters, losses: Float32Array.from(losses) };
  } finally {
    await adam.release();
  }
}

/** A short run-up, then a straight line down to a tenth. */
function rateAt(step: number, learningRate: number, maxSteps: number): number {
  return learningRate * Math.min(1, (step + 1) / nWarmupSteps) * (1 - 0.9 * step / maxSteps);
}

/** Adds the anchors, scaled to the codes, to every state. */
function addAnchors(codes: Float32Array, anchors: Float32Array): Float32Array {
  let squares = 0;
  for (const x of codes) squares += x * x;
  const scale = anchorSize * Math.sqrt(squares / codes.length);
  return codes.map((x, i) => x + scale * anchors[i % anchors.length]);
}
