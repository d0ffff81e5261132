import { readPath } from "./scopes.ts";
import { pointAt, type ResidualPoint, sumOf } from "../residual_point.ts";
import { type Adapter, completeRow } from "./types.ts";

/**
 * Files of the ONNX Runtime GenAI builder: every layer begins with one fused node,
 * `/model/layers.3/input_layernorm/SkipLayerNorm`, whose fourth output is the residual stream; the
 * first layer's, `…/LayerNorm`, has nothing to add yet.
 */
export const genai: Adapter = {
  about: "ONNX Runtime GenAI builder",
  find(graph) {
    const points = new Map<number, ResidualPoint>();
    for (const node of graph.view.nodes) {
      const match = /^\/(.*)\/(Skip)?LayerNorm$/.exec(node.name);
      const path = match && readPath(match[1].replaceAll("/", "."));
      if (!path) continue;
      points.set(path.layer, match[2] ? sumOf(node) : pointAt(graph, node.inputs[0]));
    }
    return completeRow(points);
  },
};
