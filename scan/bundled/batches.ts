import { float32, type Tensor, tensor } from "../onnx/tensor.ts";
import type { Example } from "./corpus/mod.ts";
import type { EncodedExample, FastTokenizer } from "./tokenizer/mod.ts";

/** How texts become rows of tokens. */
export interface BatchOptions {
  readonly nSteps: number;
  readonly batch: number;
  /** Tokens in a row. */
  readonly nTokens: number;
  /** Weight in the loss of a token that is no answer; an answer weighs 1. */
  readonly backgroundWeight: number;
  /** Share of documents that are several texts in a row, so that long prompts are no surprise. */
  readonly joinedShare: number;
}

/** The data of some steps, as the loss takes it; each [nSteps, batch, nTokens]. */
export type Batches = Readonly<
  Record<"ids" | "targets" | "documents", Tensor<"int64">> & Record<"weights", Tensor<"float32">>
>;

/** Documents that wait for a row with room for them. */
const pendingLimit = 64;

/**
 * Documents from texts: most are one text, some are several with a space between, never longer than
 * `maxTokens` + 1 (the last token is only ever a target).
 *
 * @param random uniform in [0, 1)
 */
export function* toDocuments(
  examples: Iterator<Example>,
  tokenizer: FastTokenizer,
  random: () => number,
  options: Pick<BatchOptions, "nTokens" | "joinedShare">,
): Generator<EncodedExample> {
  while (true) {
    const { value: first, done } = examples.next();
    if (done) return;
    let { text, answers } = first;
    let encoded = tokenizer.encodeExample(text, answers);
    const wanted = random() < options.joinedShare ? random() * options.nTokens : 0;
    while (encoded.ids.length < wanted) {
      const { value: more, done } = examples.next();
      if (done) break;
      const shift = text.length + 1;
      const joined = `${text} ${more.text}`;
      const joinedAnswers = [
        ...answers,
        ...more.answers.map(({ start, end }) => ({ start: start + shift, end: end + shift })),
      ];
      const longer = tokenizer.encodeExample(joined, joinedAnswers);
      if (longer.ids.length > options.nTokens + 1) break;
      [text, answers, encoded] = [joined, joinedAnswers, longer];
    }
    if (encoded.ids.length <= options.nTokens + 1) yield encoded;
  }
}

/**
 * Packs documents into rows: each goes into a row that still has room for all of it. What stays free
 * at the end of a row is its own document with no weight in the loss.
 *
 * @throws {RangeError} if the documents end before the batches are full
 */
export function packBatches(
  documents: Iterator<EncodedExample>,
  beginId: number,
  options: BatchOptions,
): Batches {
  const { nSteps, batch, nTokens, backgroundWeight } = options;
  const shape = [nSteps, batch, nTokens];
  const size = nSteps * batch * nTokens;
  const ids = new BigInt64Array(size).fill(BigInt(beginId));
  const targets = new BigInt64Array(size).fill(BigInt(beginId));
  const documentIds = new BigInt64Array(size).fill(-1n);
  const weights = new Float32Array(size);
  const pending: EncodedExample[] = [];
  for (let row = 0; row < nSteps * batch; row++) {
    let at = row * nTokens;
    const end = at + nTokens;
    for (let id = 0n; at < end; id++) {
      while (pending.length < pendingLimit) {
        const { value, done } = documents.next();
        if (done) throw new RangeError("Cannot fill the batches: expected more texts, got none");
        pending.push(value);
      }
      const i = pending.findIndex((document) => document.ids.length - 1 <= end - at);
      if (i < 0) break;
      const [document] = pending.splice(i, 1);
      for (let t = 0; t + 1 < document.ids.length; t++, at++) {
        ids[at] = BigInt(document.ids[t]);
        targets[at] = BigInt(document.ids[t + 1]);
        documentIds[at] = id;
        weights[at] = document.weights[t + 1] === 1 ? 1 : backgroundWeight;
      }
    }
  }
  return {
    ids: tensor("int64", shape, ids),
    targets: tensor("int64", shape, targets),
    documents: tensor("int64", shape, documentIds),
    weights: float32(shape, weights),
  };
}
