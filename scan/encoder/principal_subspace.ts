import type { Engine } from "../onnx/engine.ts";
import { Graph } from "../onnx/graph.ts";
import { Ops } from "../onnx/ops.ts";
import { createRandom } from "../onnx/random.ts";
import { float32 } from "../onnx/tensor.ts";
import { drawNormal } from "./fields.ts";
import { readBlocks, type Rows, rowsPerBlock } from "./rows.ts";

/** Rounds of the iteration; the spectrum of hidden states falls fast enough for few. */
const nRounds = 4;

/**
 * Directions that hold most of the variance of centred points, by orthogonal (subspace) iteration from
 * a seeded start (Golub & Van Loan, Matrix Computations, 8.2): an orthonormal basis, about in the order
 * of the variance along it. The products run on the device.
 *
 * @param points [n, d] float32, centred; many of them are gone over in blocks
 * @param nAxes 1 … d; where the points span fewer directions the rest are any orthonormal ones
 * @returns [d, nAxes] float32, one direction a column; the caller owns it
 */
export async function findPrincipalSubspace(
  engine: Engine,
  points: Rows,
  nAxes: number,
  seed: number,
  nRows: number = rowsPerBlock(points),
): Promise<Float32Array> {
  const { d } = points;
  const random = createRandom(seed + 2 ** 33);
  let axes: Float32Array = Float32Array.from({ length: d * nAxes }, () => drawNormal(random));
  orthonormalize(axes, d, nAxes);

  const graph = new Graph();
  const o = new Ops(graph);
  const block = graph.input("block", "float32", [nRows, d]);
  const basis = graph.input("basis", "float32", [d, nAxes]);
  graph.output("turned", o.matmul(o.swapLast(block), o.matmul(block, basis)));
  const session = await engine.load(graph.toModel());
  try {
    for (let round = 0; round < nRounds; round++) {
      let next: Float32Array | null = null;
      for (const { data } of readBlocks(points, nRows)) {
        const { turned } = await session.run({
          block: float32([nRows, d], data),
          basis: float32([d, nAxes], axes),
        });
        if (next) addScaled(next, turned.data as Float32Array, 1);
        else next = turned.data as Float32Array;
      }
      if (!next) return axes;
      // A direction without any variance keeps what it was.
      addScaled(next, axes, 1e-6 * Math.sqrt(sumOfSquares(next) / nAxes));
      orthonormalize(next, d, nAxes);
      axes = next;
    }
    return axes;
  } finally {
    await session.release();
  }
}

/** Sum of the squares of all entries. @param sum what it is added to */
export function sumOfSquares(values: Float32Array, sum = 0): number {
  for (const v of values) sum += v * v;
  return sum;
}

function addScaled(to: Float32Array, from: Float32Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i] += scale * from[i];
}

/** Modified Gram–Schmidt over the columns of a [d, nAxes] matrix, twice for columns that nearly vanish. */
function orthonormalize(columns: Float32Array, d: number, nAxes: number): void {
  // Rows of the transposed lie together in memory.
  const rows = Array.from(
    { length: nAxes },
    (_, j) => Float64Array.from({ length: d }, (_, c) => columns[c * nAxes + j]),
  );
  const dot = (a: Float64Array, b: Float64Array) => {
    let sum = 0;
    for (let c = 0; c < d; c++) sum += a[c] * b[c];
    return sum;
  };
  rows.forEach((row, j) => {
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < j; k++) {
        const share = dot(row, rows[k]);
        for (let c = 0; c < d; c++) row[c] -= share * rows[k][c];
      }
      const length = Math.sqrt(dot(row, row)) || 1;
      for (let c = 0; c < d; c++) row[c] /= length;
    }
    for (let c = 0; c < d; c++) columns[c * nAxes + j] = row[c];
  });
}
