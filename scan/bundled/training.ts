import { type Adam, createAdam, initialState } from "../onnx/adam.ts";
import type { Engine } from "../onnx/engine.ts";
import { type Architecture, parametersOf, trainingData, trainingLoss } from "./architecture.ts";
import { type BatchOptions, packBatches, toDocuments } from "./batches.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Example, Split } from "./corpus/mod.ts";
import { initialWeights, seededRandom } from "./initial_weights.ts";
import { learningRateAt, type Schedule } from "./schedule.ts";
import type { FastTokenizer } from "./tokenizer/mod.ts";

/** The recipe. */
export interface Recipe extends Schedule {
  readonly batch: number;
  /** Tokens in a row. */
  readonly nTokens: number;
  /** Steps in one run of the graph. */
  readonly stepsPerRun: number;
  readonly backgroundWeight: number;
  readonly joinedShare: number;
  readonly beta2: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
}

/** The recipe of the model that ships. */
export const bundledRecipe: Recipe = {
  batch: 12,
  nTokens: 96,
  stepsPerRun: 50,
  backgroundWeight: 0.1,
  joinedShare: 0.25,
  peak: 1e-3,
  warmUp: 0.02,
  holdUntil: 0.5,
  floor: 0.01,
  beta2: 0.98,
  weightDecay: 0.05,
  clipNorm: 1,
};

/** How long to train: seconds of training, or steps. */
export type Budget =
  | { readonly kind: "seconds"; readonly seconds: number }
  | { readonly kind: "steps"; readonly steps: number };

/** What is told after every run. */
export interface Report {
  readonly step: number;
  /** Share of the budget that is used up, 0 … 1. */
  readonly progress: number;
  /** Mean loss over the run's steps, in nats. */
  readonly loss: number;
  readonly learningRate: number;
  readonly tokensPerSecond: number;
  readonly secondsLeft: number;
}

export interface TrainingOptions {
  readonly engine: Engine;
  readonly architecture: Architecture;
  readonly tokenizer: FastTokenizer;
  /** The corpus. */
  readonly generateExamples: (seed: number, split: Split) => Iterator<Example>;
  readonly recipe: Recipe;
  readonly budget: Budget;
  readonly seed: number;
  /** What a checkpoint must agree with to be taken up, see {@linkcode Checkpoint}. */
  readonly identity: string;
  /** Where to go on from. */
  readonly checkpoint?: Checkpoint;
  /** Checked between runs. */
  readonly signal?: AbortSignal;
  /** Called after every run; training goes on when it is done. What it takes counts as training time. */
  onRun(report: Report, snapshot: () => Checkpoint): void | Promise<void>;
}

/**
 * Trains until the budget is used up or the signal fires.
 *
 * The texts of a run depend on the seed and the run's first step alone, so that a training that was
 * cut off goes on with the texts it would have seen.
 *
 * @returns where it stands at the end
 * @throws {TypeError} if the checkpoint belongs to another training
 */
export async function train(options: TrainingOptions): Promise<Checkpoint> {
  const { identity, recipe, checkpoint, budget } = options;
  if (checkpoint && checkpoint.identity !== identity) {
    throw new TypeError(
      `Cannot go on with the checkpoint: expected ${identity}, got ${checkpoint.identity}; --fresh starts anew`,
    );
  }
  const adam = await load(options);
  let nTokens = checkpoint?.nTokens ?? 0;
  const startedMs = performance.now() - 1000 * (checkpoint?.seconds ?? 0);
  const secondsNow = () => (performance.now() - startedMs) / 1000;
  const snapshot = (): Checkpoint => ({
    identity,
    state: adam.state,
    seconds: secondsNow(),
    nTokens,
  });
  const progressNow = () =>
    Math.min(
      1,
      budget.kind === "steps" ? adam.state.step / budget.steps : secondsNow() / budget.seconds,
    );
  // Progress made by one step, guessed before the first run.
  let pace = budget.kind === "steps" ? 1 / budget.steps : 0.3 / budget.seconds;
  try {
    while (progressNow() < 1 && !options.signal?.aborted) {
      const before = progressNow();
      const { step } = adam.state;
      const left = Math.max(1, Math.ceil((1 - before) / pace));
      const nSteps = Math.min(recipe.stepsPerRun, left);
      const batches = packRun(options, step, nSteps);
      const rates = Float32Array.from(
        { length: nSteps },
        (_, i) => learningRateAt(before + (i + 0.5) * pace, recipe),
      );
      const runMs = performance.now();
      const losses = await adam.run(rates, batches);
      const seconds = (performance.now() - runMs) / 1000;
      const trained = batches.weights.data.reduce((sum, w) => sum + Number(w > 0), 0);
      nTokens += trained;
      const after = progressNow();
      await options.onRun({
        step: adam.state.step,
        progress: after,
        loss: losses.reduce((sum, loss) => sum + loss, 0) / nSteps,
        learningRate: rates[nSteps - 1],
        tokensPerSecond: trained / seconds,
        secondsLeft: budget.kind === "seconds"
          ? budget.seconds * (1 - after)
          : (budget.steps - adam.state.step) * seconds / nSteps,
      }, snapshot);
      if (budget.kind === "seconds") pace = Math.max(1e-9, (progressNow() - before) / nSteps);
    }
    return snapshot();
  } finally {
    await adam.release();
  }
}

function load({ engine, architecture, recipe, seed, checkpoint }: TrainingOptions): Promise<Adam> {
  return createAdam(engine, {
    parameters: parametersOf(architecture),
    data: trainingData(recipe.batch, recipe.nTokens),
    buildLoss: (o, weights, data) => trainingLoss(o, architecture, weights, data),
    beta2: recipe.beta2,
    weightDecay: recipe.weightDecay,
    clipNorm: recipe.clipNorm,
  }, checkpoint?.state ?? initialState(initialWeights(architecture, seed)));
}

function packRun(
  { tokenizer, generateExamples, recipe, seed }: TrainingOptions,
  step: number,
  nSteps: number,
) {
  const options: BatchOptions = { ...recipe, nSteps };
  const runSeed = (Math.imul(seed, 0x9e3779b1) + Math.imul(step + 1, 0x85ebca6b)) >>> 0;
  const documents = toDocuments(
    generateExamples(runSeed, "train"),
    tokenizer,
    seededRandom(runSeed),
    options,
  );
  return packBatches(documents, tokenizer.beginId, options);
}
