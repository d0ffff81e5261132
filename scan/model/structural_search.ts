import type { GraphIndex } from "../onnx/graph_index.ts";
import type { NodeView } from "../onnx/read_model.ts";
import { pointAt, type ResidualPoint, termsOf } from "./residual_point.ts";

/** What the search found. */
export interface Chain {
  /** States 0 … L as far as the chain of additions goes back. */
  readonly points: readonly ResidualPoint[];
  /** Additions along the chain. */
  readonly nAdditions: number;
  /** What the chain begins with: the type of the node that makes state 0. */
  readonly start: string;
}

/** Operators by which tokens read each other, in one node. */
const fusedAttention: ReadonlySet<string> = new Set([
  ...["Attention", "MultiHeadAttention", "GroupQueryAttention", "PagedAttention"],
  ...["SparseAttention", "DecoderMaskedMultiHeadAttention", "PackedMultiHeadAttention"],
  ...["LinearAttention", "CausalConvWithState"],
]);

/** What may stand between the scores of attention and their softmax: scale, cap, mask, types, axes. */
const betweenScores: ReadonlySet<string> = new Set([
  ...["Add", "Mul", "Div", "Tanh", "Cast", "Where", "Max", "Min", "Reshape", "Slice", "Concat"],
]);

const products: ReadonlySet<string> = new Set(["MatMul", "FusedMatMul", "Einsum"]);

/** Terms of one addition that are looked at: residual, attention, perceptron, a bias of each. */
const mostTerms = 5;

/**
 * Finds the residual stream by the graph's form alone. From the last hidden state it goes back along
 * the additions: of an addition's terms, the stream is the one that all others are computed from. A
 * layer begins where the others read other tokens.
 *
 * @param last what the final norm takes
 */
export function followResiduals(graph: GraphIndex, last: ResidualPoint): Chain {
  const points = [last];
  let nAdditions = 0;
  let at = last;
  for (;;) {
    const step = stepBack(graph, at);
    if (!step) break;
    nAdditions++;
    at = step.point;
    if (step.mixes) points.unshift(at);
  }
  return { points, nAdditions, start: graph.maker(at.name)?.type ?? "an input" };
}

function stepBack(
  graph: GraphIndex,
  point: ResidualPoint,
): { point: ResidualPoint; mixes: boolean } | null {
  const terms: string[] = termsOf(graph, point) ?? [];
  while (terms.length >= 2 && terms.length <= mostTerms) {
    for (const term of terms) {
      const stream = pointAt(graph, term);
      let mixes = false;
      const dependent = terms.every((other) =>
        other === term ||
        graph.depends(other, stream.name, (node) => mixes ||= readsTokens(graph, node, stream))
      );
      if (dependent) return { point: stream, mixes };
    }
    // (x + attention) + perceptron, both computed from x: take the inner addition apart.
    const inner = terms.findIndex((term) => termsOf(graph, pointAt(graph, term)));
    if (inner < 0) return null;
    terms.splice(inner, 1, ...termsOf(graph, pointAt(graph, terms[inner])) ?? []);
  }
  return null;
}

/**
 * Whether a node is attention. A softmax alone is not: experts are chosen by one too. That of attention
 * is over products of the stream with itself.
 */
function readsTokens(graph: GraphIndex, node: NodeView, stream: ResidualPoint): boolean {
  if (fusedAttention.has(node.type)) return true;
  if (node.type !== "Softmax") return false;
  const queue = [node.inputs[0]];
  const seen = new Set(queue);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const maker = graph.maker(name);
    if (!maker) continue;
    const inputs = maker.inputs.filter((input) => !graph.isFixed(input));
    if (products.has(maker.type)) {
      if (inputs.length > 1 && inputs.every((input) => graph.depends(input, stream.name))) {
        return true;
      }
      continue;
    }
    if (!betweenScores.has(maker.type)) continue;
    for (const input of inputs) {
      if (seen.has(input)) continue;
      seen.add(input);
      queue.push(input);
    }
  }
  return false;
}
