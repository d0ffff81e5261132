import { encodeGraphPart, encodeValueInfo } from "./proto.ts";
import { readModel } from "./read_model.ts";

/**
 * Makes inner tensors outputs of a model: appends a few bytes to the file, since protobuf merges
 * messages that follow each other. What is an output already stays one, so that doing it twice does
 * no harm.
 *
 * @param model an ONNX file
 * @returns a new file; the same one if there is nothing to add
 * @throws {RangeError} if the model has no tensor of a name
 * @throws {SyntaxError} if the bytes are no ONNX file
 */
export function exposeTensors(model: Uint8Array, names: readonly string[]): Uint8Array {
  const { nodes, outputs } = readModel(model);
  const made = new Set(nodes.flatMap((node) => node.outputs));
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
  if (added.length === 0) return model;
  const appendix = encodeGraphPart({ outputs: added });
  const result = new Uint8Array(model.length + appendix.length);
  result.set(model);
  result.set(appendix, model.length);
  return result;
}
