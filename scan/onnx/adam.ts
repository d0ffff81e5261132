import type { Engine, Session } from "./engine.ts";
import { gradient } from "./gradient.ts";
import { Graph, type Value } from "./graph.ts";
import { Ops } from "./ops.ts";
import { type DType, float32, int64, sizeOf, type Tensor } from "./tensor.ts";

/** A trained tensor. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether weight decay applies to it, false by default. */
  readonly decays?: boolean;
}

/** An input of the loss that is not trained. */
export interface DataInput {
  readonly name: string;
  readonly dtype: DType;
  /** Shape as the loss sees it, without the axis of steps. */
  readonly shape: readonly number[];
  /** Whether every step has its own; it is then fed as [nSteps, ...shape]. False by default: the same for all steps. */
  readonly perStep?: boolean;
}

/** What is trained, on what, towards what. */
export interface AdamSpec {
  readonly parameters: readonly Parameter[];
  readonly data: readonly DataInput[];
  /**
   * Builds the loss.
   *
   * @param o adds nodes to the body of the loop
   * @param parameters the current float32 values by name
   * @param data this step's data by name
   * @returns a float32 scalar of shape []
   */
  buildLoss(
    o: Ops,
    parameters: Readonly<Record<string, Value>>,
    data: Readonly<Record<string, Value>>,
  ): Value;
  /** Decay of the mean of gradients, 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, 0.999 by default. */
  readonly beta2?: number;
  /** 1e-8 by default. */
  readonly epsilon?: number;
  /** Decoupled weight decay (AdamW): a parameter shrinks by this × learning rate a step. 0 by default. */
  readonly weightDecay?: number;
  /** Largest norm of all gradients together; larger ones are scaled down to it. No limit by default. */
  readonly clipNorm?: number;
}

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

/** Names of a parameter's three tensors as inputs of the graph; its outputs are called `next.…`. */
const stateNames = (name: string) => [name, `${name}.first_sum`, `${name}.second_sum`];

/**
 * One graph for any number of steps of Adam: forward pass, gradient and update stand in the body of a
 * `Loop`, whose state stays where the graph runs (Kingma & Ba 2015; decoupled decay: Loshchilov &
 * Hutter 2019).
 *
 * Deviation from the paper's form: the moments are kept as sums without the factors (1 - beta), which
 * go into the step's scalar factor. That saves two passes over every parameter and gives the same update.
 *
 * Inputs: for each parameter `name`, `name.first_sum`, `name.second_sum`; `step` int64 [];
 * `learning_rates` float32 [nSteps]; the data. Outputs: `next.` + each of the first three,
 * `losses` float32 [nSteps], each step's loss before its update.
 *
 * @throws {TypeError} as {@linkcode gradient}, or if the loss does not fit
 */
export function buildAdamModel(spec: AdamSpec): Uint8Array {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = spec;
  const graph = new Graph();
  const outer = new Ops(graph);
  const rates = graph.input("learning_rates", "float32", ["n_steps"]);
  const firstStep = graph.input("step", "int64", []);
  const data = spec.data.map((d) =>
    graph.input(d.name, d.dtype, d.perStep ? ["n_steps", ...d.shape] : d.shape)
  );
  const initial = spec.parameters.flatMap(({ name, shape }) =>
    stateNames(name).map((n) => graph.input(n, "float32", shape))
  );

  const body = graph.subgraph();
  const o = new Ops(body);
  const index = body.input("index", "int64", []);
  const goOn = body.input("go_on", "bool", []);
  const states = spec.parameters.map(({ name, shape }) =>
    stateNames(name).map((n) => body.input(`body.${n}`, "float32", shape))
  );

  const parameters = Object.fromEntries(spec.parameters.map((p, i) => [p.name, states[i][0]]));
  const stepData = Object.fromEntries(
    spec.data.map((d, i) => [d.name, d.perStep ? o.gather(data[i], index) : data[i]]),
  );
  const loss = spec.buildLoss(o, parameters, stepData);
  let gradients = gradient(body, loss, states.map(([value]) => value));
  if (spec.clipNorm !== undefined) {
    const squares = gradients.map((g) => o.reduceSumSquare(g));
    const norm = o.sqrt(squares.reduce((a, b) => o.add(a, b)));
    const factor = o.min(1, o.div(o.scalar(spec.clipNorm), o.add(norm, 1e-12)));
    gradients = gradients.map((g) => o.mul(g, factor));
  }

  const rate = o.gather(rates, index);
  const t = o.cast(o.add(o.add(firstStep, index), 1), "float32");
  // m / (1 - beta1^t) = firstSum · first; sqrt(v / (1 - beta2^t)) = sqrt(secondSum) · second.
  const first = o.div(1 - beta1, o.sub(1, o.pow(o.scalar(beta1), t)));
  const second = o.sqrt(o.div(1 - beta2, o.sub(1, o.pow(o.scalar(beta2), t))));
  const factor = o.div(o.mul(rate, first), second);
  const scaledEpsilon = o.div(epsilon, second);
  const shrink = o.sub(1, o.mul(rate, weightDecay));

  body.output("body.go_on", goOn);
  spec.parameters.forEach(({ decays }, i) => {
    const [parameter, firstSum, secondSum] = states[i];
    const g = gradients[i];
    const nextFirst = o.add(o.mul(firstSum, beta1), g);
    const nextSecond = o.add(o.mul(secondSum, beta2), o.square(g));
    const direction = o.div(nextFirst, o.add(o.sqrt(nextSecond), scaledEpsilon));
    const kept = decays && weightDecay > 0 ? o.mul(parameter, shrink) : parameter;
    const next = o.sub(kept, o.mul(direction, factor));
    // Under their own names: a renamed output costs a copy of the whole array in every step.
    for (const value of [next, nextFirst, nextSecond]) body.output(value.name, value);
  });
  body.output("body.loss", loss);

  const nSteps = outer.gather(outer.one("Shape", [rates]), outer.graph.constant(int64([], [0])));
  const finals = graph.op("Loop", [nSteps, null, ...initial], { body }, {
    outputs: [
      ...initial.map(({ dtype, shape }) => ({ dtype, shape })),
      { dtype: "float32", shape: ["n_steps"] },
    ],
  });
  initial.forEach((value, i) => graph.output(`next.${value.name}`, finals[i]));
  graph.output("losses", finals[initial.length]);
  return graph.toModel();
}

/** A loaded {@linkcode buildAdamModel} graph with its state. */
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

/**
 * Builds the graph and loads it.
 *
 * @param start {@linkcode initialState}, or a state to go on from
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
): Promise<Adam> {
  for (const { name, shape } of spec.parameters) {
    const length = start.parameters[name]?.length;
    if (length !== sizeOf(shape)) {
      throw new TypeError(
        `Cannot train "${name}": expected ${sizeOf(shape)} numbers, got ${length ?? "none"}`,
      );
    }
  }
  const session = await engine.load(buildAdamModel(spec));
  let state = start;
  return {
    get state() {
      return state;
    },
    async run(learningRates, data) {
      const result = await session.run(feedsOf(spec, state, learningRates, data));
      state = stateOf(spec, result, state.step + learningRates.length);
      return result.losses.data as Float32Array;
    },
    release: () => session.release(),
  };
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
