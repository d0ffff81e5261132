import type { Engine } from "../onnx/engine.ts";
import { Graph } from "../onnx/graph.ts";
import { Ops } from "../onnx/ops.ts";
import { float32 } from "../onnx/tensor.ts";
import { findPrincipalSubspace, sumOfSquares } from "./principal_subspace.ts";
import { readBlocks, rowsOf, rowsPerBlock } from "./rows.ts";
import type { CentredStates, TokenStates } from "./token_states.ts";

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
 * Wide states are made and taken in blocks of rows: they are never all in memory a second time.
 *
 * @param most directions kept; states that are no wider stay as they are
 * @param nRows rows of a block
 * @returns states whose `dModel` is at most `most`
 */
export async function reduceStates(
  engine: Engine,
  states: CentredStates,
  most: number,
  seed: number,
  nRows: number = rowsPerBlock(states.rows),
): Promise<ReducedStates> {
  const { rows, dModel } = states;
  const { n } = rows;
  if (dModel <= most) {
    const x = new Float32Array(n * dModel);
    rows.fill(x, 0, n);
    return { ...states, x, lost: 0 };
  }
  const axes = await findPrincipalSubspace(engine, rows, most, seed, nRows);
  const graph = new Graph();
  const product = new Ops(graph).matmul(
    graph.input("block", "float32", [nRows, dModel]),
    graph.input("axes", "float32", [dModel, most]),
  );
  graph.output("reduced", product);
  const session = await engine.load(graph.toModel());
  try {
    const x = new Float32Array(n * most);
    let squares = 0;
    for (const { data, first, count } of readBlocks(rows, nRows)) {
      const { reduced } = await session.run({
        block: float32([nRows, dModel], data),
        axes: float32([dModel, most], axes),
      });
      x.set((reduced.data as Float32Array).subarray(0, count * most), first * most);
      squares = sumOfSquares(data, squares);
    }
    const lost = Math.max(0, squares - sumOfSquares(x));
    return { ...states, dModel: most, x, rows: rowsOf(x, n, most), lost };
  } finally {
    await session.release();
  }
}
