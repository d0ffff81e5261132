import { pointAt, type ResidualPoint } from "../residual_point.ts";
import { type Adapter, completeRow } from "./types.ts";

const pattern = /^hidden_states\.(\d+)$/;

/** Files of this project, in which the tensors themselves are called `hidden_states.0` and so on. */
export const own: Adapter = {
  about: "inner tensors named hidden_states.N",
  find(graph) {
    const points = new Map<number, ResidualPoint>();
    for (const { outputs } of graph.view.nodes) {
      for (const name of outputs) {
        const match = pattern.exec(name);
        if (match) points.set(Number(match[1]), pointAt(graph, name));
      }
    }
    return completeRow(points)?.slice(0, -1) ?? null;
  },
};
