import { type DType, int64, type Tensor, tensor } from "./tensor.ts";
import type { Graph, Value } from "./graph.ts";
import { dataTypes } from "./proto.ts";
import { normalizeAxis } from "./infer.ts";

/** A value, or a number that becomes a scalar constant of the other operand's type. */
export type Operand = Value | number;

/** A scalar of an element type. @throws {TypeError} for float16, which has no typed array to write a number into */
export function scalarOf(dtype: DType, n: number): Tensor {
  switch (dtype) {
    case "float32":
      return tensor(dtype, [], Float32Array.of(n));
    case "float64":
      return tensor(dtype, [], Float64Array.of(n));
    case "int32":
      return tensor(dtype, [], Int32Array.of(n));
    case "int64":
      return tensor(dtype, [], BigInt64Array.of(BigInt(n)));
    case "uint8":
    case "bool":
      return tensor(dtype, [], Uint8Array.of(n));
    case "float16":
      throw new TypeError("Cannot make a float16 scalar: expected another type and a cast");
  }
}

/**
 * The operators, by name. Each method adds one node to the graph and returns its output.
 *
 * @example
 * ```ts
 * const o = new Ops(graph);
 * const error = o.reduceMean(o.square(o.sub(o.matmul(x, w), y)));
 * ```
 */
export class Ops {
  constructor(readonly graph: Graph) {}

  add = (a: Operand, b: Operand): Value => this.#binary("Add", a, b);
  sub = (a: Operand, b: Operand): Value => this.#binary("Sub", a, b);
  mul = (a: Operand, b: Operand): Value => this.#binary("Mul", a, b);
  div = (a: Operand, b: Operand): Value => this.#binary("Div", a, b);
  pow = (a: Operand, b: Operand): Value => this.#binary("Pow", a, b);
  max = (a: Operand, b: Operand): Value => this.#binary("Max", a, b);
  min = (a: Operand, b: Operand): Value => this.#binary("Min", a, b);
  equal = (a: Operand, b: Operand): Value => this.#binary("Equal", a, b);
  less = (a: Operand, b: Operand): Value => this.#binary("Less", a, b);
  lessOrEqual = (a: Operand, b: Operand): Value => this.#binary("LessOrEqual", a, b);
  greater = (a: Operand, b: Operand): Value => this.#binary("Greater", a, b);
  and = (a: Value, b: Value): Value => this.#binary("And", a, b);

  neg = (x: Value): Value => this.one("Neg", [x]);
  sqrt = (x: Value): Value => this.one("Sqrt", [x]);
  exp = (x: Value): Value => this.one("Exp", [x]);
  log = (x: Value): Value => this.one("Log", [x]);
  tanh = (x: Value): Value => this.one("Tanh", [x]);
  sigmoid = (x: Value): Value => this.one("Sigmoid", [x]);
  relu = (x: Value): Value => this.one("Relu", [x]);
  reciprocal = (x: Value): Value => this.one("Reciprocal", [x]);
  square = (x: Value): Value => this.one("Mul", [x, x]);

  /** `[…, m, k] × […, k, n] → […, m, n]`, leading axes broadcast. */
  matmul = (a: Value, b: Value): Value => this.one("MatMul", [a, b]);

  /** Softmax along one axis, the last one by default. */
  softmax = (x: Value, axis = -1): Value => this.one("Softmax", [x], { axis });
  logSoftmax = (x: Value, axis = -1): Value => this.one("LogSoftmax", [x], { axis });

  /** Sum over `axes`, over all of them by default. */
  reduceSum = (x: Value, axes?: readonly number[], keepDims = false): Value =>
    this.#reduce("ReduceSum", x, axes, keepDims);
  reduceMean = (x: Value, axes?: readonly number[], keepDims = false): Value =>
    this.#reduce("ReduceMean", x, axes, keepDims);
  reduceMax = (x: Value, axes?: readonly number[], keepDims = false): Value =>
    this.#reduce("ReduceMax", x, axes, keepDims);
  /** Sum of squares. */
  reduceSumSquare = (x: Value, axes?: readonly number[], keepDims = false): Value =>
    this.#reduce("ReduceSumSquare", x, axes, keepDims);

  /** @param shape sizes; 0 keeps the size at that place, one -1 takes what is left */
  reshape = (x: Value, shape: readonly number[]): Value =>
    this.one("Reshape", [x, this.ints(shape)]);
  transpose = (x: Value, perm: readonly number[]): Value => this.one("Transpose", [x], { perm });
  /** Swaps the last two axes. */
  swapLast = (x: Value): Value => {
    const perm = x.shape.map((_, i) => i);
    perm.push(...perm.splice(-2).reverse());
    return this.transpose(x, perm);
  };
  /** Broadcasts to sizes that are known. */
  expand = (x: Value, shape: readonly number[]): Value => this.one("Expand", [x, this.ints(shape)]);
  unsqueeze = (x: Value, axes: readonly number[]): Value =>
    this.one("Unsqueeze", [x, this.ints(axes)]);
  squeeze = (x: Value, axes: readonly number[]): Value => this.one("Squeeze", [x, this.ints(axes)]);
  /** Elements `start` … `end - 1` of an axis. */
  slice = (x: Value, axis: number, start: number, end: number): Value =>
    this.one("Slice", [x, this.ints([start]), this.ints([end]), this.ints([axis])]);
  concat = (values: readonly Value[], axis: number): Value => this.one("Concat", values, { axis });
  /** Cuts an axis into pieces of the sizes given. */
  split = (x: Value, axis: number, sizes: readonly number[]): Value[] =>
    this.graph.op("Split", [x, this.ints(sizes)], { axis });

  /** Rows (or slices of another axis) of `x` that `indices` name; an embedding for `axis` 0. */
  gather = (x: Value, indices: Value, axis = 0): Value =>
    this.one("Gather", [x, indices], { axis });
  /** Picks along one axis; `indices` has the rank of `x` and the shape of the result. */
  gatherElements = (x: Value, indices: Value, axis: number): Value =>
    this.one("GatherElements", [x, indices], { axis });
  /** `indices` as rows of zeros with one 1, along a new axis. */
  oneHot = (indices: Value, depth: number, dtype: DType, axis = -1): Value => {
    // The runtime has no float64 kernel for it.
    const bounds = this.graph.constant(tensor("float32", [2], Float32Array.of(0, 1)));
    return this.cast(this.one("OneHot", [indices, this.ints([depth]), bounds], { axis }), dtype);
  };
  where = (condition: Value, a: Operand, b: Operand): Value => {
    const dtype = typeof a !== "number" ? a.dtype : typeof b !== "number" ? b.dtype : "float32";
    return this.one("Where", [condition, this.#value(a, dtype), this.#value(b, dtype)]);
  };
  cast = (x: Value, dtype: DType): Value =>
    x.dtype === dtype ? x : this.one("Cast", [x], { to: dataTypes[dtype] });
  identity = (x: Value, name?: string): Value =>
    this.graph.op("Identity", [x], {}, name === undefined ? {} : { names: [name] })[0];

  /** A list of whole numbers as a constant. */
  ints = (numbers: readonly number[]): Value =>
    this.graph.constant(int64([numbers.length], numbers));
  /** A number as a scalar constant. */
  scalar = (n: number, dtype: DType = "float32"): Value => this.graph.constant(scalarOf(dtype, n));

  /** A node with one output. */
  one = (
    type: string,
    inputs: readonly (Value | null)[],
    attributes: Parameters<Graph["op"]>[2] = {},
  ): Value => this.graph.op(type, inputs, attributes)[0];

  #binary(type: string, a: Operand, b: Operand): Value {
    const dtype = typeof a !== "number" ? a.dtype : typeof b !== "number" ? b.dtype : "float32";
    return this.one(type, [this.#value(a, dtype), this.#value(b, dtype)]);
  }

  #value(operand: Operand, dtype: DType): Value {
    return typeof operand === "number" ? this.scalar(operand, dtype) : operand;
  }

  #reduce(type: string, x: Value, axes: readonly number[] | undefined, keepDims: boolean): Value {
    const attributes = { keepdims: keepDims ? 1 : 0 };
    if (axes === undefined) return this.one(type, [x], attributes);
    const positive = axes.map((axis) => normalizeAxis(axis, x.shape.length));
    return this.one(type, [x, this.ints(positive)], attributes);
  }
}
