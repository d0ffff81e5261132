import type { Session } from "../onnx/engine.ts";
import { extractPart } from "../onnx/extract.ts";
import { type ModelView, type NodeView, readModel } from "../onnx/read_model.ts";
import { float32, type Tensor } from "../onnx/tensor.ts";
import { asFloat32 } from "./hidden_states.ts";

/**
 * The logit lens (nostalgebraist 2020): the model's own final norm and unembedding, applied to the
 * hidden states of every layer.
 */
export interface Lens {
  /** ONNX file: hidden states [batch, nTokens, dModel] → normed states and logits. */
  readonly model: Uint8Array;
  /** Name of its input. */
  readonly input: string;
  /** Name of the output that is the final norm's result. */
  readonly normed: string;
}

/** Operators between the unembedding's product and the logits that do not mix tokens or features. */
const passed: ReadonlySet<string> = new Set(["Identity", "Cast", "Mul", "Div", "Add", "Tanh"]);

/** The final norm's result: what the unembedding multiplies. */
function findNormed(view: ModelView): string {
  const makers = new Map<string, NodeView>();
  for (const node of view.nodes) for (const name of node.outputs) makers.set(name, node);
  let node = makers.get("logits");
  while (node && passed.has(node.type)) {
    const previous: string | undefined = node.inputs.find((name) => makers.has(name));
    node = previous === undefined ? undefined : makers.get(previous);
  }
  if (node?.type === "MatMul" || node?.type === "Gemm") return node.inputs[0];
  throw new TypeError(
    `Cannot find the model's final norm: expected "logits" to come from a MatMul, got ${
      node?.type ?? "none"
    }`,
  );
}

/**
 * Cuts the lens out of a model file: from the final norm's input to the logits.
 *
 * @param residual name of the last residual stream
 * @throws {TypeError} if the unembedding cannot be found
 */
export function extractLens(model: Uint8Array, residual: string): Lens {
  const normed = findNormed(readModel(model));
  const input = { name: residual, dtype: "float32" } as const;
  return { model: extractPart(model, [input], [normed, "logits"]), input: residual, normed };
}

/** What the lens shows of one layer. */
export interface LensLayer {
  /** [nTokens, dModel] */
  readonly normed: Float32Array;
  /** [nTokens, dVocab] */
  readonly logits: Float32Array;
  readonly dVocab: number;
}

/**
 * Applies the lens to one layer after the other: the logits of all layers of a large vocabulary at
 * once would not fit into memory.
 *
 * @param session of {@linkcode Lens.model}
 * @param states [nFrames, nTokens, dModel]
 */
export async function* applyLens(
  session: Session,
  lens: Lens,
  states: Tensor<"float32">,
): AsyncGenerator<LensLayer> {
  const [nFrames, nTokens, dModel] = states.shape;
  const size = nTokens * dModel;
  for (let frame = 0; frame < nFrames; frame++) {
    const layer = states.data.subarray(frame * size, (frame + 1) * size);
    const outputs = await session.run({ [lens.input]: float32([1, nTokens, dModel], layer) });
    const logits = asFloat32("logits", outputs.logits);
    yield {
      normed: asFloat32(lens.normed, outputs[lens.normed]).data,
      logits: logits.data,
      dVocab: logits.shape[logits.shape.length - 1],
    };
  }
}

/** What is kept of one token's logits. */
export interface Summary {
  /** Ids with probabilities, best first; the smaller id first at a tie. */
  readonly best: readonly { readonly id: number; readonly p: number }[];
  /** In bits. */
  readonly entropy: number;
}

/**
 * Best guesses and entropy of the softmax of some logits.
 *
 * @param logits [dVocab]
 * @param count number of guesses, all if there are fewer tokens
 * @throws {RangeError} if a logit is not a number
 */
export function summarizeLogits(logits: Float32Array, count: number): Summary {
  const order: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    const value = logits[id];
    if (Number.isNaN(value)) {
      throw new RangeError(`Cannot read the logits: expected numbers, got NaN at token ${id}`);
    }
    if (order.length === count && !(value > logits[order[count - 1]])) continue;
    let at = order.length;
    while (at > 0 && value > logits[order[at - 1]]) at--;
    order.splice(at, 0, id);
    if (order.length > count) order.pop();
  }
  // Shifted by the largest, so that no exponential overflows.
  const top = logits[order[0]];
  let total = 0;
  let weighted = 0;
  for (const value of logits) {
    const weight = Math.exp(value - top);
    total += weight;
    if (weight > 0) weighted += weight * (value - top);
  }
  return {
    best: order.map((id) => ({ id, p: Math.exp(logits[id] - top) / total })),
    entropy: Math.max(0, (Math.log(total) - weighted / total) / Math.LN2),
  };
}
