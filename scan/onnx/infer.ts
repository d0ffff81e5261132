import type { DType } from "./tensor.ts";
import type { Attributes, Dim, Shape, Value, ValueType } from "./graph.ts";

/**
 * Output types of the operators that the graphs here are made of. A size may be a name; two names
 * are the same size only if they are the same name.
 */

type Rule = (inputs: readonly (Value | null)[], attributes: Attributes) => ValueType[];

/** Shape that two shapes broadcast to, as NumPy does it. @throws {TypeError} if they do not */
export function broadcastShapes(a: Shape, b: Shape): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    if (m === n || n === 1) return m;
    if (m === 1) return n;
    // A name against a number: the number wins, the runtime checks.
    if (typeof m === "string" && typeof n === "number") return n;
    if (typeof n === "string" && typeof m === "number") return m;
    throw new TypeError(
      `Cannot broadcast: expected sizes that agree or are 1, got [${a}] and [${b}]`,
    );
  });
}

/** Axis counted from the front. @throws {RangeError} if there is no such axis */
export function normalizeAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive < 0 || positive >= rank) {
    throw new RangeError(`Cannot take axis ${axis}: expected one of ${rank} axes`);
  }
  return positive;
}

/** The whole numbers of a constant input. @throws {TypeError} if the input is no int64 constant */
export function constantInts(value: Value | null | undefined): number[] {
  if (value?.constant?.dtype !== "int64") {
    throw new TypeError(
      `Cannot infer a shape from "${value?.name}": expected an int64 constant, got a computed value (give the output's type)`,
    );
  }
  return Array.from(value.constant.data as BigInt64Array, Number);
}

/** An integer attribute. */
export function intAttribute(attributes: Attributes, name: string, otherwise: number): number {
  const value = attributes[name];
  return typeof value === "number" ? value : otherwise;
}

/** A list of integers. */
export function intsAttribute(attributes: Attributes, name: string): readonly number[] | undefined {
  const value = attributes[name];
  return Array.isArray(value) ? value : undefined;
}

function need(inputs: readonly (Value | null)[], i: number): Value {
  const value = inputs[i];
  if (!value) {
    throw new TypeError(`Cannot add a node: expected an input at position ${i}, got none`);
  }
  return value;
}

const same: Rule = (inputs) => [{ dtype: need(inputs, 0).dtype, shape: need(inputs, 0).shape }];

const binary: Rule = (inputs) => {
  const a = need(inputs, 0);
  const b = need(inputs, 1);
  if (a.dtype !== b.dtype) {
    throw new TypeError(
      `Cannot combine "${a.name}" and "${b.name}": expected one element type, got ${a.dtype} and ${b.dtype}`,
    );
  }
  return [{ dtype: a.dtype, shape: broadcastShapes(a.shape, b.shape) }];
};

const comparison: Rule = (inputs, attributes) => [
  { dtype: "bool", shape: binary(inputs, attributes)[0].shape },
];

const matMul: Rule = (inputs) => {
  const a = need(inputs, 0);
  const b = need(inputs, 1);
  if (a.shape.length < 2 || b.shape.length < 2) {
    throw new TypeError(
      `Cannot multiply "${a.name}" and "${b.name}": expected matrices, got [${a.shape}] and [${b.shape}]`,
    );
  }
  const inner = a.shape.at(-1);
  const other = b.shape.at(-2);
  if (inner !== other && typeof inner === "number" && typeof other === "number") {
    throw new TypeError(
      `Cannot multiply "${a.name}" and "${b.name}": expected equal inner sizes, got [${a.shape}] and [${b.shape}]`,
    );
  }
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return [{ dtype: a.dtype, shape: [...batch, a.shape.at(-2)!, b.shape.at(-1)!] }];
};

const reduce: Rule = (inputs, attributes) => {
  const x = need(inputs, 0);
  const rank = x.shape.length;
  // ReduceSum takes its axes as an input since opset 13, the others since 18.
  const axes = inputs[1] ? constantInts(inputs[1]) : x.shape.map((_, i) => i);
  const reduced = new Set(axes.map((axis) => normalizeAxis(axis, rank)));
  const keep = intAttribute(attributes, "keepdims", 1) === 1;
  const shape = x.shape.flatMap((dim, i) => reduced.has(i) ? (keep ? [1] : []) : [dim]);
  return [{ dtype: x.dtype, shape }];
};

const reshape: Rule = (inputs) => {
  const x = need(inputs, 0);
  const target = constantInts(inputs[1]);
  const shape: Dim[] = target.map((n, i) => n === 0 ? x.shape[i] : n);
  const hole = target.indexOf(-1);
  if (hole >= 0) {
    const rest = shape.filter((_, i) => i !== hole);
    shape[hole] = divideShapes(x.shape, rest);
  }
  return [{ dtype: x.dtype, shape }];
};

/** Size that is left of `whole` when the sizes of `part` are taken out. */
function divideShapes(whole: Shape, part: Shape): Dim {
  const names = whole.filter((dim) => typeof dim === "string");
  let n = 1;
  for (const dim of whole) if (typeof dim === "number") n *= dim;
  for (const dim of part) {
    if (typeof dim === "number") n /= dim;
    else {
      const at = names.indexOf(dim);
      if (at < 0) throw new TypeError(`Cannot reshape [${whole}]: expected it to hold "${dim}"`);
      names.splice(at, 1);
    }
  }
  if (names.length === 0) return n;
  return n === 1 ? names.join("*") : [...names, n].join("*");
}

const slice: Rule = (inputs) => {
  const x = need(inputs, 0);
  const rank = x.shape.length;
  const starts = constantInts(inputs[1]);
  const ends = constantInts(inputs[2]);
  const axes = inputs[3] ? constantInts(inputs[3]) : starts.map((_, i) => i);
  const steps = inputs[4] ? constantInts(inputs[4]) : starts.map(() => 1);
  const shape = [...x.shape];
  axes.forEach((signed, i) => {
    const axis = normalizeAxis(signed, rank);
    const size = shape[axis];
    if (typeof size === "string") {
      throw new TypeError(`Cannot slice axis "${size}": expected a size known beforehand`);
    }
    const clamp = (n: number) => Math.min(size, Math.max(0, n < 0 ? n + size : n));
    shape[axis] = Math.max(0, Math.ceil((clamp(ends[i]) - clamp(starts[i])) / steps[i]));
  });
  return [{ dtype: x.dtype, shape }];
};

const concat: Rule = (inputs, attributes) => {
  const first = need(inputs, 0);
  const axis = normalizeAxis(intAttribute(attributes, "axis", 0), first.shape.length);
  const sizes = inputs.map((_, i) => need(inputs, i).shape[axis]);
  const shape = [...first.shape];
  shape[axis] = sizes.every((n) => typeof n === "number")
    ? sizes.reduce((sum: number, n) => sum + Number(n), 0)
    : sizes.join("+");
  return [{ dtype: first.dtype, shape }];
};

const split: Rule = (inputs, attributes) => {
  const x = need(inputs, 0);
  const axis = normalizeAxis(intAttribute(attributes, "axis", 0), x.shape.length);
  return constantInts(inputs[1]).map((n) => ({
    dtype: x.dtype,
    shape: x.shape.map((dim, i) => i === axis ? n : dim),
  }));
};

const expand: Rule = (inputs) => {
  const x = need(inputs, 0);
  return [{ dtype: x.dtype, shape: broadcastShapes(x.shape, constantInts(inputs[1])) }];
};

const unsqueeze: Rule = (inputs) => {
  const x = need(inputs, 0);
  const axes = constantInts(inputs[1]);
  const rank = x.shape.length + axes.length;
  const added = new Set(axes.map((axis) => normalizeAxis(axis, rank)));
  const rest = [...x.shape];
  return [{
    dtype: x.dtype,
    shape: Array.from({ length: rank }, (_, i) => added.has(i) ? 1 : rest.shift()!),
  }];
};

const squeeze: Rule = (inputs) => {
  const x = need(inputs, 0);
  const gone = new Set(constantInts(inputs[1]).map((axis) => normalizeAxis(axis, x.shape.length)));
  return [{ dtype: x.dtype, shape: x.shape.filter((_, i) => !gone.has(i)) }];
};

const gather: Rule = (inputs, attributes) => {
  const x = need(inputs, 0);
  const axis = normalizeAxis(intAttribute(attributes, "axis", 0), x.shape.length);
  const shape = [
    ...x.shape.slice(0, axis),
    ...need(inputs, 1).shape,
    ...x.shape.slice(axis + 1),
  ];
  return [{ dtype: x.dtype, shape }];
};

const gatherElements: Rule = (inputs) => [
  { dtype: need(inputs, 0).dtype, shape: need(inputs, 1).shape },
];

const transpose: Rule = (inputs, attributes) => {
  const x = need(inputs, 0);
  const perm = intsAttribute(attributes, "perm") ?? x.shape.map((_, i) => i).reverse();
  return [{ dtype: x.dtype, shape: perm.map((i) => x.shape[i]) }];
};

const where: Rule = (inputs) => {
  const [condition, a, b] = [need(inputs, 0), need(inputs, 1), need(inputs, 2)];
  const shape = broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape));
  return [{ dtype: a.dtype, shape }];
};

const dtypeOfCode: Readonly<Record<number, DType>> = {
  1: "float32",
  2: "uint8",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
  11: "float64",
};

const cast: Rule = (inputs, attributes) => [
  { dtype: dtypeOfCode[intAttribute(attributes, "to", 1)], shape: need(inputs, 0).shape },
];

const oneHot: Rule = (inputs, attributes) => {
  const indices = need(inputs, 0);
  const depth = constantInts(inputs[1])[0];
  const axis = normalizeAxis(intAttribute(attributes, "axis", -1), indices.shape.length + 1);
  return [{
    dtype: need(inputs, 2).dtype,
    shape: [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)],
  }];
};

const shapeOf: Rule = (inputs) => [{ dtype: "int64", shape: [need(inputs, 0).shape.length] }];

const topK: Rule = (inputs, attributes) => {
  const x = need(inputs, 0);
  const axis = normalizeAxis(intAttribute(attributes, "axis", -1), x.shape.length);
  const shape = x.shape.map((dim, i) => i === axis ? constantInts(inputs[1])[0] : dim);
  return [{ dtype: x.dtype, shape }, { dtype: "int64", shape }];
};

const argMax: Rule = (inputs, attributes) => {
  const x = need(inputs, 0);
  const axis = normalizeAxis(intAttribute(attributes, "axis", 0), x.shape.length);
  const keep = intAttribute(attributes, "keepdims", 1) === 1;
  return [{
    dtype: "int64",
    shape: x.shape.flatMap((dim, i) => i === axis ? (keep ? [1] : []) : [dim]),
  }];
};

function all(rule: Rule, types: string): Record<string, Rule> {
  return Object.fromEntries(types.split(" ").map((type) => [type, rule]));
}

const rules: Readonly<Record<string, Rule>> = {
  ...all(
    same,
    "Identity Neg Abs Sign Sqrt Exp Log Tanh Sigmoid Relu Reciprocal Softmax LogSoftmax Erf Sin Cos Not " +
      "ScatterND ScatterElements CumSum Clip Trilu",
  ),
  ...all(binary, "Add Sub Mul Div Pow Max Min And Or"),
  ...all(comparison, "Equal Less LessOrEqual Greater GreaterOrEqual"),
  ...all(reduce, "ReduceSum ReduceMean ReduceMax ReduceMin ReduceSumSquare"),
  MatMul: matMul,
  Reshape: reshape,
  Slice: slice,
  Concat: concat,
  Split: split,
  Expand: expand,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Gather: gather,
  GatherElements: gatherElements,
  Transpose: transpose,
  Where: where,
  Cast: cast,
  OneHot: oneHot,
  Shape: shapeOf,
  TopK: topK,
  ArgMax: argMax,
};

/**
 * Types of a node's outputs.
 *
 * @throws {TypeError} if there is no rule for the operator, or the inputs do not fit it
 */
export function inferOutputs(
  type: string,
  inputs: readonly (Value | null)[],
  attributes: Attributes,
): ValueType[] {
  if (!Object.hasOwn(rules, type)) {
    throw new TypeError(
      `Cannot infer the outputs of "${type}": expected one of ${Object.keys(rules).join(", ")}, ` +
        "or the output types among the options",
    );
  }
  return rules[type](inputs, attributes);
}
