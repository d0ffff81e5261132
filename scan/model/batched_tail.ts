import type { Session } from "../onnx/engine.ts";
import { float32, stackRows, type Tensor } from "../onnx/tensor.ts";
import type { Part } from "./cut.ts";
import { asFloat32, type Feed, lastSize } from "./hidden_states.ts";

/** A tail that is loaded, with what it takes besides states. */
export interface LoadedTail {
  readonly session: Session;
  readonly part: Pick<Part, "input" | "outputs">;
  readonly feed: Feed;
}

/** Size and number of tokens of the made-up prompts on which a graph is tried. */
const trial = { batch: 3, nTokens: 4 };

/** Largest difference between a batch and single runs, as a share of the largest logit. */
const tolerance = 1e-3;

/**
 * Runs a tail on a batch of states of one prompt.
 *
 * @param states hidden states before the layer, [batch, nTokens, dModel]
 * @param ids of the tokens, [nTokens]
 * @param batches whether the graph takes a batch; else it runs once for each
 * @returns logits at the last token, [batch, dVocab]
 */
export async function runTailBatch(
  tail: LoadedTail,
  states: Tensor<"float32">,
  ids: readonly number[],
  batches: boolean,
): Promise<Tensor<"float32">> {
  const [batch, nTokens, dModel] = states.shape;
  const size = nTokens * dModel;
  if (batches || batch === 1) return await runOnce(tail, states, ids);
  const rows: Float32Array[] = [];
  for (let i = 0; i < batch; i++) {
    const one = float32([1, nTokens, dModel], states.data.subarray(i * size, (i + 1) * size));
    rows.push((await runOnce(tail, one, ids)).data);
  }
  return stackRows(rows);
}

async function runOnce(
  { session, part: { input, outputs: [output] }, feed }: LoadedTail,
  states: Tensor<"float32">,
  ids: readonly number[],
): Promise<Tensor<"float32">> {
  const [batch] = states.shape;
  const result = await session.run({ ...feed(ids, batch), [input]: states }, [output]);
  const logits = asFloat32(output, result[output]);
  const dVocab = lastSize(logits);
  const nRows = logits.data.length / (batch * dVocab);
  if (!Number.isInteger(nRows)) {
    throw new TypeError(
      `Cannot read "${output}": expected logits of ${batch} runs, got [${logits.shape}]`,
    );
  }
  if (nRows === 1) return float32([batch, dVocab], logits.data);
  return stackRows(Array.from({ length: batch }, (_, i) => {
    const end = (i + 1) * nRows * dVocab;
    return logits.data.subarray(end - dVocab, end);
  }));
}

/**
 * Whether a tail gives the same logits when it runs on a batch as another one that runs prompt by
 * prompt. It does not where the batch's size is fixed in the graph, and where a quantised model rounds
 * by the largest number of the whole batch.
 *
 * @param plain gives the logits to agree with
 * @param dModel size of a state
 */
export async function agreesWith(
  tail: LoadedTail,
  plain: LoadedTail,
  dModel: number,
  batches: boolean,
): Promise<boolean> {
  const states = makeUpStates(dModel);
  const ids = Array.from({ length: trial.nTokens }, (_, i) => i);
  const expected = await runTailBatch(plain, states, ids, false);
  try {
    const { shape, data } = await runTailBatch(tail, states, ids, batches);
    const largest = expected.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    return shape.every((n, axis) => n === expected.shape[axis]) &&
      data.every((x, i) => Math.abs(x - expected.data[i]) <= tolerance * largest);
  } catch {
    // Whatever it is that the graph does not take, the plain tail runs.
    return false;
  }
}

/** Waves, with a channel that stands out in the last prompt. [trial.batch, trial.nTokens, dModel] */
function makeUpStates(dModel: number): Tensor<"float32"> {
  const { batch, nTokens } = trial;
  const size = nTokens * dModel;
  const data = Float32Array.from({ length: batch * size }, (_, i) => Math.sin(1 + 1.7 * i));
  for (let t = 0; t < nTokens; t++) data[(batch - 1) * size + t * dModel + t] = 30;
  return float32([batch, nTokens, dModel], data);
}
