import type { Graph, Node, Value } from "./graph.ts";
import { gradientRules } from "./gradient_rules.ts";
import { Ops } from "./ops.ts";
import { expandTo } from "./broadcast.ts";

/**
 * Derives a scalar by reverse-mode differentiation: adds to the graph the nodes that compute the
 * gradient, in the same graph and with ordinary operators, so that any runtime can run it.
 *
 * All shapes on the way from `wrt` to `loss` must be known numbers. Values of a graph around this
 * one count as constants unless they stand in `wrt` themselves.
 *
 * @param graph the graph that computes `loss`, in a loop's body the body
 * @param loss scalar, shape []
 * @param wrt values to derive by
 * @returns one gradient for each of `wrt`, with its shape; zeros where the loss does not depend on it
 * @throws {TypeError} if the loss is no scalar, a shape is unknown, or an operator on the way has no rule
 */
export function gradient(graph: Graph, loss: Value, wrt: readonly Value[]): Value[] {
  if (loss.shape.length !== 0) {
    throw new TypeError(
      `Cannot derive "${loss.name}": expected a scalar, got shape [${loss.shape}]`,
    );
  }
  const o = new Ops(graph);
  const active = new Set<Value>(wrt);
  const path: Node[] = [];
  for (const node of graph.nodes) {
    if (!node.inputs.some((input) => input && active.has(input))) continue;
    path.push(node);
    for (const output of node.outputs) active.add(output);
  }

  // Contributions are summed only when they are read: one `Sum` instead of a chain of `Add`s.
  const contributions = new Map<Value, Value[]>();
  const contribute = (value: Value, part: Value) => {
    const parts = contributions.get(value);
    if (parts) parts.push(part);
    else contributions.set(value, [part]);
  };
  const total = (value: Value): Value | undefined => {
    const parts = contributions.get(value);
    if (!parts) return undefined;
    const sum = parts.reduce((a, b) => o.add(a, b));
    contributions.set(value, [sum]);
    return sum;
  };

  if (active.has(loss)) contribute(loss, o.scalar(1, loss.dtype));
  for (const node of path.reverse()) {
    const upstream = node.outputs.map(total);
    if (upstream.every((g) => g === undefined)) continue;
    const wanted = node.inputs.map((input) => input !== null && active.has(input));
    const rule = gradientRules[node.type];
    if (!rule) {
      throw new TypeError(
        `Cannot derive "${node.outputs[0].name}": expected one of the operators ` +
          `${Object.keys(gradientRules).join(", ")}, got ${node.type}`,
      );
    }
    rule(o, node, upstream, wanted).forEach((part, i) => {
      const input = node.inputs[i];
      if (part && input && wanted[i]) contribute(input, part);
    });
  }
  return wrt.map((value) => {
    const sum = total(value) ?? o.scalar(0, value.dtype);
    return expandTo(o, sum, value.shape);
  });
}
