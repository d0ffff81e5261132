import type { Session } from "../onnx/engine.ts";
import type { GraphIndex } from "../onnx/graph_index.ts";
import { readModel } from "../onnx/read_model.ts";
import { float32, type Tensor } from "../onnx/tensor.ts";
import { cutAt, type Part } from "./cut.ts";
import { asFloat32, type Feed, lastSize } from "./hidden_states.ts";
import type { ResidualStream } from "./residual_stream.ts";

/**
 * Cuts the tail of a model: from the hidden states before layer `layer` to the logits. State L's
 * tail is the logit lens without the normed states.
 *
 * @param layer 0 … L
 * @param dModel size of a state
 * @param defaults encoded weights that stand for inputs, see `feeds.ts`
 * @throws {RangeError} if there is no such layer
 * @throws {TypeError} if later layers read an earlier layer's states past this one
 */
export function extractTail(
  graph: GraphIndex,
  { points, head }: ResidualStream,
  layer: number,
  dModel: number,
  defaults: readonly Uint8Array[] = [],
): Part {
  const point = points[layer];
  if (!point) {
    throw new RangeError(
      `Cannot cut the model at state ${layer}: expected 0 to ${points.length - 1}`,
    );
  }
  const tail = cutAt(graph, point, [head.logits], dModel, defaults);
  const made = new Set(readModel(tail.model).nodes.flatMap(({ outputs }) => outputs));
  // State 0 may be there for its sizes.
  const bypass = points.slice(1, layer).findIndex(({ name }) => made.has(name));
  if (bypass >= 0) {
    throw new TypeError(
      `Cannot cut the model at state ${layer}: expected later layers to read that state alone, got ` +
        `one that reads state ${bypass + 1}`,
    );
  }
  return tail;
}

/**
 * Runs a tail on states, altered or not.
 *
 * @param session of {@linkcode Part.model}
 * @param feed what the tail takes besides, masks and caches
 * @param states [nTokens, dModel]
 * @param ids [nTokens], for the inputs that depend on the tokens
 * @returns [nTokens, dVocab]; [1, dVocab] of a model that gives logits of the last token alone
 */
export async function runTail(
  session: Session,
  { input, outputs }: Pick<Part, "input" | "outputs">,
  feed: Feed,
  states: Tensor<"float32">,
  ids: readonly number[],
): Promise<Tensor<"float32">> {
  const [nTokens, dModel] = states.shape;
  const feeds = { ...feed(ids), [input]: float32([1, nTokens, dModel], states.data) };
  const result = asFloat32(outputs[0], (await session.run(feeds, outputs))[outputs[0]]);
  const dVocab = lastSize(result);
  return float32([result.data.length / dVocab, dVocab], result.data);
}
