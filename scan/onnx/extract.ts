import type { Shape } from "./graph.ts";
import { encodeGraph, encodeModel, encodeValueInfo } from "./proto.ts";
import { type ModelView, type NodeView, readModel } from "./read_model.ts";
import type { DType } from "./tensor.ts";

/** A tensor inside a model that becomes an input of the part. */
export interface CutInput {
  readonly name: string;
  readonly dtype: DType;
  /** Left out where even the rank is unknown. */
  readonly shape?: Shape;
}

/**
 * Cuts the part of a model that leads from inner tensors to others, with the weights it needs. Inputs
 * of the model that the part still reads stay its inputs, and outputs that its nodes make besides stay
 * outputs: the runtime takes one that nobody asked for as free to share memory with what it grew from.
 *
 * @param model an ONNX file, or one that is read already
 * @param from tensors that are fed from outside from now on
 * @param to tensors that become the first outputs
 * @returns a new ONNX file
 * @throws {RangeError} if the model has no tensor of a name, or `to` does not depend on `from`
 * @throws {SyntaxError} if the bytes are no ONNX file
 */
export function extractPart(
  model: Uint8Array | ModelView,
  from: readonly CutInput[],
  to: readonly string[],
): Uint8Array {
  const view = model instanceof Uint8Array ? readModel(model) : model;
  const makers = new Map<string, NodeView>();
  for (const node of view.nodes) for (const name of node.outputs) makers.set(name, node);
  const initializers = new Map(view.initializers.map((item) => [item.name, item.bytes]));
  const inputs = new Map(view.inputs.map((item) => [item.name, item.bytes]));
  for (const { name } of from) {
    if (!makers.has(name) && !inputs.has(name)) {
      throw new RangeError(`Cannot cut at "${name}": expected a tensor of the model, got none`);
    }
  }

  const cut = new Set(from.map(({ name }) => name));
  const reached = new Set<string>();
  const kept = new Set<NodeView>();
  const queue = [...to];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (name === "" || reached.has(name)) continue;
    reached.add(name);
    if (cut.has(name)) continue;
    const maker = makers.get(name);
    if (maker) {
      kept.add(maker);
      queue.push(...maker.inputs, ...maker.captures);
    } else if (!initializers.has(name) && !inputs.has(name)) {
      throw new RangeError(`Cannot extract "${name}": expected a tensor of the model, got none`);
    }
  }
  const unused = from.find(({ name }) => !reached.has(name));
  if (unused) {
    throw new RangeError(
      `Cannot cut at "${unused.name}": expected ${to.join(", ")} to depend on it`,
    );
  }

  const inner = new Set([...kept].flatMap(({ outputs }) => outputs));
  const graph = encodeGraph({
    name: "part",
    nodes: view.nodes.filter((node) => kept.has(node)).map(({ bytes }) => bytes),
    initializers: view.initializers
      .filter(({ name }) => reached.has(name) && !cut.has(name))
      .map(({ bytes }) => bytes),
    inputs: [
      ...from.map(({ name, dtype, shape }) => encodeValueInfo(name, dtype, shape)),
      // Old files list the weights among the inputs as well.
      ...view.inputs
        .filter(({ name }) => reached.has(name) && !cut.has(name) && !initializers.has(name))
        .map(({ bytes }) => bytes),
    ],
    outputs: [
      ...to.map((name) =>
        view.outputs.find((output) => output.name === name)?.bytes ?? encodeValueInfo(name)
      ),
      ...view.outputs
        .filter(({ name }) => inner.has(name) && !to.includes(name))
        .map(({ bytes }) => bytes),
    ],
    valueInfos: view.valueInfos.filter(({ name }) => inner.has(name)).map(({ bytes }) => bytes),
  });
  return encodeModel(graph, view.opsetImports, view.irVersion);
}
