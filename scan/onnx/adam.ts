import { type AdamSpec, buildAdamLoop, buildUnrolledAdam, stateNames } from "./adam_graph.ts";
import type { Engine, Session } from "./engine.ts";
import {
  type DType,
  float32,
  int64,
  sizeOf,
  type Tensor,
  tensor,
  type TensorData,
} from "./tensor.ts";

export type { AdamSpec, DataInput, Parameter } from "./adam_graph.ts";

/** Adam's state. Every array is float32 with the shape of its parameter. */
export interface AdamState {
  readonly parameters: Readonly<Record<string, Float32Array>>;
  /** Decayed sums of gradients: Adam's first moment / (1 - beta1). */
  readonly firstSums: Readonly<Record<string, Float32Array>>;
  /** Decayed sums of squared gradients: Adam's second moment / (1 - beta2). */
  readonly secondSums: Readonly<Record<string, Float32Array>>;
  /** Steps made so far. */
  readonly step: number;
}

/** The state before the first step. The arrays of `parameters` are shared with the caller. */
export function initialState(parameters: Readonly<Record<string, Float32Array>>): AdamState {
  const zeros = () =>
    Object.fromEntries(
      Object.entries(parameters).map(([name, data]) => [name, new Float32Array(data.length)]),
    );
  return { parameters, firstSums: zeros(), secondSums: zeros(), step: 0 };
}

/** The graph of {@linkcode AdamSpec}, loaded, with its state. */
export interface Adam {
  /**
   * Makes `learningRates.length` steps in one run and keeps the new state.
   *
   * @param data by name; [nSteps, ...shape] for what is `perStep`
   * @returns each step's loss before its update, [nSteps]
   */
  run(learningRates: Float32Array, data: Readonly<Record<string, Tensor>>): Promise<Float32Array>;
  /** The state now; a later run replaces it and leaves this one as it is. */
  readonly state: AdamState;
  release(): Promise<void>;
}

/** How the steps of a run follow each other: in a `Loop`, or a few written out in the graph. */
export type AdamForm = "loop" | "unrolled";

/** Steps of one unrolled graph: as many as the encoders make in a run. */
const nUnrolled = 4;

/**
 * Builds the graph and loads it.
 *
 * @param start {@linkcode initialState}, or a state to go on from
 * @param form by default a `Loop`, save on WebGPU, which has no kernel for it: there the state comes
 *   back after every few steps. The numbers are the same within rounding
 * @throws {TypeError} if the state does not fit, or as {@linkcode buildAdamLoop}
 *
 * @example A line fitted in 200 steps.
 * ```ts
 * const adam = await createAdam(engine, {
 *   parameters: [{ name: "slope", shape: [1] }],
 *   data: [
 *     { name: "x", dtype: "float32", shape: [8] },
 *     { name: "y", dtype: "float32", shape: [8] },
 *   ],
 *   buildLoss: (o, { slope }, { x, y }) => o.reduceMean(o.square(o.sub(o.mul(slope, x), y))),
 * }, initialState({ slope: Float32Array.of(0) }));
 * const losses = await adam.run(new Float32Array(200).fill(0.05), { x, y });
 * const { slope } = adam.state.parameters;
 * ```
 */
export async function createAdam(
  engine: Engine,
  spec: AdamSpec,
  start: AdamState,
  form: AdamForm = engine.provider === "webgpu" ? "unrolled" : "loop",
): Promise<Adam> {
  for (const { name, shape } of spec.parameters) {
    const length = start.parameters[name]?.length;
    if (length !== sizeOf(shape)) {
      throw new TypeError(
        `Cannot train "${name}": expected ${sizeOf(shape)} numbers, got ${length ?? "none"}`,
      );
    }
  }
  const steps = form === "loop"
    ? await loadLoop(engine, spec)
    : await loadUnrolled(engine, spec, nUnrolled);
  let state = start;
  return {
    get state() {
      return state;
    },
    async run(learningRates, data) {
      const losses = new Float32Array(learningRates.length);
      let next = state;
      for (let from = 0; from < losses.length;) {
        const { session, nSteps } = await steps.take(losses.length - from);
        const rates = learningRates.subarray(from, from + nSteps);
        const part = cutSteps(spec, data, from, nSteps);
        const result = await session.run(feedsOf(spec, next, rates, part));
        losses.set(result.losses.data as Float32Array, from);
        next = stateOf(spec, result, next.step + nSteps);
        from += nSteps;
      }
      state = next;
      return losses;
    },
    release: () => steps.release(),
  };
}

/** Loaded graphs that make steps. */
interface Steps {
  /** A graph for some of the steps that are left, and how many it makes. */
  take(nLeft: number): Promise<{ readonly session: Session; readonly nSteps: number }>;
  release(): Promise<void>;
}

async function loadLoop(engine: Engine, spec: AdamSpec): Promise<Steps> {
  const session = await engine.load(buildAdamLoop(spec));
  return {
    take: (nLeft) => Promise.resolve({ session, nSteps: nLeft }),
    release: () => session.release(),
  };
}

/** One graph of `most` steps, and one of a single step for what is left, loaded when it is needed. */
async function loadUnrolled(engine: Engine, spec: AdamSpec, most: number): Promise<Steps> {
  const sessions = new Map<number, Session>();
  const load = async (nSteps: number) => {
    let session = sessions.get(nSteps);
    if (!session) {
      sessions.set(nSteps, session = await engine.load(buildUnrolledAdam(spec, nSteps)));
    }
    return { session, nSteps };
  };
  // Loaded now, so that a graph that the runtime refuses shows here.
  await load(most);
  return {
    take: (nLeft) => load(nLeft >= most ? most : 1),
    async release() {
      for (const session of sessions.values()) await session.release();
      sessions.clear();
    },
  };
}

/** The data of some steps of a run; views, nothing is copied. */
function cutSteps(
  spec: AdamSpec,
  data: Readonly<Record<string, Tensor>>,
  from: number,
  nSteps: number,
): Record<string, Tensor> {
  return Object.fromEntries(spec.data.map(({ name, perStep }) => {
    const whole = data[name];
    if (!perStep || whole.shape[0] === nSteps) return [name, whole];
    const [, ...shape] = whole.shape;
    const size = sizeOf(shape);
    const part = whole.data.subarray(from * size, (from + nSteps) * size) as TensorData[DType];
    return [name, tensor<DType>(whole.dtype, [nSteps, ...shape], part)];
  }));
}

function feedsOf(
  spec: AdamSpec,
  state: AdamState,
  learningRates: Float32Array,
  data: Readonly<Record<string, Tensor>>,
): Parameters<Session["run"]>[0] {
  const feeds: Record<string, Tensor> = {
    learning_rates: float32([learningRates.length], learningRates),
    step: int64([], [state.step]),
    ...data,
  };
  for (const { name, shape } of spec.parameters) {
    const arrays = [state.parameters[name], state.firstSums[name], state.secondSums[name]];
    stateNames(name).forEach((input, i) => feeds[input] = float32(shape, arrays[i]));
  }
  return feeds;
}

function stateOf(
  spec: AdamSpec,
  result: Readonly<Record<string, Tensor>>,
  step: number,
): AdamState {
  const pick = (k: number) =>
    Object.fromEntries(
      spec.parameters.map((
        { name },
      ) => [name, result[`next.${stateNames(name)[k]}`].data as Float32Array]),
    );
  return { parameters: pick(0), firstSums: pick(1), secondSums: pick(2), step };
}
