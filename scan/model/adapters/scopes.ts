import type { GraphIndex } from "../../onnx/graph_index.ts";
import type { NodeView } from "../../onnx/read_model.ts";
import { findNormInput, type ResidualPoint } from "../residual_point.ts";
import { completeRow } from "./types.ts";

/**
 * Module paths of PyTorch models, which most exporters keep in one place or another:
 * `model.layers.3.input_layernorm`, `transformer.h.3.ln_1`.
 */

/** What the first norm of a layer is called in the models of `transformers`. */
const firstNorms = [
  ...["input_layernorm", "ln_1", "norm_1", "self_attn_layer_norm", "ln_attn", "attention_norm"],
  ...["attn_norm", "pre_attention_layernorm", "input_norm", "operator_norm", "temporal_pre_norm"],
];

/** The path of a layer's first norm, its last group the layer's number. */
const firstNormPath = new RegExp(
  String.raw`^(.*?)(?:layers|layer|h|blocks|block)\.(\d+)\.(?:${firstNorms.join("|")})$`,
);

/** A module path taken apart, null if it is not that of a layer's first norm. */
export function readPath(path: string): { readonly root: string; readonly layer: number } | null {
  const match = firstNormPath.exec(path);
  return match && { root: match[1], layer: Number(match[2]) };
}

/**
 * Finds what goes into each layer's first norm, from nodes that tell their module.
 *
 * @param pathOf the module a node comes from, dots between its parts
 * @param accepts roots before the layers, such as `model.`; all by default
 */
export function findByScope(
  graph: GraphIndex,
  pathOf: (node: NodeView) => string,
  accepts: (root: string) => boolean = () => true,
): ResidualPoint[] | null {
  const scopes = new Map<number, NodeView[]>();
  for (const node of graph.view.nodes) {
    const path = readPath(pathOf(node));
    if (!path || !accepts(path.root)) continue;
    scopes.set(path.layer, [...scopes.get(path.layer) ?? [], node]);
  }
  const points = new Map<number, ResidualPoint>();
  for (const [layer, nodes] of scopes) {
    const point = inputOf(graph, nodes);
    if (point) points.set(layer, point);
  }
  return points.size === scopes.size ? completeRow(points) : null;
}

/** What the norm that some nodes make up takes: what leaves them is the norm's result. */
function inputOf(graph: GraphIndex, nodes: readonly NodeView[]): ResidualPoint | null {
  const own = new Set(nodes);
  // From the end: exporters let other modules read this one's constants and casts. A fused node
  // puts out the sum besides, so that its first output counts.
  for (const { outputs: [result] } of nodes.toReversed()) {
    if (graph.isFixed(result) || graph.readers(result).every((reader) => own.has(reader))) continue;
    const point = findNormInput(graph, result);
    if (point) return point;
  }
  return null;
}
