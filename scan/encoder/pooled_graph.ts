import { Graph, type Value } from "../onnx/graph.ts";
import { Ops } from "../onnx/ops.ts";

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

type Parameters = Readonly<Record<string, Value>>;

/** [m, dModel] → [m, particles × code] */
export function encodePooled(o: Ops, p: Parameters, sizes: PooledSizes, x: Value): Value {
  return dense(o, p, sizes, "spread", activate(o, dense(o, p, sizes, "read", x)));
}

/** [m, particles × code] → [m, dModel] */
export function decodePooled(o: Ops, p: Parameters, sizes: PooledSizes, codes: Value): Value {
  return dense(o, p, sizes, "rebuild", activate(o, dense(o, p, sizes, "gather", codes)));
}

/** Mean squared error of the reconstruction, a scalar. */
export function pooledLoss(o: Ops, p: Parameters, sizes: PooledSizes, x: Value): Value {
  const rebuilt = decodePooled(o, p, sizes, encodePooled(o, p, sizes, x));
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
  const codes = encodePooled(o, parameters, sizes, x);
  const rebuilt = decodePooled(o, parameters, sizes, codes);
  graph.output("codes", codes);
  graph.output("loss", o.reduceMean(o.square(o.sub(rebuilt, x))));
  return graph.toModel();
}

/**
 * Factor on the products of the two layers at the particles, whose starting weights are larger by
 * as much. Adam moves every weight by about the step size, and where 16,384 of them move an output
 * together the first steps overshoot (loss 1 → 5, measured); the factor makes those two layers learn
 * at a tenth of the pace of the others, at any width in inverse proportion to it.
 */
export function paceOf(layer: string, { particles, code }: PooledSizes): number {
  const wide = layer === "spread" || layer === "gather";
  return wide ? Math.min(1, 1638.4 / (particles * code)) : 1;
}

function dense(o: Ops, p: Parameters, sizes: PooledSizes, layer: LayerName, x: Value): Value {
  const pace = paceOf(layer, sizes);
  const product = o.matmul(x, p[`${layer}.weight`]);
  return o.add(pace === 1 ? product : o.mul(product, pace), p[`${layer}.bias`]);
}

/** Sigmoid-weighted identity (SiLU, Elfwing et al. 2017): smooth, so that particles move without kinks. */
function activate(o: Ops, x: Value): Value {
  return o.mul(x, o.sigmoid(x));
}
