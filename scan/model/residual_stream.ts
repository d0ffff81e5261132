import type { GraphIndex } from "../onnx/graph_index.ts";
import { type AdapterName, adapters } from "./adapters/mod.ts";
import { findHead, type Head } from "./head.ts";
import type { ResidualPoint } from "./residual_point.ts";
import { followResiduals } from "./structural_search.ts";

/** Where a model's graph holds its hidden states, and what makes logits of the last one. */
export interface ResidualStream {
  /** What found it. */
  readonly scheme: AdapterName | "structure";
  /** States 0 … L: what goes into each layer, then what goes into the final norm. */
  readonly points: readonly ResidualPoint[];
  readonly head: Head;
}

/**
 * Finds the residual stream of a decoder: by the names that its exporter gives, or else by the form
 * of the graph.
 *
 * @param nLayers number of layers where it is known from elsewhere
 * @throws {TypeError} if there is none; the message says what was seen instead
 */
export function findResidualStream(graph: GraphIndex, nLayers?: number): ResidualStream {
  const head = findHead(graph);
  const least = nLayers ?? followResiduals(graph, head.last).points.length - 1;
  let scheme: ResidualStream["scheme"] = "structure";
  let points: readonly ResidualPoint[] | null = null;
  for (const [name, adapter] of Object.entries(adapters)) {
    const found = adapter.find(graph);
    // Names can lie, and optimisers leave some of them out: each state must be computed from the one
    // before, and there must be as many as there are layers.
    if (!found || found.length < least || !isChain(graph, [...found, head.last])) continue;
    scheme = name as AdapterName;
    points = [...found, head.last];
    break;
  }
  points ??= searchStructure(graph, head.last);
  if (nLayers !== undefined && points.length - 1 !== nLayers) {
    throw new TypeError(
      `Cannot find the model's hidden states: expected ${nLayers} layers by config.json, got ` +
        `${points.length - 1} in the graph (found by ${scheme}). If the file holds a part of the ` +
        "model only, take the whole one; else config.json belongs to another model.",
    );
  }
  return { scheme, points, head };
}

function isChain(graph: GraphIndex, points: readonly ResidualPoint[]): boolean {
  return points.every((point, i) => {
    if (i === 0) return true;
    const from = points[i - 1].name;
    const to = point.sum ? point.sum.outputs[0] : point.name;
    return to !== from && graph.depends(to, from);
  });
}

function searchStructure(graph: GraphIndex, last: ResidualPoint): readonly ResidualPoint[] {
  const { points, nAdditions, start } = followResiduals(graph, last);
  if (points.length > 1) return points;
  const reads = graph.view.inputs.map(({ name }) => name).filter((name) => !/past/.test(name));
  throw new TypeError(
    "Cannot find the model's hidden states: expected a chain of residual additions with attention " +
      `from the embedding to the final norm, got ${nAdditions} additions without attention between ` +
      `${start} and "${last.name}"; the model takes ${
        reads.slice(0, 6).join(", ")
      }. Norms that stand on ` +
      "the stream itself are an encoder's (BERT): take a decoder-only model. Otherwise name the " +
      "tensors hidden_states.0 … hidden_states.<layers> when the file is exported.",
  );
}
