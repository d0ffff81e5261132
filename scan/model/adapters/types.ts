import type { GraphIndex } from "../../onnx/graph_index.ts";
import type { ResidualPoint } from "../residual_point.ts";

/** Knows how one kind of exporter names things. */
export interface Adapter {
  /** Which files it reads, for messages. */
  readonly about: string;
  /**
   * What goes into every layer, by the names alone: states 0 … L - 1. The last state is what the
   * final norm takes, whatever it is called.
   *
   * @returns null if the names are not of this kind, or one in the row is missing
   */
  find(graph: GraphIndex): readonly ResidualPoint[] | null;
}

/** The entries of a numbered row, null if there are none or one is missing. */
export function completeRow<T>(row: ReadonlyMap<number, T>): T[] | null {
  const items: T[] = [];
  for (let i = 0; i < row.size; i++) {
    const item = row.get(i);
    if (item === undefined) return null;
    items.push(item);
  }
  return items.length > 0 ? items : null;
}
