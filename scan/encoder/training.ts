import { type AdamSpec, createAdam, initialState } from "../onnx/adam.ts";
import type { Engine, StageOptions } from "../onnx/engine.ts";
import { createPacer } from "../onnx/pause.ts";
import type { Tensor } from "../onnx/tensor.ts";

/** Steps in one run of the graph: about a second on two cores at most. */
const stepsPerRun = 4;
/** Steps over which the step size rises to its full value. */
const nWarmupSteps = 3;
/** Training has settled when a run raises the explained variance by less than this, twice in a row. */
const settledGain = 3e-3;

/** How an autoencoder is trained. */
export interface TrainingPlan {
  readonly spec: AdamSpec;
  /** Weights to start from, by name; not changed. */
  readonly start: Readonly<Record<string, Float32Array>>;
  /** The data of the steps from `step` on, as the spec takes it. */
  readonly dataOf: (step: number, nSteps: number) => Readonly<Record<string, Tensor>>;
  readonly learningRate: number;
  readonly maxSteps: number;
}

/**
 * Trains until the explained variance has settled, `maxSteps` at most. The spec's loss must be the
 * mean squared error in units of the data's variance, so that 1 − loss is the explained variance.
 *
 * @returns weights, and the loss before each step
 * @throws {RangeError} if the loss is no longer finite
 */
export async function trainUntilSettled(
  engine: Engine,
  { spec, start, dataOf, learningRate, maxSteps }: TrainingPlan,
  { onProgress, signal }: StageOptions,
): Promise<{ weights: Readonly<Record<string, Float32Array>>; losses: Float32Array }> {
  const pacer = createPacer(signal);
  await pacer.breathe();
  const adam = await createAdam(engine, spec, initialState(start));
  const losses: number[] = [];
  try {
    for (let settled = 0; losses.length < maxSteps && settled < 2;) {
      const from = losses.length;
      const rates = Float32Array.from(
        { length: Math.min(stepsPerRun, maxSteps - from) },
        (_, i) => rateAt(from + i, learningRate, maxSteps),
      );
      losses.push(...await adam.run(rates, dataOf(from, rates.length)));
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
