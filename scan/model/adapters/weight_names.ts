import { findNormInput, type ResidualPoint } from "../residual_point.ts";
import { readPath } from "./scopes.ts";
import { type Adapter, completeRow } from "./types.ts";

/**
 * Files whose nodes lost their names, but whose weights are still called
 * `model.layers.3.input_layernorm.weight`: old exports of torch.onnx, and files that went through an
 * optimiser.
 */
export const weightNames: Adapter = {
  about: "names of the norms' weights",
  find(graph) {
    const points = new Map<number, ResidualPoint>();
    for (const { name } of graph.view.initializers) {
      const path = readPath(name.replace(/\.weight$/, ""));
      if (!path || !name.endsWith(".weight")) continue;
      const [norm] = graph.readers(name);
      const point = norm && findNormInput(graph, norm.outputs[0]);
      if (point) points.set(path.layer, point);
    }
    return completeRow(points);
  },
};
