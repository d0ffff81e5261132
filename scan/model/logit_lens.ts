import type { Session } from "../onnx/engine.ts";
import type { GraphIndex } from "../onnx/graph_index.ts";
import type { ModelView } from "../onnx/read_model.ts";
import { float32, type Tensor } from "../onnx/tensor.ts";
import { cutAt } from "./cut.ts";
import { asFloat32, type Feed, lastSize } from "./hidden_states.ts";
import type { ResidualStream } from "./residual_stream.ts";

/**
 * The logit lens (nostalgebraist 2020): the model's own final norm and unembedding, applied to the
 * hidden states of every layer.
 */
export interface Lens {
  /** ONNX file: hidden states [batch, nTokens, dModel] → normed states and logits. */
  readonly model: Uint8Array;
  /** Name of its input. */
  readonly input: string;
  /** Name of the output that is the final norm's result. */
  readonly normed: string;
  /** Name of the output that is the logits. */
  readonly logits: string;
}

/**
 * Cuts the lens out of a model: from what the final norm takes to the logits, with all that stands in
 * between: scales, soft-capping, a quantised unembedding.
 *
 * @param dModel size of a state
 */
export function extractLens(graph: GraphIndex, { head }: ResidualStream, dModel: number): Lens {
  const to = [head.normed, head.logits];
  const { model, input, outputs } = cutAt(graph, head.last, to, dModel);
  return { model, input, normed: outputs[0], logits: outputs[1] };
}

/** What the lens shows of one layer, or of some of its tokens where all would be too many. */
export interface LensLayer {
  readonly frame: number;
  /** The first of its tokens; the last of a layer come last. */
  readonly firstToken: number;
  /** [tokens, dModel] */
  readonly normed: Float32Array;
  /** [tokens, dVocab] */
  readonly logits: Float32Array;
  readonly dVocab: number;
}

/**
 * Whether a graph rounds numbers to 8 bits by the largest of all tokens, so that a part of a prompt
 * comes out differently.
 */
export function roundsTokensTogether({ nodes }: ModelView): boolean {
  return nodes.some(({ type }) => type === "DynamicQuantizeLinear");
}

/** How {@linkcode applyLens} goes about it. */
export interface LensOptions {
  /**
   * Whether the model gives logits of the last token alone; every token is then a prompt of its own to
   * the lens.
   */
  readonly lastOnly?: boolean;
  /** Tokens of one run, at least 1; all by default. */
  readonly nTokensAtOnce?: number;
}

/**
 * Applies the lens to one layer after the other, and in it to some tokens after the others: the logits
 * of a large vocabulary would not fit into memory all at once.
 *
 * @param session of {@linkcode Lens.model}
 * @param feed what the lens takes besides: some models cut their sizes out of the tokens' shape
 * @param ids [nTokens]
 * @param states [nFrames, nTokens, dModel]
 */
export async function* applyLens(
  session: Session,
  lens: Omit<Lens, "model">,
  feed: Feed,
  ids: readonly number[],
  states: Tensor<"float32">,
  { lastOnly = false, nTokensAtOnce = Infinity }: LensOptions = {},
): AsyncGenerator<LensLayer> {
  const [nFrames, nTokens, dModel] = states.shape;
  for (let frame = 0; frame < nFrames; frame++) {
    for (let firstToken = 0; firstToken < nTokens; firstToken += nTokensAtOnce) {
      const n = Math.min(nTokensAtOnce, nTokens - firstToken);
      const start = (frame * nTokens + firstToken) * dModel;
      const part = states.data.subarray(start, start + n * dModel);
      const shape = lastOnly ? [n, 1, dModel] : [1, n, dModel];
      const outputs = await session.run(
        { ...feed(ids.slice(firstToken, firstToken + n)), [lens.input]: float32(shape, part) },
        [lens.normed, lens.logits],
      );
      const logits = asFloat32(lens.logits, outputs[lens.logits]);
      yield {
        frame,
        firstToken,
        normed: asFloat32(lens.normed, outputs[lens.normed]).data,
        logits: logits.data,
        dVocab: lastSize(logits),
      };
    }
  }
}

/** What is kept of one token's logits. */
export interface Summary {
  /** Ids with probabilities, best first; the smaller id first at a tie. */
  readonly best: readonly { readonly id: number; readonly p: number }[];
  /** In bits. */
  readonly entropy: number;
}

/**
 * Best guesses and entropy of the softmax of some logits.
 *
 * @param logits [dVocab]
 * @param count number of guesses, all if there are fewer tokens
 * @throws {RangeError} if a logit is not a number
 */
export function summarizeLogits(logits: Float32Array, count: number): Summary {
  const order: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    const value = logits[id];
    if (Number.isNaN(value)) {
      throw new RangeError(`Cannot read the logits: expected numbers, got NaN at token ${id}`);
    }
    if (order.length === count && !(value > logits[order[count - 1]])) continue;
    let at = order.length;
    while (at > 0 && value > logits[order[at - 1]]) at--;
    order.splice(at, 0, id);
    if (order.length > count) order.pop();
  }
  // Shifted by the largest, so that no exponential overflows.
  const top = logits[order[0]];
  let total = 0;
  let weighted = 0;
  for (const value of logits) {
    const weight = Math.exp(value - top);
    total += weight;
    if (weight > 0) weighted += weight * (value - top);
  }
  return {
    best: order.map((id) => ({ id, p: Math.exp(logits[id] - top) / total })),
    entropy: Math.max(0, (Math.log(total) - weighted / total) / Math.LN2),
  };
}
