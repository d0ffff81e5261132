import { Graph, type Value } from "../onnx/graph.ts";
import { Ops } from "../onnx/ops.ts";
import { sizeOf } from "../onnx/tensor.ts";
import { createRandom } from "../projection/random.ts";

/** Sizes of the pooled autoencoder. */
export interface PooledSizes {
  readonly dModel: number;
  readonly hidden: number;
  readonly particles: number;
  readonly code: number;
}

/** A trained tensor and the number of inputs that each of its outputs sums. */
export interface PooledParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly fanIn: number;
}

/** The tensors of four dense layers: dModel → hidden → particles × code → hidden → dModel. */
export function listPooledParameters(sizes: PooledSizes): PooledParameter[] {
  const { dModel, hidden, particles, code } = sizes;
  const widths = [dModel, hidden, particles * code, hidden, dModel];
  return layerNames.flatMap((layer, i) => [
    { name: `${layer}.weight`, shape: [widths[i], widths[i + 1]], fanIn: widths[i] },
    { name: `${layer}.bias`, shape: [widths[i + 1]], fanIn: widths[i] },
  ]);
}

const layerNames = ["read", "spread", "gather", "rebuild"] as const;
type LayerName = typeof layerNames[number];

/**
 * Weights to start from: uniform within ±1 / √fanIn, as PyTorch's `Linear` starts.
 *
 * @returns arrays by name; the caller owns them
 */
export function createPooledParameters(
  sizes: PooledSizes,
  seed: number,
): Record<string, Float32Array> {
  const random = createRandom(seed);
  return Object.fromEntries(
    listPooledParameters(sizes).map(({ name, shape, fanIn }) => {
      const bound = 1 / Math.sqrt(fanIn);
      const weights = new Float32Array(sizeOf(shape));
      for (let i = 0; i < weights.length; i++) weights[i] = (2 * random.next() - 1) * bound;
      return [name, weights];
    }),
  );
}

type Parameters = Readonly<Record<string, Value>>;

/** [m, dModel] → [m, particles × code] */
export function encodePooled(o: Ops, parameters: Parameters, x: Value): Value {
  return dense(o, parameters, "spread", activate(o, dense(o, parameters, "read", x)));
}

/** [m, particles × code] → [m, dModel] */
export function decodePooled(o: Ops, parameters: Parameters, codes: Value): Value {
  return dense(o, parameters, "rebuild", activate(o, dense(o, parameters, "gather", codes)));
}

/** Mean squared error of the reconstruction, a scalar. */
export function pooledLoss(o: Ops, parameters: Parameters, x: Value): Value {
  const rebuilt = decodePooled(o, parameters, encodePooled(o, parameters, x));
  return o.reduceMean(o.square(o.sub(rebuilt, x)));
}

/** A graph from `x` [m, dModel] and the parameters by name to `codes` [m, particles × code] and `loss` []. */
export function buildPooledForward(sizes: PooledSizes, m: number): Uint8Array {
  const graph = new Graph();
  const o = new Ops(graph);
  const x = graph.input("x", "float32", [m, sizes.dModel]);
  const parameters = Object.fromEntries(
    listPooledParameters(sizes).map((
      { name, shape },
    ) => [name, graph.input(name, "float32", shape)]),
  );
  const codes = encodePooled(o, parameters, x);
  const rebuilt = decodePooled(o, parameters, codes);
  graph.output("codes", codes);
  graph.output("loss", o.reduceMean(o.square(o.sub(rebuilt, x))));
  return graph.toModel();
}

function dense(o: Ops, parameters: Parameters, layer: LayerName, x: Value): Value {
  return o.add(o.matmul(x, parameters[`${layer}.weight`]), parameters[`${layer}.bias`]);
}

/** Sigmoid-weighted identity (SiLU, Elfwing et al. 2017): smooth, so that particles move without kinks. */
function activate(o: Ops, x: Value): Value {
  return o.mul(x, o.sigmoid(x));
}
