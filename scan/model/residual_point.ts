import type { GraphIndex } from "../onnx/graph_index.ts";
import { encodeNode } from "../onnx/proto.ts";
import type { NodeView } from "../onnx/read_model.ts";

/** A place of a graph that holds the residual stream: [batch, nTokens, dModel]. */
export interface ResidualPoint {
  /** Name of the tensor; where `sum` makes it inside and does not put it out, the name it will get. */
  readonly name: string;
  /** The node that adds and norms in one, where there is such: the stream is the sum of its first two inputs. */
  readonly sum?: NodeView;
}

/** Operators that add two tensors and norm the sum; the sum is their fourth output, if it is wanted. */
const addAndNorm: ReadonlySet<string> = new Set([
  "SkipSimplifiedLayerNormalization",
  "SkipLayerNormalization",
]);

/** Operators that norm their first input. */
const norms: ReadonlySet<string> = new Set([
  "LayerNormalization",
  "SimplifiedLayerNormalization",
  "RMSNormalization",
]);

/** Operators that leave the numbers as they are, as far as a type allows. */
const passing: ReadonlySet<string> = new Set(["Identity", "Cast", "Dropout"]);

/** What a norm that is written out in single operators consists of. */
const normParts: ReadonlySet<string> = new Set([
  ...passing,
  ...["Mul", "Add", "Sub", "Div", "Pow", "Sqrt", "Reciprocal"],
]);

/** The sum inside of a fused node. */
export function sumOf(node: NodeView): ResidualPoint {
  return { name: node.outputs[3] || `${node.outputs[0]}.sum`, sum: node };
}

/** The point that a tensor is, seen through nodes that only pass it on. */
export function pointAt(graph: GraphIndex, name: string): ResidualPoint {
  let maker = graph.maker(name);
  while (maker && passing.has(maker.type)) {
    name = maker.inputs[0];
    maker = graph.maker(name);
  }
  return maker && addAndNorm.has(maker.type) && maker.outputs[3] === name ? sumOf(maker) : { name };
}

/** The two terms of a residual addition, null for any other tensor. */
export function termsOf(graph: GraphIndex, point: ResidualPoint): [string, string] | null {
  if (point.sum) return [point.sum.inputs[0], point.sum.inputs[1]];
  let maker = graph.maker(point.name);
  // Some models lay all tokens under each other before they add.
  while (maker && (maker.type === "Reshape" || passing.has(maker.type))) {
    maker = graph.maker(maker.inputs[0]);
  }
  if (maker?.type !== "Add" || maker.inputs.some((name) => graph.isFixed(name))) return null;
  return [maker.inputs[0], maker.inputs[1]];
}

/**
 * What goes into the norm that a tensor comes out of: fused, or written out, in which case the norm
 * shows by its mean over features.
 *
 * @param output the norm's result, its gain and bias included
 * @returns null if no norm makes the tensor
 */
export function findNormInput(graph: GraphIndex, output: string): ResidualPoint | null {
  // Breadth first: the mean that is nearest belongs to this norm and to none before it.
  const queue = [output];
  const seen = new Set(queue);
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const maker = graph.maker(name);
    if (!maker) continue;
    if (addAndNorm.has(maker.type) && maker.outputs[0] === name) return sumOf(maker);
    if (norms.has(maker.type)) return pointAt(graph, maker.inputs[0]);
    if (maker.type === "ReduceMean") return pointAt(graph, normedBy(graph, maker.inputs[0]));
    if (!normParts.has(maker.type)) continue;
    for (const input of maker.inputs) {
      if (graph.isFixed(input) || seen.has(input)) continue;
      seen.add(input);
      queue.push(input);
    }
  }
  return null;
}

/** From what a norm takes the mean of, x, x² or (x - mean)², to x. */
function normedBy(graph: GraphIndex, averaged: string): string {
  const square = graph.maker(averaged);
  const isSquare = square?.type === "Pow" ||
    (square?.type === "Mul" && square.inputs[0] === square.inputs[1]);
  if (!square || !isSquare) return averaged;
  const base = square.inputs[0];
  let centred = graph.maker(base);
  while (centred && passing.has(centred.type)) centred = graph.maker(centred.inputs[0]);
  const mean = centred?.type === "Sub" ? graph.maker(centred.inputs[1]) : undefined;
  return centred && mean?.type === "ReduceMean" ? centred.inputs[0] : base;
}

/** The nodes to append so that a point's tensor exists; none where a node puts it out already. */
export function makeSum({ name, sum }: ResidualPoint): Uint8Array[] {
  if (!sum || sum.outputs[3]) return [];
  const add = (a: string, b: string, output: string) =>
    encodeNode({ type: "Add", name: output, inputs: [a, b], outputs: [output], attributes: {} });
  const bias = biasOf(sum);
  if (bias === "") return [add(sum.inputs[0], sum.inputs[1], name)];
  const half = `${name}.without_bias`;
  return [add(sum.inputs[0], sum.inputs[1], half), add(half, bias, name)];
}

/** A third term of a fused sum, "" where there is none. */
export function biasOf(sum: NodeView): string {
  return sum.inputs[sum.type === "SkipLayerNormalization" ? 4 : 3] ?? "";
}
