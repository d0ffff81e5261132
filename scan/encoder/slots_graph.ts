import type { Parameter } from "../onnx/adam.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { Ops } from "../onnx/ops.ts";

/** Sizes of the slot autoencoder that its weights depend on. */
export interface SlotSizes {
  readonly dModel: number;
  readonly particles: number;
  readonly code: number;
  /** Width of what a particle reads of a token, and of what is gathered for a token from the particles. */
  readonly channels: number;
  /** Width of keys and queries. */
  readonly dKey: number;
  readonly hidden: number;
}

/** A shape's parts that only the batch decides. */
export interface SlotBatch {
  readonly nMembers: number;
  readonly nStates: number;
  /** Of the longest member; shorter ones are filled up. */
  readonly nTokens: number;
}

/** The weights. Only `query`, `gain` and `ungain` belong to single particles. */
export function listSlotParameters(sizes: SlotSizes): Parameter[] {
  const { dModel, particles, code, channels, dKey, hidden } = sizes;
  return [
    { name: "value", shape: [dModel, channels] },
    { name: "key", shape: [dModel, dKey] },
    { name: "query", shape: [particles, dKey] },
    { name: "gain", shape: [particles, channels] },
    { name: "mix", shape: [channels, code] },
    { name: "unmix", shape: [code, channels] },
    { name: "ungain", shape: [particles, channels] },
    { name: "rise.weight", shape: [channels, hidden] },
    { name: "rise.bias", shape: [hidden] },
    { name: "rebuild.weight", shape: [hidden, dModel] },
    { name: "direct.weight", shape: [channels, dModel] },
    { name: "rebuild.bias", shape: [dModel] },
  ];
}

type Weights = Readonly<Record<string, Value>>;

/** What the slots take besides weights; leading axes [nMembers, nStates]. */
export interface SlotInputs {
  /** [nMembers, nStates, nTokens, dModel] */
  readonly x: Value;
  /** Where along the prompt each particle looks: added to its scores. [nMembers, 1, particles, nTokens] */
  readonly window: Value;
}

/**
 * Every particle's query attends over the token states; what it reads is seen through the particle's
 * own gains and mixed to its code.
 *
 * @returns attention [nMembers, nStates, particles, nTokens], rows add up to 1, and codes
 *   [nMembers, nStates, particles, code]
 */
export function encodeSlots(
  o: Ops,
  weights: Weights,
  { x, window }: SlotInputs,
): { attention: Value; codes: Value } {
  const keys = o.swapLast(o.matmul(x, weights.key));
  const attention = o.softmax(o.add(o.matmul(weights.query, keys), window));
  const read = o.matmul(attention, o.matmul(x, weights.value));
  return { attention, codes: o.matmul(o.mul(read, weights.gain), weights.mix) };
}

/**
 * What the particles know of each token: seen through the particles' own gains and averaged over
 * them, each weighted as it reads the token.
 *
 * @returns [nMembers, nStates, nTokens, channels]
 */
function gatherForTokens(o: Ops, weights: Weights, attention: Value, codes: Value): Value {
  const spread = o.mul(o.matmul(codes, weights.unmix), weights.ungain);
  const readers = o.swapLast(attention);
  const total = o.add(o.reduceSum(readers, [-1], true), 1e-6);
  return o.div(o.matmul(readers, spread), total);
}

/**
 * Every token's state is rebuilt from what the particles know of it, by a dense layer beside a direct
 * way.
 *
 * @returns [nMembers, nStates, nTokens, dModel]
 */
export function decodeSlots(o: Ops, weights: Weights, attention: Value, codes: Value): Value {
  const gathered = gatherForTokens(o, weights, attention, codes);
  const risen = o.add(o.matmul(gathered, weights["rise.weight"]), weights["rise.bias"]);
  const active = o.mul(risen, o.sigmoid(risen));
  const rebuilt = o.matmul(active, weights["rebuild.weight"]);
  const direct = o.matmul(gathered, weights["direct.weight"]);
  return o.add(o.add(rebuilt, direct), weights["rebuild.bias"]);
}

/** Data of {@linkcode slotLoss}. */
export function slotData(
  { nMembers, nStates, nTokens }: SlotBatch,
  { dModel, particles }: SlotSizes,
  nChosen: number,
) {
  return [
    { name: "x", dtype: "float32", shape: [nMembers, nStates, nTokens, dModel] },
    { name: "window", dtype: "float32", shape: [nMembers, 1, particles, nTokens] },
    { name: "share", dtype: "float32", shape: [nMembers, 1, nTokens, 1] },
    { name: "lost", dtype: "float32", shape: [] },
    { name: "chosen", dtype: "int64", shape: [nChosen], perStep: true },
  ] as const;
}

/**
 * Mean squared error of the rebuilt token states, a scalar.
 *
 * @param data as {@linkcode slotData}: `share` is each token's part in the mean over one state of all
 *   members and all channels, 0 where there is no token; `lost` is the error that no step can mend;
 *   `chosen` are the states that this step takes
 */
export function slotLoss(o: Ops, weights: Weights, data: Weights): Value {
  const nChosen = Number(data.chosen.shape[0]);
  const all = Number(data.x.shape[1]) === nChosen;
  const x = all ? data.x : o.gather(data.x, data.chosen, 1);
  const { attention, codes } = encodeSlots(o, weights, { x, window: data.window });
  const error = o.square(o.sub(decodeSlots(o, weights, attention, codes), x));
  return o.add(o.mul(o.reduceSum(o.mul(error, data.share)), 1 / nChosen), data.lost);
}

/** A graph over one member's states: `x` [1, nStates, nTokens, dModel], `window` [1, 1, particles, nTokens], the weights by name. */
function startMemberGraph(sizes: SlotSizes) {
  const graph = new Graph();
  const o = new Ops(graph);
  const x = graph.input("x", "float32", [1, "nStates", "nTokens", sizes.dModel]);
  const window = graph.input("window", "float32", [1, 1, sizes.particles, "nTokens"]);
  const weights = Object.fromEntries(
    listSlotParameters(sizes).map(({ name, shape }) => [name, graph.input(name, "float32", shape)]),
  );
  return { graph, o, x, weights, ...encodeSlots(o, weights, { x, window }) };
}

/** Gives `codes`, `attention` and `squares`, the sum of squared errors []. */
export function buildSlotForward(sizes: SlotSizes): Uint8Array {
  const { graph, o, x, weights, attention, codes } = startMemberGraph(sizes);
  const rebuilt = decodeSlots(o, weights, attention, codes);
  graph.output("codes", codes);
  graph.output("attention", attention);
  graph.output("squares", o.reduceSumSquare(o.sub(rebuilt, x)));
  return graph.toModel();
}

/**
 * Gives the sums over states and tokens that a linear readout of what is gathered is fitted from:
 * `gram` [channels, channels] and `cross` [channels, dModel].
 */
export function buildSlotMoments(sizes: SlotSizes): Uint8Array {
  const { graph, o, x, weights, attention, codes } = startMemberGraph(sizes);
  const gathered = gatherForTokens(o, weights, attention, codes);
  const rows = o.reshape(gathered, [-1, sizes.channels]);
  const turned = o.transpose(rows, [1, 0]);
  graph.output("gram", o.matmul(turned, rows));
  graph.output("cross", o.matmul(turned, o.reshape(x, [-1, sizes.dModel])));
  return graph.toModel();
}
