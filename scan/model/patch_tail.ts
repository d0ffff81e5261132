import type { GraphIndex } from "../onnx/graph_index.ts";
import type { Tensor } from "../onnx/tensor.ts";
import { agreesWith, type LoadedTail, runTailBatch } from "./batched_tail.ts";
import { keepLastToken } from "./last_token.ts";
import type { ResidualStream } from "./residual_stream.ts";
import type { BatchTail, LanguageModel } from "./types.ts";

/** What of a model its tails are made of. */
interface Choice {
  /** The model, or the model whose unembedding takes the last token alone. */
  readonly graph: GraphIndex;
  readonly batches: boolean;
}

/**
 * Plans how a model's tails are run on batches. What its graph takes is tried on three made-up prompts
 * when the first tail is opened.
 *
 * @param load cuts the tail before a layer out of a graph and loads it
 */
export function planPatchTails(
  graph: GraphIndex,
  stream: ResidualStream,
  dModel: number,
  load: (graph: GraphIndex, layer: number) => Promise<LoadedTail>,
): LanguageModel["openPatchTail"] {
  const last = stream.points.length - 1;
  let choice: Promise<Choice> | undefined;
  return async (layer) => {
    if (!Number.isInteger(layer) || layer < 0 || layer > last) {
      throw new RangeError(`Cannot open the tail of layer ${layer}: expected 0 to ${last}`);
    }
    choice ??= choose(graph, stream, dModel, load);
    const { graph: from, batches } = await choice;
    const tail = await load(from, layer);
    return {
      async runBatch(states, ids) {
        checkBatch(states, ids, dModel);
        return await runTailBatch(tail, states, ids, batches);
      },
      release: () => tail.session.release(),
    } satisfies BatchTail;
  };
}

/** Tries the shorter graph, then batches, on the last layer: it holds all that a layer is made of. */
async function choose(
  graph: GraphIndex,
  stream: ResidualStream,
  dModel: number,
  load: (graph: GraphIndex, layer: number) => Promise<LoadedTail>,
): Promise<Choice> {
  const layer = stream.points.length - 2;
  const opened: LoadedTail[] = [];
  const open = async (from: GraphIndex) => {
    const tail = await load(from, layer);
    opened.push(tail);
    return tail;
  };
  try {
    const plain = await open(graph);
    const shortGraph = keepLastToken(graph, stream.head);
    // The runtime refuses some graphs as soon as they are loaded.
    const short = await open(shortGraph).catch(() => null);
    const isShort = short !== null && await agreesWith(short, plain, dModel, false);
    const batches = await agreesWith(isShort ? short : plain, plain, dModel, true);
    return { graph: isShort ? shortGraph : graph, batches };
  } finally {
    for (const { session } of opened) await session.release();
  }
}

function checkBatch(
  { shape }: Tensor<"float32">,
  ids: readonly number[],
  dModel: number,
): void {
  const fits = shape.length === 3 && shape[0] > 0 && ids.length > 0 && shape[1] === ids.length &&
    shape[2] === dModel;
  if (fits) return;
  throw new RangeError(
    `Cannot run a tail: expected states of [batch, ${ids.length}, ${dModel}], got [${shape}]`,
  );
}
