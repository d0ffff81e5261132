import { GraphIndex } from "../onnx/graph_index.ts";
import { encodeNode, encodeTensor, replaceInputs } from "../onnx/proto.ts";
import { readInitializer, readNode } from "../onnx/read_model.ts";
import { int64 } from "../onnx/tensor.ts";
import type { Head } from "./head.ts";

/**
 * A model that makes logits of the last token alone: before the unembedding the others are
 * dropped, so that this product, the largest of many models, is taken once a prompt.
 *
 * Graphs that have other axes there do not run afterwards: try it out.
 *
 * @returns a new index; the views of unchanged nodes are shared
 */
export function keepLastToken({ view }: GraphIndex, { factor }: Head): GraphIndex {
  const last = `${factor}.last_token`;
  const index = `${last}.index`;
  const gather = readNode(
    encodeNode({
      type: "Gather",
      name: last,
      inputs: [factor, index],
      outputs: [last],
      attributes: { axis: { kind: "int", value: 1 } },
    }),
  );
  const nodes = view.nodes.flatMap((node) => {
    if (node.outputs.includes(factor)) return [node, gather];
    if (!node.inputs.includes(factor)) return [node];
    const inputs = node.inputs.map((name) => name === factor ? last : name);
    return [readNode(replaceInputs(node.bytes, inputs))];
  });
  const initializers = [
    ...view.initializers,
    readInitializer(encodeTensor(index, int64([1], [-1]))),
  ];
  return new GraphIndex({ ...view, nodes, initializers });
}
