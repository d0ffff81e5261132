import type { NodeView } from "../../onnx/read_model.ts";
import { findByScope } from "./scopes.ts";
import type { Adapter } from "./types.ts";

/** The module in a node's name: `/model/layers.3/ln_1/Pow` → `model.layers.3.ln_1`. */
export function pathOfName({ name }: NodeView): string {
  return name.split("/").filter((part) => part !== "").slice(0, -1).join(".");
}

/**
 * `torch.onnx.export(…, dynamo=False)`: nodes are called after their modules, whatever the model was
 * wrapped into.
 */
export const torchscript: Adapter = {
  about: "torch.onnx, TorchScript exporter",
  find: (graph) => findByScope(graph, pathOfName),
};
