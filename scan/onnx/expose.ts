import { encodeGraphPart, encodeValueInfo, type GraphPart } from "./proto.ts";
import { readModel, readNode } from "./read_model.ts";

/**
 * Makes inner tensors outputs of a model: appends a few bytes to the file, since protobuf merges
 * messages that follow each other. What is an output already stays one, so that doing it twice does
 * no harm.
 *
 * @param model an ONNX file
 * @param extra encoded nodes and weights to append besides; `names` may be of what those nodes make,
 *   and a weight with an input's name is what the input is when it is not fed
 * @returns a new file; the same one if there is nothing to add
 * @throws {RangeError} if the model has no tensor of a name
 * @throws {SyntaxError} if the bytes are no ONNX file
 */
export function exposeTensors(
  model: Uint8Array,
  names: readonly string[],
  extra: Omit<GraphPart, "outputs"> = {},
): Uint8Array {
  const { nodes, outputs } = readModel(model);
  const made = new Set(nodes.flatMap((node) => node.outputs));
  for (const node of extra.nodes ?? []) for (const name of readNode(node).outputs) made.add(name);
  const already = new Set(outputs.map(({ name }) => name));
  const added: Uint8Array[] = [];
  for (const name of new Set(names)) {
    if (already.has(name)) continue;
    if (!made.has(name)) {
      throw new RangeError(
        `Cannot expose "${name}": expected a tensor that a node makes, got none`,
      );
    }
    added.push(encodeValueInfo(name));
  }
  if (added.length === 0 && !extra.nodes?.length && !extra.initializers?.length) return model;
  const appendix = encodeGraphPart({ ...extra, outputs: added });
  const result = new Uint8Array(model.length + appendix.length);
  result.set(model);
  result.set(appendix, model.length);
  return result;
}
