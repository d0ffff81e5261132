import type { Session } from "../onnx/engine.ts";
import { extractPart } from "../onnx/extract.ts";
import type { GraphIndex } from "../onnx/graph_index.ts";
import { readInitializer, readNode } from "../onnx/read_model.ts";
import { float32, freeArray, type Tensor } from "../onnx/tensor.ts";
import { exposePoint } from "./cut.ts";
import { passBudgetBytes } from "./fit.ts";
import { type Feed, readHiddenStates } from "./hidden_states.ts";
import type { ResidualStream } from "./residual_stream.ts";

/** Reads the hidden states of prompts, of long ones a few layers at a time. */
export interface StateReader {
  /**
   * @param ids [nTokens]
   * @returns [nLayers + 1, nTokens, dModel], which the caller owns
   */
  read(ids: readonly number[]): Promise<Tensor<"float32">>;
  release(): Promise<void>;
}

/** What a reader works with. */
export interface ReaderParts {
  /** Loads the model with all of its states among the outputs. */
  readonly openAll: () => Promise<Session>;
  /** Loads what leads to the states `from` … `to - 1`, these its outputs. */
  readonly openGroup: (from: number, to: number) => Promise<Session>;
  /** Names of the outputs with the states. */
  readonly states: readonly string[];
  readonly feed: Feed;
  readonly dModel: number;
  readonly dVocab: number;
  /** Bytes of states and of logits that one pass may put out, {@linkcode passBudgetBytes} by default. */
  readonly budgetBytes?: number;
}

/**
 * A reader of hidden states. A prompt whose states, and whose logits, fit into the budget takes one
 * forward pass. Of a longer one each pass ends at the last of a group of layers: the runtime holds all
 * outputs of a graph until a run ends, fetched or not, so that fewer of them have to be in the graph.
 * For the while the whole model is unloaded.
 *
 * @param all {@linkcode ReaderParts.openAll}, opened already; released with the reader
 */
export function createStateReader(
  all: Session,
  { openAll, openGroup, states, feed, dModel, dVocab, budgetBytes = passBudgetBytes }: ReaderParts,
): StateReader {
  let whole: Session | null = all;
  const release = async () => {
    const session = whole;
    whole = null;
    await session?.release();
  };
  return {
    async read(ids) {
      const logitBytes = 4 * ids.length * dVocab;
      const groups = groupStates(states.length, 4 * ids.length * dModel, budgetBytes);
      if (groups.length === 1 && logitBytes <= budgetBytes) {
        whole ??= await openAll();
        return await readHiddenStates(whole, states, feed, ids);
      }
      await release();
      const size = ids.length * dModel;
      const data = new Float32Array(states.length * size);
      for (const [from, to] of groups) {
        const session = await openGroup(from, to);
        try {
          const part = await readHiddenStates(session, states.slice(from, to), feed, ids);
          data.set(part.data, from * size);
          freeArray(part.data);
        } finally {
          await session.release();
        }
      }
      return float32([states.length, ids.length, dModel], data);
    },
    release,
  };
}

/**
 * Cuts the states into runs that stay under a budget, with one in each at least.
 *
 * @param stateBytes of one state
 * @returns `[from, to)` of each run, in order
 */
export function groupStates(
  nStates: number,
  stateBytes: number,
  budgetBytes: number,
): (readonly [from: number, to: number])[] {
  const most = Math.max(1, Math.floor(budgetBytes / stateBytes));
  const groups: (readonly [number, number])[] = [];
  for (let from = 0; from < nStates; from += most) {
    groups.push([from, Math.min(nStates, from + most)]);
  }
  return groups;
}

/**
 * Cuts out what leads from the tokens to some states, without the layers behind them.
 *
 * @param defaults encoded weights that stand for inputs, see `feeds.ts`
 * @returns an ONNX file; weights that lie beside the model stay there
 */
export function extractStates(
  graph: GraphIndex,
  { points }: ResidualStream,
  from: number,
  to: number,
  defaults: readonly Uint8Array[] = [],
): Uint8Array {
  const exposed = points.slice(from, to).map((point) => exposePoint(graph, point));
  const { view } = graph;
  return extractPart(
    {
      ...view,
      nodes: [...view.nodes, ...exposed.flatMap(({ nodes }) => nodes).map(readNode)],
      initializers: [...view.initializers, ...defaults.map(readInitializer)],
    },
    [],
    exposed.map(({ name }) => name),
  );
}
