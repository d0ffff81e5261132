import { pointAt, type ResidualPoint } from "../residual_point.ts";
import { type Adapter, completeRow } from "./types.ts";

const pattern = /^(?:all_)?hidden_states?[._/-]?(\d+)$/;

/**
 * Files that were exported with `output_hidden_states`. Of those outputs the last one has the final
 * norm behind it, so that it is left aside.
 */
export const hiddenStates: Adapter = {
  about: "outputs named hidden_states",
  find(graph) {
    const points = new Map<number, ResidualPoint>();
    for (const { name } of graph.view.outputs) {
      const match = pattern.exec(name);
      if (match) points.set(Number(match[1]), pointAt(graph, name));
    }
    return completeRow(points)?.slice(0, -1) ?? null;
  },
};
