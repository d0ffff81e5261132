import assert from "node:assert/strict";
import type { Value } from "../../scan/onnx/graph.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import { gradient } from "../../scan/onnx/gradient.ts";
import { Graph } from "../../scan/onnx/graph.ts";
import { Ops } from "../../scan/onnx/ops.ts";
import { type Tensor, tensor } from "../../scan/onnx/tensor.ts";

type Named<T> = Readonly<Record<string, T>>;

/** A loss with the values at which its gradient is checked. */
export interface GradientCase {
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** By name, float32. */
  readonly start: Named<Float32Array>;
  /** Further inputs: float64 or int64 tensors by name. */
  readonly data: Named<Tensor<"float64"> | Tensor<"int64">>;
  readonly buildLoss: (o: Ops, parameters: Named<Value>, data: Named<Value>) => Value;
}

/**
 * Holds the symbolic gradient of a loss to central differences, both in float64, at about five entries
 * of each parameter.
 */
export async function checkGradient(engine: Engine, one: GradientCase): Promise<void> {
  const { parameters, data, start, buildLoss } = one;
  const graph = new Graph();
  const o = new Ops(graph);
  const inputs = Object.fromEntries(
    Object.entries(data).map(([name, t]) => [name, graph.input(name, t.dtype, t.shape)]),
  );
  const values = parameters.map(({ name, shape }) => graph.input(name, "float64", shape));
  const byName = Object.fromEntries(parameters.map(({ name }, i) => [name, values[i]]));
  const loss = buildLoss(o, byName, inputs);
  gradient(graph, loss, values).forEach((g, i) =>
    graph.output(`gradient.${parameters[i].name}`, g)
  );
  graph.output("loss", loss);
  const session = await engine.load(graph.toModel());
  try {
    const weights = Object.fromEntries(
      parameters.map((
        { name, shape },
      ) => [name, tensor("float64", shape, Float64Array.from(start[name]))]),
    );
    const feeds = { ...data, ...weights };
    const result = await session.run(feeds);
    const lossAt = async () => Number((await session.run(feeds, ["loss"])).loss.data[0]);
    const step = 1e-5;
    for (const { name } of parameters) {
      const values = weights[name].data;
      const derived = result[`gradient.${name}`].data;
      // The first and the last among them.
      for (let i = 0; i < values.length; i += Math.max(1, Math.floor((values.length - 1) / 4))) {
        const kept = values[i];
        values[i] = kept + step;
        const above = await lossAt();
        values[i] = kept - step;
        const below = await lossAt();
        values[i] = kept;
        const expected = (above - below) / (2 * step);
        assert.ok(
          Math.abs(Number(derived[i]) - expected) < 1e-8 + 1e-6 * Math.abs(expected),
          `${name}[${i}]: ${derived[i]} against ${expected}`,
        );
      }
    }
  } finally {
    await session.release();
  }
}
