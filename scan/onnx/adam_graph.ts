import { gradient } from "./gradient.ts";
import { Graph, type Value } from "./graph.ts";
import { Ops } from "./ops.ts";
import { type DType, int64 } from "./tensor.ts";

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

/** Names of a parameter's three tensors as inputs of the graph; its outputs are called `next.…`. */
export const stateNames = (name: string) => [name, `${name}.first_sum`, `${name}.second_sum`];

/** Inputs that both forms of the graph have; `nSteps` is known to one of them only. */
function addInputs(graph: Graph, spec: AdamSpec, nSteps: number | string) {
  return {
    rates: graph.input("learning_rates", "float32", [nSteps]),
    firstStep: graph.input("step", "int64", []),
    data: spec.data.map((d) =>
      graph.input(d.name, d.dtype, d.perStep ? [nSteps, ...d.shape] : d.shape)
    ),
    states: spec.parameters.map(({ name, shape }) =>
      stateNames(name).map((n) => graph.input(n, "float32", shape))
    ),
  };
}

/** What one step starts from. */
interface Step {
  /** Position among the steps of this run, int64 []. */
  readonly index: Value;
  readonly rates: Value;
  readonly firstStep: Value;
  readonly data: readonly Value[];
  /** Parameter and both sums of each parameter. */
  readonly states: readonly (readonly Value[])[];
}

/**
 * Adds one step: forward pass, gradient, update (Kingma & Ba 2015; decoupled decay: Loshchilov &
 * Hutter 2019).
 *
 * Deviation from the paper's form: the moments are kept as sums without the factors (1 - beta), which
 * go into the step's scalar factor. That saves two passes over every parameter and gives the same update.
 */
function addStep(
  o: Ops,
  spec: AdamSpec,
  { index, rates, firstStep, data, states }: Step,
): { readonly loss: Value; readonly next: readonly (readonly Value[])[] } {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = spec;
  const parameters = Object.fromEntries(spec.parameters.map((p, i) => [p.name, states[i][0]]));
  const stepData = Object.fromEntries(
    spec.data.map((d, i) => [d.name, d.perStep ? o.gather(data[i], index) : data[i]]),
  );
  const loss = spec.buildLoss(o, parameters, stepData);
  let gradients = gradient(o.graph, loss, states.map(([value]) => value));
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

  const next = spec.parameters.map(({ decays }, i) => {
    const [parameter, firstSum, secondSum] = states[i];
    const g = gradients[i];
    const nextFirst = o.add(o.mul(firstSum, beta1), g);
    const nextSecond = o.add(o.mul(secondSum, beta2), o.square(g));
    const direction = o.div(nextFirst, o.add(o.sqrt(nextSecond), scaledEpsilon));
    const kept = decays && weightDecay > 0 ? o.mul(parameter, shrink) : parameter;
    return [o.sub(kept, o.mul(direction, factor)), nextFirst, nextSecond];
  });
  return { loss, next };
}

/**
 * One graph for any number of steps of Adam, which stand in the body of a `Loop`, whose state stays
 * where the graph runs.
 *
 * Inputs: for each parameter `name`, `name.first_sum`, `name.second_sum`; `step` int64 [];
 * `learning_rates` float32 [nSteps]; the data. Outputs: `next.` + each of the first three,
 * `losses` float32 [nSteps], each step's loss before its update.
 *
 * @throws {TypeError} as {@linkcode gradient}, or if the loss does not fit
 */
export function buildAdamLoop(spec: AdamSpec): Uint8Array {
  const graph = new Graph();
  const outer = new Ops(graph);
  const { rates, firstStep, data, states } = addInputs(graph, spec, "n_steps");
  const initial = states.flat();

  const body = graph.subgraph();
  const index = body.input("index", "int64", []);
  const goOn = body.input("go_on", "bool", []);
  const carried = states.map((values) =>
    values.map(({ name, shape }) => body.input(`body.${name}`, "float32", shape))
  );
  const step: Step = { index, rates, firstStep, data, states: carried };
  const { loss, next } = addStep(new Ops(body), spec, step);
  body.output("body.go_on", goOn);
  // Under their own names: a renamed output costs a copy of the whole array in every step.
  for (const value of next.flat()) body.output(value.name, value);
  body.output("body.loss", loss);

  const nSteps = outer.gather(outer.one("Shape", [rates]), graph.constant(int64([], [0])));
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

/**
 * The same for a fixed number of steps, one behind the other without a `Loop`, for runtimes that have
 * no kernel for it. Inputs, outputs and numbers as of {@linkcode buildAdamLoop}.
 *
 * @param nSteps at least 1; the graph grows with it
 * @throws {TypeError} as {@linkcode gradient}, or if the loss does not fit
 */
export function buildUnrolledAdam(spec: AdamSpec, nSteps: number): Uint8Array {
  const graph = new Graph();
  const o = new Ops(graph);
  const { rates, firstStep, data, states: initial } = addInputs(graph, spec, nSteps);
  let states: readonly (readonly Value[])[] = initial;
  const losses: Value[] = [];
  for (let i = 0; i < nSteps; i++) {
    const index = graph.constant(int64([], [i]));
    const { loss, next } = graph.prefixNames(
      `step_${i}.`,
      () => addStep(o, spec, { index, rates, firstStep, data, states }),
    );
    losses.push(o.reshape(loss, [1]));
    states = next;
  }
  initial.flat().forEach(({ name }, i) => graph.output(`next.${name}`, states.flat()[i]));
  graph.output("losses", o.concat(losses, 0));
  return graph.toModel();
}
