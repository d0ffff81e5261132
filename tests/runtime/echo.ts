/** A tensor of each element type and a graph that gives back what it takes, for every runtime. */
import type { Engine } from "../../scan/onnx/engine.ts";
import { Graph } from "../../scan/onnx/graph.ts";
import { type DType, type Tensor, tensor } from "../../scan/onnx/tensor.ts";

export const samples: { readonly [D in DType]: Tensor<D> } = {
  float32: tensor("float32", [3], Float32Array.of(0.5, -1, 2)),
  float64: tensor("float64", [3], Float64Array.of(0.1, -1, 2)),
  int32: tensor("int32", [3], Int32Array.of(1, -2, 3)),
  int64: tensor("int64", [3], BigInt64Array.of(1n, -2n, 2n ** 40n)),
  uint8: tensor("uint8", [3], Uint8Array.of(0, 1, 255)),
  bool: tensor("bool", [3], Uint8Array.of(0, 1, 1)),
  // 0.5, -1 and 2
  float16: tensor("float16", [3], Uint16Array.of(0x3800, 0xbc00, 0x4000)),
};

/** What the engine gives back for a tensor that goes through a graph without a node. */
export async function echo(engine: Engine, sample: Tensor): Promise<Tensor> {
  const graph = new Graph();
  graph.output("y", graph.input("x", sample.dtype, ["n"]));
  const session = await engine.load(graph.toModel());
  try {
    return (await session.run({ x: sample })).y;
  } finally {
    await session.release();
  }
}

/** A tensor in words, for results that cross from a browser. */
export function describe({ dtype, shape, data }: Tensor): string {
  return `${dtype} [${[...shape]}] ${data.constructor.name} ${data.join(" ")}`;
}
