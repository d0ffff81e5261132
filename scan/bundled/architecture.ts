import { Graph, type Value } from "../onnx/graph.ts";
import { Ops } from "../onnx/ops.ts";
import type { Parameter } from "../onnx/adam.ts";
import { float32, int64, type Tensor, tensor } from "../onnx/tensor.ts";

/**
 * The bundled model: a decoder in the manner of Llama, small. Pre-norm blocks, RMSNorm (Zhang &
 * Sennrich 2019), rotary positions (Su et al. 2021), SwiGLU (Shazeer 2020). Queries, keys and values have
 * biases (as in Qwen 2), so that a head can prefer a distance whatever the tokens are. Embedding and
 * unembedding are tied; what enters the residual stream is the embedding times √dModel (as in Gemma).
 */
export interface Architecture {
  readonly nLayers: number;
  readonly dModel: number;
  readonly nHeads: number;
  /** Width between the two halves of a feed-forward block. */
  readonly dFeedForward: number;
  readonly dVocab: number;
  /** Longest sequence in tokens. */
  readonly context: number;
}

/** The one that ships. */
export const bundledArchitecture: Omit<Architecture, "dVocab"> = {
  nLayers: 12,
  dModel: 128,
  nHeads: 4,
  dFeedForward: 352,
  context: 96,
};

const normEpsilon = 1e-5;
const rotaryBase = 10_000;
/** Attention score of what a token must not see: far below any real one, and still finite in float16. */
const masked = -3e4;

/** Weights by name: values while a graph is built, arrays elsewhere. */
export type Named<T> = Readonly<Record<string, T>>;

/** Name of the residual stream after `layer` blocks; 0 is the embedding's output. */
export function hiddenStateName(layer: number): string {
  return `hidden_states.${layer}`;
}

/** Name of what the final norm makes of the last hidden state. */
export const normedStateName = "normed_states";

/**
 * All weights, in the order in which they are stored. Matrices multiply from the right
 * (`[rows] × [in, out]`) and alone decay.
 */
export function parametersOf(architecture: Architecture): Parameter[] {
  const { nLayers, dModel, dFeedForward, dVocab } = architecture;
  const parameters: Parameter[] = [{ name: "embedding", shape: [dVocab, dModel] }];
  for (let layer = 0; layer < nLayers; layer++) {
    const name = (part: string) => `layers.${layer}.${part}`;
    parameters.push(
      { name: name("attention_norm"), shape: [dModel] },
      { name: name("query_key_value"), shape: [dModel, 3 * dModel], decays: true },
      { name: name("query_key_value_bias"), shape: [3 * dModel] },
      { name: name("attention_out"), shape: [dModel, dModel], decays: true },
      { name: name("feed_forward_norm"), shape: [dModel] },
      { name: name("gate"), shape: [dModel, dFeedForward], decays: true },
      { name: name("up"), shape: [dModel, dFeedForward], decays: true },
      { name: name("down"), shape: [dFeedForward, dModel], decays: true },
    );
  }
  parameters.push({ name: "final_norm", shape: [dModel] });
  return parameters;
}

/** What the blocks need to know of positions. */
export interface Positions {
  /** Cosines of the rotary angles, [nTokens, dHead]. */
  readonly cosines: Value;
  /** Sines, [nTokens, dHead]. */
  readonly sines: Value;
  /** Added to the attention scores, broadcasts to [batch, nHeads, nTokens, nTokens]. */
  readonly mask: Value;
}

/** Angle by which a pair of numbers turns from one token to the next, 0 ≤ pair < half. */
export function rotaryAngle(pair: number, half: number): number {
  return rotaryBase ** (-pair / half);
}

/** Rotary tables for `count` positions, both halves of a head alike; each [count, dHead] float32. */
export function rotaryTables(
  count: number,
  dHead: number,
): { cosines: Tensor<"float32">; sines: Tensor<"float32"> } {
  const half = dHead / 2;
  const angles = Array.from(
    { length: count * dHead },
    (_, i) => Math.floor(i / dHead) * rotaryAngle(i % half, half),
  );
  return {
    cosines: float32([count, dHead], angles.map(Math.cos)),
    sines: float32([count, dHead], angles.map(Math.sin)),
  };
}

/** The matrix that turns (a, b) into (-b, a): a small product costs less than cutting and joining. [dHead, dHead] */
function rotationMatrix(dHead: number): Tensor<"float32"> {
  const half = dHead / 2;
  const data = new Float32Array(dHead * dHead);
  for (let i = 0; i < half; i++) {
    data[(i + half) * dHead + i] = -1;
    data[i * dHead + i + half] = 1;
  }
  return float32([dHead, dHead], data);
}

function rmsNorm(o: Ops, x: Value, gain: Value): Value {
  const scale = o.reciprocal(
    o.sqrt(o.add(o.reduceMean(o.square(x), [-1], true), normEpsilon)),
  );
  return o.mul(o.mul(x, scale), gain);
}

function attention(
  o: Ops,
  x: Value,
  weights: Named<Value>,
  prefix: string,
  architecture: Architecture,
  positions: Positions,
): Value {
  const { dModel, nHeads } = architecture;
  const dHead = dModel / nHeads;
  const joined = o.add(
    o.matmul(x, weights[`${prefix}.query_key_value`]),
    weights[`${prefix}.query_key_value_bias`],
  );
  // [batch, nTokens, 3·dModel] → [3, batch, nHeads, nTokens, dHead]
  const heads = o.transpose(o.reshape(joined, [0, 0, 3, nHeads, dHead]), [2, 0, 3, 1, 4]);
  const [queriesAndKeys, values] = o.split(heads, 0, [2, 1]);
  const turned = o.matmul(queriesAndKeys, o.graph.constant(rotationMatrix(dHead)));
  const rotated = o.add(
    o.mul(queriesAndKeys, positions.cosines),
    o.mul(turned, positions.sines),
  );
  const [queries, keys] = o.split(rotated, 0, [1, 1]).map((part) => o.squeeze(part, [0]));
  const scaled = o.mul(queries, dHead ** -0.5);
  const scores = o.add(o.matmul(scaled, o.swapLast(keys)), positions.mask);
  const mixed = o.matmul(o.softmax(scores), o.squeeze(values, [0]));
  const merged = o.reshape(o.transpose(mixed, [0, 2, 1, 3]), [0, 0, dModel]);
  return o.matmul(merged, weights[`${prefix}.attention_out`]);
}

function feedForward(o: Ops, x: Value, weights: Named<Value>, prefix: string): Value {
  const gate = o.matmul(x, weights[`${prefix}.gate`]);
  const up = o.matmul(x, weights[`${prefix}.up`]);
  const swish = o.mul(gate, o.sigmoid(gate));
  return o.matmul(o.mul(swish, up), weights[`${prefix}.down`]);
}

/**
 * The forward pass. Every residual stream is named after {@linkcode hiddenStateName}.
 *
 * @param ids int64 [batch, nTokens]
 * @returns logits, [batch, nTokens, dVocab]
 */
export function forward(
  o: Ops,
  architecture: Architecture,
  weights: Named<Value>,
  ids: Value,
  positions: Positions,
): Value {
  const embedding = weights.embedding;
  const scale = o.scalar(Math.sqrt(architecture.dModel));
  let [x] = o.graph.op("Mul", [o.gather(embedding, ids), scale], {}, {
    names: [hiddenStateName(0)],
  });
  for (let layer = 0; layer < architecture.nLayers; layer++) {
    const prefix = `layers.${layer}`;
    const normed = rmsNorm(o, x, weights[`${prefix}.attention_norm`]);
    x = o.add(x, attention(o, normed, weights, prefix, architecture, positions));
    const again = rmsNorm(o, x, weights[`${prefix}.feed_forward_norm`]);
    const change = feedForward(o, again, weights, prefix);
    [x] = o.graph.op("Add", [x, change], {}, { names: [hiddenStateName(layer + 1)] });
  }
  const normed = o.identity(rmsNorm(o, x, weights.final_norm), normedStateName);
  return o.matmul(normed, o.swapLast(embedding));
}

/**
 * The loss of training: mean cross-entropy of the next token, weighted per token.
 *
 * @param data `ids`, `targets` int64, `weights` float32, `documents` int64, each [batch, nTokens]; a token
 *   sees the ones before it of the same document
 * @returns scalar, in nats
 */
export function trainingLoss(
  o: Ops,
  architecture: Architecture,
  weights: Named<Value>,
  data: Named<Value>,
): Value {
  const [batch, nTokens] = data.ids.shape.map(Number);
  const dHead = architecture.dModel / architecture.nHeads;
  const tables = rotaryTables(nTokens, dHead);
  const before = new Float32Array(nTokens * nTokens);
  for (let i = 0; i < nTokens; i++) before.fill(masked, i * nTokens + i + 1, (i + 1) * nTokens);
  const sameDocument = o.equal(
    o.unsqueeze(data.documents, [2]),
    o.unsqueeze(data.documents, [1]),
  );
  const causal = o.graph.constant(float32([nTokens, nTokens], before));
  const logits = forward(o, architecture, weights, data.ids, {
    cosines: o.graph.constant(tables.cosines),
    sines: o.graph.constant(tables.sines),
    mask: o.unsqueeze(o.where(sameDocument, causal, masked), [1]),
  });
  const rows = o.reshape(logits, [batch * nTokens, architecture.dVocab]);
  const picked = o.gatherElements(
    o.logSoftmax(rows),
    o.reshape(data.targets, [batch * nTokens, 1]),
    1,
  );
  const perToken = o.reshape(data.weights, [batch * nTokens, 1]);
  return o.neg(o.div(o.reduceSum(o.mul(picked, perToken)), o.reduceSum(perToken)));
}

/**
 * The model file: `input_ids` int64 [batch, sequence] → `logits` float32 [batch, sequence, dVocab],
 * for sequences of at most `context` tokens. Weights are kept as float16 and cast when it is loaded.
 *
 * @param weights float32 by name, see {@linkcode parametersOf}
 */
export function buildInferenceModel(
  architecture: Architecture,
  weights: Named<Float32Array>,
): Uint8Array {
  const { context, dModel, nHeads } = architecture;
  const graph = new Graph();
  const o = new Ops(graph);
  const ids = graph.input("input_ids", "int64", ["batch", "sequence"]);
  const values = Object.fromEntries(
    parametersOf(architecture).map(({ name, shape }) => {
      const bits = new Uint16Array(new Float16Array(weights[name]).buffer);
      return [name, o.cast(graph.constant(tensor("float16", shape, bits), name), "float32")];
    }),
  );
  const dHead = dModel / nHeads;
  const tables = rotaryTables(context, dHead);
  const sequence = o.slice(o.one("Shape", [ids]), 0, 1, 2);
  const firstRows = (table: Tensor, name: string, axes: number[], shape: string[]) =>
    graph.op(
      "Slice",
      [
        graph.constant(table, name),
        o.ints(axes.map(() => 0)),
        axes.length === 1 ? sequence : o.concat([sequence, sequence], 0),
        o.ints(axes),
      ],
      {},
      { outputs: [{ dtype: "float32", shape: [...shape, ...table.shape.slice(axes.length)] }] },
    )[
      0
    ];
  const causal = new Float32Array(context * context);
  for (let i = 0; i < context; i++) causal.fill(masked, i * context + i + 1, (i + 1) * context);
  graph.output(
    "logits",
    forward(o, architecture, values, ids, {
      cosines: firstRows(tables.cosines, "rotary_cosines", [0], ["sequence"]),
      sines: firstRows(tables.sines, "rotary_sines", [0], ["sequence"]),
      mask: firstRows(
        float32([context, context], causal),
        "causal_mask",
        [0, 1],
        ["sequence", "sequence"],
      ),
    }),
  );
  return graph.toModel();
}

/** Inputs of {@linkcode trainingLoss}, all of them given for every step. */
export function trainingData(batch: number, nTokens: number) {
  const shape = [batch, nTokens];
  return [
    { name: "ids", dtype: "int64", shape, perStep: true },
    { name: "targets", dtype: "int64", shape, perStep: true },
    { name: "weights", dtype: "float32", shape, perStep: true },
    { name: "documents", dtype: "int64", shape, perStep: true },
  ] as const;
}

/** A list of token ids as the model takes them: int64 [1, ids.length]. */
export function toInputIds(ids: readonly number[]): Tensor<"int64"> {
  return int64([1, ids.length], ids);
}
