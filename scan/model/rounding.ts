import type { GraphIndex } from "../onnx/graph_index.ts";
import { bfloat16Type } from "../onnx/declarations.ts";
import { dataTypes } from "../onnx/proto.ts";
import { typeAt } from "./cut.ts";
import type { ResidualStream } from "./residual_stream.ts";

/**
 * What rounding alone may do to a hidden state when the same tokens are run again in a longer or another
 * prompt, as a share of the layer's mean norm. In float32 a runtime may cut a sum in other places: a
 * thousandth leaves room for thousands of roundings of 6e-8. In 16 bits one of them is 5e-4 or more.
 */
const roundings = { float32: 1e-3, half: 2e-2, dynamic: 0.2 } as const;

/** Operators that round what they are given by the largest number in it: of all tokens together. */
const dynamicQuantisers = /^(DynamicQuantize|MatMulInteger)/;

/** Largest deviation of two runs that is no sign of a fault. */
export function roundingOf(graph: GraphIndex, { points }: ResidualStream): number {
  if (graph.view.nodes.some(({ type }) => dynamicQuantisers.test(type))) return roundings.dynamic;
  const types: readonly number[] = points.map((point) => typeAt(graph, point));
  const inHalf = types.some((type) => type === dataTypes.float16 || type === bfloat16Type);
  return inHalf ? roundings.half : roundings.float32;
}
