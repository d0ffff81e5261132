import { float32Type } from "../onnx/declarations.ts";
import { extractPart } from "../onnx/extract.ts";
import type { GraphIndex } from "../onnx/graph_index.ts";
import { encodeNode, encodeValueInfo, replaceInputs } from "../onnx/proto.ts";
import { type ModelView, type NodeView, readInitializer, readNode } from "../onnx/read_model.ts";
import { biasOf, makeSum, type ResidualPoint } from "./residual_point.ts";

/** A part of a model that runs on hidden states. */
export interface Part {
  /** ONNX file. External data stays where it is. */
  readonly model: Uint8Array;
  /** Name of the input that takes the states: float32 [batch, nTokens, dModel], whatever the model computes in. */
  readonly input: string;
  /** Names of its outputs, in the order in which they were asked for; all float32. */
  readonly outputs: readonly string[];
}

/** Element type of the hidden states at a point. */
export function typeAt(graph: GraphIndex, { name, sum }: ResidualPoint): number {
  return graph.elementType(sum ? sum.inputs[0] : name);
}

/** A tensor as float32: its name, and the node that casts it where it is of another type. */
export function asFloat32Output(
  name: string,
  elementType: number,
): { readonly name: string; readonly nodes: readonly Uint8Array[] } {
  if (elementType === float32Type) return { name, nodes: [] };
  const cast = `${name}.float32`;
  return { name: cast, nodes: [castNode(name, cast, float32Type)] };
}

/** A point as a float32 tensor: its name, and the nodes that make it. */
export function exposePoint(
  graph: GraphIndex,
  point: ResidualPoint,
): { readonly name: string; readonly nodes: readonly Uint8Array[] } {
  const { name, nodes } = asFloat32Output(point.name, typeAt(graph, point));
  return { name, nodes: [...makeSum(point), ...nodes] };
}

/**
 * Cuts a model at a point of its residual stream and keeps what leads from there to some tensors.
 *
 * @param dModel size of a state, without which the runtime cannot check some graphs
 * @param defaults encoded weights that stand for inputs, see `feeds.ts`
 * @throws {RangeError} if `to` does not depend on the point
 */
export function cutAt(
  graph: GraphIndex,
  point: ResidualPoint,
  to: readonly string[],
  dModel: number,
  defaults: readonly Uint8Array[] = [],
): Part {
  const { view } = graph;
  const elementType = typeAt(graph, point);
  const input = point.sum || elementType !== float32Type ? `${point.name}.input` : point.name;
  const states = elementType === float32Type ? input : `${input}.cast`;
  const nodes: Uint8Array[] = [];
  if (states !== input) nodes.push(castNode(input, states, elementType));
  let kept = view.nodes;
  if (point.sum) {
    // The node norms the sum of two terms; with nothing for the second it norms the states.
    const { sum } = point;
    const { name: none, nodes: makers } = makeNothing(states, biasOf(sum));
    nodes.push(...makers);
    const bytes = replaceInputs(sum.bytes, [states, none, ...sum.inputs.slice(2)]);
    kept = kept.map((node) => node === sum ? readNode(bytes) : node);
  } else if (states !== point.name) {
    kept = kept.filter((node) => !node.outputs.includes(point.name));
    nodes.push(identity(states, point.name));
  } else {
    kept = kept.filter((node) => !node.outputs.includes(point.name));
  }
  const outputs = to.map((name) => asFloat32Output(name, graph.elementType(name)));
  const changed: ModelView = {
    ...view,
    nodes: [
      ...nodes.map(readNode),
      ...kept,
      ...outputs.flatMap((output): NodeView[] => output.nodes.map(readNode)),
    ],
    initializers: [...view.initializers, ...defaults.map(readInitializer)],
    inputs: [{ name: input, bytes: encodeValueInfo(input, "float32") }, ...view.inputs],
  };
  const shape = ["states_batch", "states_tokens", dModel];
  const names = outputs.map(({ name }) => name);
  return {
    model: extractPart(changed, [{ name: input, dtype: "float32", shape }], names),
    input,
    outputs: names,
  };
}

/** Zeros of the states' shape, less the bias that the node will add. */
function makeNothing(states: string, bias: string): { name: string; nodes: Uint8Array[] } {
  const subtract = (a: string, b: string, output: string) =>
    encodeNode({ type: "Sub", name: output, inputs: [a, b], outputs: [output], attributes: {} });
  const zeros = `${states}.zeros`;
  const nodes = [subtract(states, states, zeros)];
  if (bias === "") return { name: zeros, nodes };
  const name = `${zeros}.without_bias`;
  return { name, nodes: [...nodes, subtract(zeros, bias, name)] };
}

function castNode(from: string, to: string, elementType: number): Uint8Array {
  return encodeNode({
    type: "Cast",
    name: to,
    inputs: [from],
    outputs: [to],
    attributes: { to: { kind: "int", value: elementType } },
  });
}

function identity(from: string, to: string): Uint8Array {
  return encodeNode({
    type: "Identity",
    name: `${to}.identity`,
    inputs: [from],
    outputs: [to],
    attributes: {},
  });
}
