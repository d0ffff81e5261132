import { readNotes } from "../../onnx/declarations.ts";
import type { NodeView } from "../../onnx/read_model.ts";
import { findByScope } from "./scopes.ts";
import type { Adapter } from "./types.ts";

/** The note holds a Python list: the modules from the outermost in, then the node's own name. */
function pathOfNote({ bytes }: NodeView): string {
  const note = readNotes(bytes).get("pkg.torch.onnx.name_scopes") ?? "";
  return [...note.matchAll(/'([^']*)'/g)].map((match) => match[1]).at(-2) ?? "";
}

/** `torch.onnx.export(…, dynamo=True)`: names say nothing, the module stands in a note of each node. */
export const dynamo: Adapter = {
  about: "torch.onnx, dynamo exporter",
  find: (graph) => findByScope(graph, pathOfNote),
};
