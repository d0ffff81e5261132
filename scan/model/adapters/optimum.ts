import { findByScope } from "./scopes.ts";
import { pathOfName } from "./torchscript.ts";
import type { Adapter } from "./types.ts";

/** The modules that hold the layers in the models of `transformers`. */
const roots: ReadonlySet<string> = new Set([
  ...["model.", "transformer.", "gpt_neox.", "model.decoder.", "backbone.", "model.text_model."],
  ...["model.language_model.", "language_model.model."],
]);

/**
 * Exports by Optimum: the TorchScript exporter called on a model of `transformers` itself, so that
 * nodes are called `/model/layers.3/input_layernorm/Pow`.
 */
export const optimum: Adapter = {
  about: "Optimum",
  find: (graph) => findByScope(graph, pathOfName, (root) => roots.has(root)),
};
