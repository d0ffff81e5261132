import type { Session } from "../onnx/engine.ts";
import type { ModelView } from "../onnx/read_model.ts";
import { float32, int64, type Tensor } from "../onnx/tensor.ts";

/** How the residual streams are called in the graph: the embedding's output is 0. */
const residualPattern = /^hidden_states\.(\d+)$/;

/**
 * Names of the tensors that hold the residual stream, the embedding's output first and the last
 * block's output, before the final norm, last.
 *
 * @throws {TypeError} if the graph has no such tensors, or one in the row is missing
 */
export function findResiduals(view: ModelView): string[] {
  const names: string[] = [];
  for (const { outputs } of view.nodes) {
    for (const name of outputs) {
      const match = residualPattern.exec(name);
      if (match) names[Number(match[1])] = name;
    }
  }
  if (names.length < 2 || Object.keys(names).length !== names.length) {
    throw new TypeError(
      "Cannot find the model's hidden states: expected tensors named hidden_states.0 … " +
        `hidden_states.<layers>, got ${
          Object.keys(names).length
        } of ${names.length}. Name them so ` +
        "when the file is exported.",
    );
  }
  return names;
}

/**
 * One forward pass with every residual stream fetched.
 *
 * @param session of a model whose `residuals` are exposed; takes `input_ids`, gives `logits`
 * @param ids [nTokens]
 * @returns `states` [residuals.length, nTokens, dModel], `logits` [nTokens, dVocab]
 * @throws {TypeError} if an output is not float32
 */
export async function readHiddenStates(
  session: Session,
  residuals: readonly string[],
  ids: readonly number[],
): Promise<{ states: Tensor<"float32">; logits: Tensor<"float32"> }> {
  const feeds: Record<string, Tensor> = { input_ids: int64([1, ids.length], ids) };
  for (const name of session.inputNames) {
    if (Object.hasOwn(feeds, name)) continue;
    if (name === "attention_mask") feeds[name] = int64([1, ids.length], ids.map(() => 1));
    else if (name === "position_ids") feeds[name] = int64([1, ids.length], ids.map((_, i) => i));
    else throw new TypeError(`Cannot feed "${name}": expected a model that takes input_ids alone`);
  }
  const outputs = await session.run(feeds, [...residuals, "logits"]);
  const layers = residuals.map((name) => asFloat32(name, outputs[name]));
  const dModel = layers[0].shape[layers[0].shape.length - 1];
  const states = new Float32Array(residuals.length * ids.length * dModel);
  layers.forEach(({ data }, layer) => states.set(data, layer * ids.length * dModel));
  const logits = asFloat32("logits", outputs.logits);
  return {
    states: float32([residuals.length, ids.length, dModel], states),
    logits: float32([ids.length, logits.shape[logits.shape.length - 1]], logits.data),
  };
}

/** @throws {TypeError} if the tensor is of another type */
export function asFloat32(name: string, tensor: Tensor): Tensor<"float32"> {
  if (tensor.dtype === "float32") return tensor as Tensor<"float32">;
  throw new TypeError(`Cannot read "${name}": expected float32, got ${tensor.dtype}`);
}
