import type { Engine } from "../onnx/engine.ts";
import { Graph } from "../onnx/graph.ts";
import { Ops } from "../onnx/ops.ts";
import { float32 } from "../onnx/tensor.ts";
import { findPrincipalSubspace, sumOfSquares } from "./principal_subspace.ts";
import type { TokenStates } from "./token_states.ts";

/** Token states along their strongest directions. */
export interface ReducedStates extends TokenStates {
  /** Sum of squares that lies outside of these directions. */
  readonly lost: number;
}

/**
 * Takes wide states to their strongest principal directions, so that training costs the same whatever
 * the model's width. An autoencoder whose particles read fewer channels than that rebuilds next to
 * nothing outside of them; what is left out counts as not explained.
 *
 * @param most directions kept; states that are no wider stay as they are
 * @returns states whose `dModel` is at most `most`
 */
export async function reduceStates(
  engine: Engine,
  states: TokenStates,
  most: number,
  seed: number,
): Promise<ReducedStates> {
  const { x, dModel } = states;
  if (dModel <= most) return { ...states, lost: 0 };
  const n = x.length / dModel;
  const axes = await findPrincipalSubspace(engine, x, n, dModel, most, seed);
  const graph = new Graph();
  const product = new Ops(graph).matmul(
    graph.input("x", "float32", [n, dModel]),
    graph.input("axes", "float32", [dModel, most]),
  );
  graph.output("reduced", product);
  const session = await engine.load(graph.toModel());
  try {
    const { reduced } = await session.run({
      x: float32([n, dModel], x),
      axes: float32([dModel, most], axes),
    });
    const kept = reduced.data as Float32Array;
    const lost = Math.max(0, sumOfSquares(x) - sumOfSquares(kept));
    return { ...states, dModel: most, x: kept, lost };
  } finally {
    await session.release();
  }
}
