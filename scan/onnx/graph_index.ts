import {
  float32Type,
  readDeclaration,
  readTensorHead,
  readTypeAttribute,
  type TensorHead,
} from "./declarations.ts";
import { dataTypes } from "./proto.ts";
import type { ModelView, NodeView } from "./read_model.ts";

/** Operators whose result does not carry the numbers of their input, only its sizes. */
const sizesOnly: ReadonlySet<string> = new Set(["Shape", "Size"]);

/** Which input an operator's result has its element type from, where it is not the first. */
const typeSource: Readonly<Record<string, number>> = {
  Where: 1,
  DequantizeLinear: 1,
  GatherBlockQuantized: 2,
};

/** A model's graph with its edges: who makes a tensor, who reads it, what it holds. */
export class GraphIndex {
  readonly #makers = new Map<string, NodeView>();
  readonly #readers = new Map<string, NodeView[]>();
  readonly #weights: Map<string, Uint8Array>;
  readonly #declared: Map<string, Uint8Array>;
  readonly #types = new Map<string, number>();
  readonly #order = new Map<NodeView, number>();

  constructor(readonly view: ModelView) {
    for (const node of view.nodes) {
      for (const name of node.outputs) if (name !== "") this.#makers.set(name, node);
      for (const name of new Set([...node.inputs, ...node.captures])) {
        const readers = this.#readers.get(name);
        if (readers) readers.push(node);
        else this.#readers.set(name, [node]);
      }
    }
    this.#weights = new Map(view.initializers.map(({ name, bytes }) => [name, bytes]));
    this.#declared = new Map(
      [...view.valueInfos, ...view.inputs, ...view.outputs].map(({ name, bytes }) => [name, bytes]),
    );
  }

  /** The node that makes a tensor; none for inputs and weights. */
  maker(name: string): NodeView | undefined {
    return this.#makers.get(name);
  }

  /** The nodes that read a tensor. */
  readers(name: string): readonly NodeView[] {
    return this.#readers.get(name) ?? [];
  }

  /** A weight without its numbers. */
  weight(name: string): TensorHead | null {
    const bytes = this.#weights.get(name);
    return bytes ? readTensorHead(bytes) : null;
  }

  /** Whether a tensor is the same in every run as far as its maker tells: a weight, or a `Constant` node. */
  isFixed(name: string): boolean {
    return name === "" || this.#weights.has(name) || this.#makers.get(name)?.type === "Constant";
  }

  /**
   * Whether the numbers of one tensor go into another's; sizes do not count. A node that adds and
   * norms puts the same numbers out twice, so that all outputs of a node count as one.
   *
   * @param visit is told every node between the two
   */
  depends(name: string, on: string, visit: (node: NodeView) => void = () => {}): boolean {
    // What was made before `on` cannot depend on it: the search stays between the two.
    const source = this.#makers.get(on);
    const start = this.#position(source);
    const seen = new Set<string>();
    const queue = [name];
    let found = false;
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const maker = this.#makers.get(next);
      if (next === on || (maker && maker === source)) {
        found = true;
        continue;
      }
      if (!maker || sizesOnly.has(maker.type) || this.#position(maker) <= start) continue;
      visit(maker);
      queue.push(...maker.inputs, ...maker.captures);
    }
    return found;
  }

  /**
   * `TensorProto.DataType` of a tensor: declared, or followed back to where it is.
   *
   * @throws {TypeError} if the file does not tell
   */
  elementType(name: string): number {
    const path: string[] = [];
    const step = (type: number) => {
      for (const passed of path) this.#types.set(passed, type);
      return type;
    };
    for (let at = name; path.length < this.view.nodes.length + 2;) {
      path.push(at);
      const known = this.#types.get(at) ?? this.weight(at)?.elementType;
      if (known) return step(known);
      const declared = this.#declared.get(at);
      const type = declared ? readDeclaration(declared).elementType : 0;
      if (type) return step(type);
      const maker = this.#makers.get(at);
      if (!maker) break;
      if (sizesOnly.has(maker.type)) return step(dataTypes.int64);
      if (maker.type === "Cast") return step(readTypeAttribute(maker.bytes, "to") ?? 0);
      if (maker.type === "Constant") {
        return step(readTypeAttribute(maker.bytes, "value") ?? float32Type);
      }
      at = maker.inputs[typeSource[maker.type] ?? 0] ?? "";
    }
    throw new TypeError(
      `Cannot tell the element type of "${name}": expected a declared type, got none`,
    );
  }

  /** Longest way from an input or a weight, counted in nodes: files need not be in an order that runs. */
  #position(node: NodeView | undefined): number {
    if (!node) return 0;
    const stack = [node];
    const begun = new Set<NodeView>();
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (this.#order.has(top)) {
        stack.pop();
        continue;
      }
      begun.add(top);
      let position = 1;
      let ready = true;
      for (const name of [...top.inputs, ...top.captures]) {
        const maker = this.#makers.get(name);
        if (!maker) continue;
        const known = this.#order.get(maker);
        // A node that is begun waits for this one: a circle, which the runtime will refuse.
        if (known !== undefined) position = Math.max(position, known + 1);
        else if (!begun.has(maker)) {
          stack.push(maker);
          ready = false;
        }
      }
      if (!ready) continue;
      this.#order.set(top, position);
      stack.pop();
    }
    return this.#order.get(node) ?? 0;
  }
}
