import { expandTo, staticShape, unbroadcast } from "./broadcast.ts";
import type { Node, Shape, Value } from "./graph.ts";
import { constantInts, intAttribute, intsAttribute, normalizeAxis } from "./infer.ts";
import type { Ops } from "./ops.ts";
import { sizeOf } from "./tensor.ts";

/**
 * Gradient of one operator.
 *
 * @param upstream gradients of the node's outputs, `undefined` where nothing depends on one. A gradient
 *   may be smaller than its value as long as it broadcasts to it; {@linkcode expandTo} fills it up
 * @param wanted which inputs' gradients are asked for
 * @returns the inputs' gradients, each of a shape that broadcasts to its input's
 */
export type GradientRule = (
  o: Ops,
  node: Node,
  upstream: readonly (Value | undefined)[],
  wanted: readonly boolean[],
) => (Value | undefined)[];

type UnaryDerivative = (o: Ops, g: Value, x: Value, y: Value) => Value;

function input(node: Node, i: number): Value {
  return node.inputs[i]!;
}

/** The gradient of a one-output node, at its full size. */
function full(o: Ops, node: Node, upstream: readonly (Value | undefined)[]): Value {
  return expandTo(o, upstream[0]!, node.outputs[0].shape);
}

function unary(derive: UnaryDerivative): GradientRule {
  return (o, node, upstream) => [derive(o, upstream[0]!, input(node, 0), node.outputs[0])];
}

/** An element-wise operator of two operands that broadcast. */
function binary(
  left: (o: Ops, g: Value, a: Value, b: Value, y: Value) => Value,
  right: (o: Ops, g: Value, a: Value, b: Value, y: Value) => Value,
): GradientRule {
  return (o, node, upstream, wanted) => {
    const [a, b, y] = [input(node, 0), input(node, 1), node.outputs[0]];
    return [left, right].map((derive, i) =>
      wanted[i]
        ? unbroadcast(o, derive(o, upstream[0]!, a, b, y), y.shape, input(node, i).shape)
        : undefined
    );
  };
}

const toInputShape: GradientRule = (o, node, upstream) => [
  o.reshape(full(o, node, upstream), staticShape(input(node, 0).shape)),
];

const matMul: GradientRule = (o, node, upstream, wanted) => {
  const [a, b] = [input(node, 0), input(node, 1)];
  const g = full(o, node, upstream);
  const da = () =>
    unbroadcast(
      o,
      o.matmul(g, o.swapLast(b)),
      [...g.shape.slice(0, -1), a.shape.at(-1)!],
      a.shape,
    );
  const db = () => {
    if (b.shape.length > 2) {
      const product = o.matmul(o.swapLast(a), g);
      return unbroadcast(o, product, product.shape, b.shape);
    }
    // One matrix for the whole batch: a single product instead of a batch of them and a sum.
    const rows = o.reshape(a, [-1, Number(a.shape.at(-1))]);
    return o.matmul(o.swapLast(rows), o.reshape(g, [-1, Number(g.shape.at(-1))]));
  };
  return [wanted[0] ? da() : undefined, wanted[1] ? db() : undefined];
};

const reduce = (
  derive: (o: Ops, g: Value, x: Value, count: number) => Value,
): GradientRule =>
(o, node, upstream) => {
  const x = input(node, 0);
  const shape = staticShape(x.shape);
  const axes = node.inputs[1] ? constantInts(node.inputs[1]) : shape.map((_, i) => i);
  const reduced = new Set(axes.map((axis) => normalizeAxis(axis, shape.length)));
  const kept = shape.map((n, i) => reduced.has(i) ? 1 : n);
  const count = sizeOf(shape.filter((_, i) => reduced.has(i)));
  return [derive(o, o.reshape(full(o, node, upstream), kept), x, count)];
};

const softmax: GradientRule = (o, node, upstream) => {
  const y = node.outputs[0];
  const axis = intAttribute(node.attributes, "axis", -1);
  const weighted = o.mul(upstream[0]!, y);
  return [o.sub(weighted, o.mul(y, o.reduceSum(expandTo(o, weighted, y.shape), [axis], true)))];
};

const logSoftmax: GradientRule = (o, node, upstream) => {
  const y = node.outputs[0];
  const g = full(o, node, upstream);
  const axis = intAttribute(node.attributes, "axis", -1);
  return [o.sub(g, o.mul(o.exp(y), o.reduceSum(g, [axis], true)))];
};

const transpose: GradientRule = (o, node, upstream) => {
  const rank = input(node, 0).shape.length;
  const perm = intsAttribute(node.attributes, "perm") ??
    Array.from({ length: rank }, (_, i) => rank - 1 - i);
  const inverse = new Array<number>(rank);
  perm.forEach((from, to) => inverse[from] = to);
  return [o.transpose(full(o, node, upstream), inverse)];
};

const slice: GradientRule = (o, node, upstream) => {
  const shape = staticShape(input(node, 0).shape);
  const steps = node.inputs[4] ? constantInts(node.inputs[4]) : [];
  if (steps.some((step) => step !== 1)) {
    throw new TypeError(`Cannot derive a Slice: expected steps of 1, got [${steps}]`);
  }
  const starts = constantInts(node.inputs[1]);
  const axes = node.inputs[3] ? constantInts(node.inputs[3]) : starts.map((_, i) => i);
  const out = staticShape(node.outputs[0].shape);
  const before = shape.map(() => 0);
  axes.forEach((signed, i) => {
    const axis = normalizeAxis(signed, shape.length);
    const start = starts[i] < 0 ? starts[i] + shape[axis] : starts[i];
    before[axis] = Math.min(shape[axis], Math.max(0, start));
  });
  const after = shape.map((n, i) => n - before[i] - out[i]);
  const type = { dtype: input(node, 0).dtype, shape };
  const inputs = [full(o, node, upstream), o.ints([...before, ...after])];
  return o.graph.op("Pad", inputs, {}, { outputs: [type] });
};

const concat: GradientRule = (o, node, upstream) => {
  const y = node.outputs[0];
  const axis = normalizeAxis(intAttribute(node.attributes, "axis", 0), y.shape.length);
  const sizes = node.inputs.map((value) => staticShape(value!.shape)[axis]);
  return o.split(full(o, node, upstream), axis, sizes);
};

const split: GradientRule = (o, node, upstream) => {
  const axis = intAttribute(node.attributes, "axis", 0);
  const parts = node.outputs.map((output, i) =>
    expandTo(o, upstream[i] ?? o.scalar(0, output.dtype), output.shape)
  );
  return [o.concat(parts, axis)];
};

/** A product with one-hot rows: quicker than scattering for the vocabularies and codebooks here. */
const gather: GradientRule = (o, node, upstream) => {
  const [x, indices] = [input(node, 0), input(node, 1)];
  const axis = normalizeAxis(intAttribute(node.attributes, "axis", 0), x.shape.length);
  const shape = staticShape(x.shape);
  const count = sizeOf(staticShape(indices.shape));
  const [before, after] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
  let g = o.reshape(full(o, node, upstream), [before, count, after]);
  if (before > 1) g = o.transpose(g, [1, 0, 2]);
  const rows = o.oneHot(o.reshape(indices, [count]), shape[axis], x.dtype, 0);
  let sum = o.matmul(rows, o.reshape(g, [count, before * after]));
  if (before > 1) sum = o.transpose(o.reshape(sum, [shape[axis], before, after]), [1, 0, 2]);
  return [o.reshape(sum, shape)];
};

const gatherElements: GradientRule = (o, node, upstream) => {
  const [x, indices] = [input(node, 0), input(node, 1)];
  const axis = intAttribute(node.attributes, "axis", 0);
  const zeros = expandTo(o, o.scalar(0, x.dtype), x.shape);
  const inputs = [zeros, indices, full(o, node, upstream)];
  return o.graph.op("ScatterElements", inputs, { axis, reduction: "add" });
};

const where: GradientRule = (o, node, upstream, wanted) => {
  const condition = input(node, 0);
  const g = full(o, node, upstream);
  const part = (i: number, value: () => Value) =>
    wanted[i] ? unbroadcast(o, value(), g.shape, input(node, i).shape) : undefined;
  return [
    undefined,
    part(1, () => o.where(condition, g, 0)),
    part(2, () => o.where(condition, o.scalar(0, g.dtype), g)),
  ];
};

/** The larger (or smaller) operand gets the gradient; the first one at a tie. */
const choose = (firstWins: (o: Ops, a: Value, b: Value) => Value): GradientRule =>
  binary(
    (o, g, a, b) => o.mul(g, o.cast(firstWins(o, a, b), a.dtype)),
    (o, g, a, b) => o.mul(g, o.sub(1, o.cast(firstWins(o, a, b), a.dtype))),
  );

/** Shape-only operators and indices: nothing flows back. */
const nothing: GradientRule = (_o, node) => node.inputs.map(() => undefined);

const expand: GradientRule = (
  o,
  node,
  upstream,
) => [unbroadcast(o, upstream[0]!, node.outputs[0].shape, input(node, 0).shape as Shape)];

export const gradientRules: Readonly<Record<string, GradientRule>> = {
  Add: binary((_o, g) => g, (_o, g) => g),
  Sub: binary((_o, g) => g, (o, g) => o.neg(g)),
  Mul: binary((o, g, _a, b) => o.mul(g, b), (o, g, a) => o.mul(g, a)),
  Div: binary(
    (o, g, _a, b) => o.div(g, b),
    (o, g, _a, b, y) => o.neg(o.mul(g, o.div(y, b))),
  ),
  Pow: binary(
    (o, g, a, b) => o.mul(g, o.mul(b, o.pow(a, o.sub(b, 1)))),
    (o, g, a, _b, y) => o.mul(g, o.mul(y, o.log(a))),
  ),
  Max: choose((o, a, b) => o.lessOrEqual(b, a)),
  Min: choose((o, a, b) => o.lessOrEqual(a, b)),
  MatMul: matMul,
  Identity: unary((_o, g) => g),
  Neg: unary((o, g) => o.neg(g)),
  Abs: unary((o, g, x) => o.mul(g, o.one("Sign", [x]))),
  Sqrt: unary((o, g, _x, y) => o.div(o.mul(g, 0.5), y)),
  Reciprocal: unary((o, g, _x, y) => o.neg(o.mul(g, o.square(y)))),
  Exp: unary((o, g, _x, y) => o.mul(g, y)),
  Log: unary((o, g, x) => o.div(g, x)),
  Tanh: unary((o, g, _x, y) => o.mul(g, o.sub(1, o.square(y)))),
  Sigmoid: unary((o, g, _x, y) => o.mul(g, o.mul(y, o.sub(1, y)))),
  Relu: unary((o, g, x) => o.mul(g, o.cast(o.less(0, x), x.dtype))),
  Cast: unary((o, g, x) => o.cast(g, x.dtype)),
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  ReduceSum: reduce((_o, g) => g),
  ReduceMean: reduce((o, g, _x, count) => o.mul(g, 1 / count)),
  ReduceSumSquare: reduce((o, g, x) => o.mul(o.mul(g, 2), x)),
  Reshape: toInputShape,
  Squeeze: toInputShape,
  Unsqueeze: toInputShape,
  Transpose: transpose,
  Expand: expand,
  Slice: slice,
  Concat: concat,
  Split: split,
  Gather: gather,
  GatherElements: gatherElements,
  Where: where,
  Equal: nothing,
  Less: nothing,
  LessOrEqual: nothing,
  Greater: nothing,
  GreaterOrEqual: nothing,
  Shape: nothing,
  ArgMax: nothing,
};
