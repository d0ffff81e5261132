import type { Session } from "../onnx/engine.ts";
import { exposeTensors } from "../onnx/expose.ts";
import type { GraphIndex } from "../onnx/graph_index.ts";
import { float32, freeArray, type Tensor } from "../onnx/tensor.ts";
import { asFloat32Output, exposePoint } from "./cut.ts";
import type { ResidualStream } from "./residual_stream.ts";

/** A model's file with its hidden states among the outputs. */
export interface ExposedModel {
  readonly model: Uint8Array;
  /** Names of the outputs with states 0 … L, float32 [1, nTokens, dModel] each. */
  readonly states: readonly string[];
  /** Name of the output with the logits, float32. */
  readonly logits: string;
}

/**
 * Makes the hidden states outputs of a model, by appending to its bytes: what is not float32 is cast,
 * a sum that stands in no tensor is added up anew.
 *
 * @param defaults encoded weights to append besides, see `feeds.ts`
 */
export function exposeStates(
  model: Uint8Array,
  graph: GraphIndex,
  { points, head }: ResidualStream,
  defaults: readonly Uint8Array[] = [],
): ExposedModel {
  const states = points.map((point) => exposePoint(graph, point));
  const logits = asFloat32Output(head.logits, graph.elementType(head.logits));
  const names = states.map(({ name }) => name);
  return {
    model: exposeTensors(model, [...names, logits.name], {
      nodes: [...states, logits].flatMap(({ nodes }) => nodes),
      initializers: defaults,
    }),
    states: names,
    logits: logits.name,
  };
}

/** Makes the inputs of one prompt, or of a batch of runs of it, as `planFeeds()` of `feeds.ts` does. */
export type Feed = (ids: readonly number[], batch?: number) => Record<string, Tensor>;

/**
 * One forward pass with some residual streams fetched.
 *
 * @param session of {@linkcode ExposedModel.model}, or of a part of it
 * @param ids [nTokens]
 * @returns [states.length, nTokens, dModel]
 * @throws {TypeError} if an output is not float32
 */
export async function readHiddenStates(
  session: Session,
  states: readonly string[],
  feed: Feed,
  ids: readonly number[],
): Promise<Tensor<"float32">> {
  const outputs = await session.run(feed(ids), states);
  const dModel = lastSize(outputs[states[0]]);
  const size = ids.length * dModel;
  const all = new Float32Array(states.length * size);
  for (const [layer, name] of states.entries()) {
    const { data, shape } = asFloat32(name, outputs[name]);
    if (data.length !== size) {
      throw new TypeError(
        `Cannot read "${name}": expected [1, ${ids.length}, ${dModel}], got [${shape}]`,
      );
    }
    all.set(data, layer * size);
    freeArray(data);
  }
  return float32([states.length, ids.length, dModel], all);
}

/** Size of the last axis. */
export function lastSize({ shape }: Tensor): number {
  return shape[shape.length - 1];
}

/** @throws {TypeError} if the tensor is of another type */
export function asFloat32(name: string, tensor: Tensor): Tensor<"float32"> {
  if (tensor.dtype === "float32") return tensor as Tensor<"float32">;
  throw new TypeError(`Cannot read "${name}": expected float32, got ${tensor.dtype}`);
}
