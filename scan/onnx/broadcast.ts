import type { Shape, Value } from "./graph.ts";
import type { Ops } from "./ops.ts";

/** @throws {TypeError} if a size is only known by name */
export function staticShape(shape: Shape): number[] {
  return shape.map((dim) => {
    if (typeof dim === "number") return dim;
    throw new TypeError(`Cannot derive over shape [${shape}]: expected numbers, got "${dim}"`);
  });
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** `x` itself if it has the shape, else broadcast to it. */
export function expandTo(o: Ops, x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : o.expand(x, staticShape(shape));
}

/**
 * Sums a gradient over the axes along which its operand was broadcast: the transpose of broadcasting.
 *
 * @param g gradient of the result, of a shape that broadcasts to `from`
 * @param from shape of the result
 * @param to shape of the operand
 */
export function unbroadcast(o: Ops, g: Value, from: Shape, to: Shape): Value {
  if (sameShape(from, to)) return g;
  const lead = from.length - to.length;
  const axes = from.flatMap((dim, i) => i < lead || (to[i - lead] === 1 && dim !== 1) ? [i] : []);
  const full = expandTo(o, g, from);
  const sum = axes.length === 0 ? full : o.reduceSum(full, axes, true);
  return lead === 0 ? sum : o.reshape(sum, staticShape(to));
}
