import type { DType, Tensor } from "./tensor.ts";
import {
  type AttributeValue,
  encodeGraph,
  encodeModel,
  encodeNode,
  encodeTensor,
  encodeValueInfo,
} from "./proto.ts";
import { inferOutputs } from "./infer.ts";

/** A size, or the name of one that is known only when the graph runs. */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** The result of a node, an input or a constant. */
export interface Value<D extends DType = DType> {
  readonly name: string;
  readonly dtype: D;
  readonly shape: Shape;
  /** The numbers themselves, for a constant. */
  readonly constant?: Tensor;
}

/** Element type and shape of a value that does not exist yet. */
export interface ValueType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A number is an integer attribute; write `{ float: 0.5 }` for a floating-point one. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly tensor: Tensor }
  | Graph;

export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
  readonly type: string;
  /** `null` stands for an optional input that is left out. */
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

export interface OpOptions {
  /** Names of the outputs, made up where left out. */
  readonly names?: readonly string[];
  /** Types of the outputs, for an operator that `infer.ts` knows no rule for. */
  readonly outputs?: readonly ValueType[];
}

/**
 * An ONNX graph under construction. Nodes are kept in the order in which they are made, which is an
 * order they can run in.
 *
 * @example
 * ```ts
 * const graph = new Graph();
 * const x = graph.input("x", "float32", ["batch", 3]);
 * const [y] = graph.op("Relu", [x]);
 * graph.output("y", y);
 * const session = await engine.load(graph.toModel());
 * ```
 */
export class Graph {
  readonly nodes: Node[] = [];
  readonly inputs: Value[] = [];
  readonly outputs: { readonly name: string; readonly value: Value }[] = [];
  readonly #root: Graph;
  readonly #names = new Set<string>();
  readonly #initializers = new Map<string, Tensor>();
  readonly #smallConstants = new Map<string, Value>();
  #counter = 0;
  #prefix = "";

  /** @param parent the graph around this one, for the body of a `Loop`; its values may be used in here */
  constructor(readonly parent?: Graph) {
    this.#root = parent ? parent.#root : this;
  }

  /** A graph for the body of a `Loop` or a branch. */
  subgraph(): Graph {
    return new Graph(this);
  }

  /** @throws {RangeError} if the name is taken */
  input<D extends DType>(name: string, dtype: D, shape: Shape): Value<D> {
    this.#claim(name);
    const value: Value<D> = { name, dtype, shape };
    this.inputs.push(value);
    return value;
  }

  /**
   * A constant. It is kept in the outermost graph, so that a loop's body does not carry it through
   * every step. Small constants without a name are shared.
   *
   * @throws {RangeError} if the name is taken
   */
  constant<D extends DType>(tensor: Tensor<D>, name?: string): Value<D> {
    const root = this.#root;
    const shared = name === undefined && tensor.data.length <= 16;
    const key = shared ? `${tensor.dtype}[${tensor.shape}]${tensor.data.join()}` : "";
    const known = shared ? root.#smallConstants.get(key) : undefined;
    if (known) return known as Value<D>;
    const value: Value<D> = {
      name: name === undefined ? this.#freshName("constant") : this.#claim(name),
      dtype: tensor.dtype,
      shape: tensor.shape,
      constant: tensor,
    };
    root.#initializers.set(value.name, tensor);
    if (shared) root.#smallConstants.set(key, value);
    return value;
  }

  /**
   * Adds a node.
   *
   * @param type operator of the default set
   * @returns its outputs, with the types that `infer.ts` works out
   * @throws {TypeError} if the operator's output types are neither known nor given, or the inputs do not fit it
   * @throws {RangeError} if a name is taken
   */
  op(
    type: string,
    inputs: readonly (Value | null)[],
    attributes: Attributes = {},
    options: OpOptions = {},
  ): Value[] {
    const types = options.outputs ?? inferOutputs(type, inputs, attributes);
    const outputs = types.map(({ dtype, shape }, i): Value => {
      const wanted = options.names?.[i];
      const name = wanted === undefined
        ? this.#freshName(type)
        : this.#claim(this.#prefix + wanted);
      return { name, dtype, shape };
    });
    this.nodes.push({ type, inputs, outputs, attributes });
    return outputs;
  }

  /** Puts a prefix before the names that nodes are given in `build`, which may then be built again. */
  prefixNames<T>(prefix: string, build: () => T): T {
    const before = this.#prefix;
    this.#prefix = before + prefix;
    try {
      return build();
    } finally {
      this.#prefix = before;
    }
  }

  /**
   * Makes a value an output, under a name of its own if one is wanted.
   *
   * @throws {RangeError} if the name is taken by another value
   */
  output(name: string, value: Value): void {
    const taken = this.outputs.some((output) => output.name === name);
    // An input or constant cannot be an output directly, and a second name needs a second value.
    const made = this.nodes.some((node) => node.outputs.includes(value));
    if (taken || (value.name === name && made)) {
      if (taken) throw new RangeError(`Cannot add output "${name}": expected a name not in use`);
      this.outputs.push({ name, value });
      return;
    }
    const [renamed] = this.op("Identity", [value], {}, { names: [name] });
    this.outputs.push({ name, value: renamed });
  }

  /** Bytes of the `ModelProto`; a model file as it stands. */
  toModel(): Uint8Array {
    return encodeModel(this.#encode("main"));
  }

  #encode(name: string): Uint8Array {
    return encodeGraph({
      name,
      nodes: this.nodes.map((node) =>
        encodeNode({
          type: node.type,
          name: `${node.outputs[0].name}:${node.type}`,
          inputs: node.inputs.map((input) => input?.name ?? ""),
          outputs: node.outputs.map((output) => output.name),
          attributes: Object.fromEntries(
            Object.entries(node.attributes).map(([key, value]) => [key, toAttributeValue(value)]),
          ),
        })
      ),
      initializers: [...this.#initializers].map(([key, tensor]) => encodeTensor(key, tensor)),
      inputs: this.inputs.map((value) => encodeValueInfo(value.name, value.dtype, value.shape)),
      outputs: this.outputs.map(({ value }) =>
        encodeValueInfo(value.name, value.dtype, value.shape)
      ),
    });
  }

  /** @internal bytes of this graph as the attribute of a node */
  encodeBody(): Uint8Array {
    return this.#encode("body");
  }

  #claim(name: string): string {
    // One set for all of a model's graphs: a body must not hide a name of the graph around it.
    if (this.#root.#names.has(name)) {
      throw new RangeError(`Cannot name a value "${name}": expected a name not in use`);
    }
    this.#root.#names.add(name);
    return name;
  }

  #freshName(stem: string): string {
    let name: string;
    do name = `${stem}_${this.#root.#counter++}`; while (this.#root.#names.has(name));
    return this.#claim(name);
  }
}

function toAttributeValue(attribute: Attribute): AttributeValue {
  if (typeof attribute === "number") return { kind: "int", value: attribute };
  if (typeof attribute === "string") return { kind: "string", value: attribute };
  if (attribute instanceof Graph) return { kind: "graph", value: attribute.encodeBody() };
  if ("float" in attribute) return { kind: "float", value: attribute.float };
  if ("tensor" in attribute) return { kind: "tensor", value: attribute.tensor };
  return { kind: "ints", value: attribute };
}
