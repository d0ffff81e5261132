import type { GraphIndex } from "../onnx/graph_index.ts";
import type { NodeView } from "../onnx/read_model.ts";
import { findNormInput, type ResidualPoint } from "./residual_point.ts";

/** The end of a language model: last hidden state → final norm → unembedding → logits. */
export interface Head {
  /** Name of the output with the logits: [batch, nTokens, dVocab]. */
  readonly logits: string;
  /** What the final norm makes: [batch, nTokens, dModel]. */
  readonly normed: string;
  /** What the product with the unembedding takes: `normed`, or what casts and reshapes make of it. */
  readonly factor: string;
  /** What the final norm takes: the last hidden state. */
  readonly last: ResidualPoint;
}

/** Products with the unembedding, plain and quantised; the normed states are their first input. */
const products: ReadonlySet<string> = new Set([
  "MatMul",
  "Gemm",
  "FusedMatMul",
  "MatMulNBits",
  "MatMulInteger",
  "MatMulIntegerToFloat",
  "DynamicQuantizeMatMul",
  "MatMulBnb4",
]);

/** Operators after the product: bias, scale, soft-capping, types and axes. */
const after: ReadonlySet<string> = new Set([
  ...["Identity", "Cast", "Mul", "Div", "Add", "Sub", "Tanh", "Reshape", "Squeeze", "Unsqueeze"],
  ...["Slice", "Gather", "Where", "Clip"],
]);

/** Operators between the final norm and the product. */
const before: ReadonlySet<string> = new Set([
  ...["Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Slice", "Gather", "GatherND"],
  ...["DynamicQuantizeLinear", "QuantizeLinear", "DequantizeLinear", "Dropout"],
]);

/** Outputs that are no logits, by name. */
const others = /past|present|hidden_state|attention|cross|cache|\bkey\b|\bvalue\b|embed/i;

/**
 * Finds the head of a language model, from the logits back.
 *
 * @throws {TypeError} if there are no logits, or no norm before the unembedding; says what there is
 */
export function findHead(graph: GraphIndex): Head {
  const names = graph.view.outputs.map(({ name }) => name);
  const logits = names.includes("logits") ? "logits" : names.find((name) => !others.test(name));
  if (logits === undefined) {
    throw new TypeError(
      `Cannot find the logits: expected an output of that name, got ${names.join(", ")}. ` +
        "An encoder, or a model exported without its head, has none: export it for the task " +
        "text-generation.",
    );
  }
  const product = findProduct(graph, logits);
  if (!product) {
    const branches = graph.view.nodes.filter((node) => node.type === "If").length;
    throw new TypeError(
      `Cannot find the unembedding: expected "${logits}" to come from a product of matrices, got ` +
        `${graph.maker(logits)?.type ?? "an input"}` +
        (branches > 0
          ? ". The layers lie in the branches of an If, a merged export: take decoder_model.onnx, " +
            "or export it anew, which merges no more."
          : "."),
    );
  }
  const factor = product.inputs[0];
  let normed = factor;
  for (let maker = graph.maker(normed); maker && before.has(maker.type);) {
    normed = maker.inputs[0];
    maker = graph.maker(normed);
  }
  const last = findNormInput(graph, normed);
  if (last) return { logits, normed, factor, last };
  throw new TypeError(
    `Cannot find the model's final norm: expected a LayerNorm or RMSNorm before the unembedding, got ${
      graph.maker(normed)?.type ?? "an input"
    } "${normed}"`,
  );
}

function findProduct(graph: GraphIndex, logits: string): NodeView | null {
  let node = graph.maker(logits);
  while (node && !products.has(node.type)) {
    if (!after.has(node.type)) return null;
    // The other operand is a constant, a bias or a scale; a condition comes before the numbers.
    const inputs = node.type === "Where" ? node.inputs.slice(1) : node.inputs;
    const next = inputs.find((name) => !graph.isFixed(name) && graph.maker(name));
    node = next === undefined ? undefined : graph.maker(next);
  }
  return node ?? null;
}
