import type { Session } from "../onnx/engine.ts";
import { int64, type Tensor } from "../onnx/tensor.ts";
import type { Example } from "./corpus/mod.ts";
import type { EncodedExample, FastTokenizer } from "./tokenizer/mod.ts";

/** How often the model's best guess is right where the next token can be known. */
export interface Accuracy {
  readonly skill: string;
  /** Texts looked at. */
  readonly nTexts: number;
  /** Answer tokens in them. */
  readonly nTokens: number;
  /** Share of the answer tokens that are the best guess after the true tokens before them, 0 … 1. */
  readonly tokenAccuracy: number;
  /** Share of the texts in which every answer token is, 0 … 1. */
  readonly textAccuracy: number;
}

/** Texts in a run of the model. */
const batchSize = 16;

/**
 * The first `count` texts of each skill.
 *
 * @throws {RangeError} if a skill comes up too rarely to find them
 */
export function sampleExamples(
  examples: Iterator<Example>,
  skills: readonly string[],
  count: number,
): Example[] {
  const bySkill = new Map(skills.map((skill) => [skill, [] as Example[]]));
  let missing = skills.length * count;
  for (let tries = 0; missing > 0; tries++) {
    const { value, done } = examples.next();
    if (done || tries > 10_000 + 1_000 * skills.length * count) {
      throw new RangeError(`Cannot sample ${count} texts of every skill: ${missing} are missing`);
    }
    const found = bySkill.get(value.skill);
    if (!found || found.length >= count) continue;
    found.push(value);
    missing--;
  }
  return [...bySkill.values()].flat();
}

/**
 * Next-token accuracy per skill at the answers.
 *
 * @param session takes `input_ids`, gives `logits`
 * @param maxTokens the model's context; a longer text counts as an error of the caller
 * @throws {RangeError} if a text is longer
 */
export async function evaluate(
  session: Session,
  tokenizer: FastTokenizer,
  examples: readonly Example[],
  maxTokens: number,
): Promise<Accuracy[]> {
  const encoded = examples.map((example) => {
    const tokens = tokenizer.encodeExample(example.text, example.answers);
    if (tokens.ids.length > maxTokens) {
      throw new RangeError(
        `Cannot evaluate "${example.text}": expected ${maxTokens} tokens at most, got ${tokens.ids.length}`,
      );
    }
    return { skill: example.skill, tokens };
  });
  // Texts of like length share a run, so that little of it is padding.
  encoded.sort((a, b) => a.tokens.ids.length - b.tokens.ids.length);
  const counts = new Map<string, { texts: number; right: number; tokens: number; hits: number }>();
  for (let at = 0; at < encoded.length; at += batchSize) {
    const part = encoded.slice(at, at + batchSize);
    const hits = await countHits(session, part.map(({ tokens }) => tokens), tokenizer.beginId);
    part.forEach(({ skill }, i) => {
      const count = counts.get(skill) ?? { texts: 0, right: 0, tokens: 0, hits: 0 };
      counts.set(skill, count);
      count.texts++;
      count.tokens += hits[i].answers;
      count.hits += hits[i].hits;
      if (hits[i].hits === hits[i].answers) count.right++;
    });
  }
  const order = [...new Set(examples.map(({ skill }) => skill))];
  return order.map((skill) => {
    const { texts, right, tokens, hits } = counts.get(skill)!;
    return {
      skill,
      nTexts: texts,
      nTokens: tokens,
      tokenAccuracy: tokens === 0 ? 1 : hits / tokens,
      textAccuracy: right / texts,
    };
  });
}

async function countHits(
  session: Session,
  texts: readonly EncodedExample[],
  padId: number,
): Promise<{ answers: number; hits: number }[]> {
  const nTokens = Math.max(...texts.map(({ ids }) => ids.length));
  // A token sees only what is before it: padding at the end changes nothing.
  const inputs = new BigInt64Array(texts.length * nTokens).fill(BigInt(padId));
  texts.forEach(({ ids }, i) => ids.forEach((id, t) => inputs[i * nTokens + t] = BigInt(id)));
  const feeds = { input_ids: int64([texts.length, nTokens], inputs) };
  const logits = (await session.run(feeds, ["logits"])).logits as Tensor<"float32">;
  const dVocab = logits.shape[2];
  return texts.map(({ ids, weights }, i) => {
    let answers = 0;
    let hits = 0;
    for (let t = 1; t < ids.length; t++) {
      if (weights[t] !== 1) continue;
      answers++;
      const from = (i * nTokens + t - 1) * dVocab;
      if (argMax(logits.data.subarray(from, from + dVocab)) === ids[t]) hits++;
    }
    return { answers, hits };
  });
}

function argMax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** A table in Markdown, for the terminal and the card. */
export function accuracyTable(accuracies: readonly Accuracy[]): string {
  const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
  return [
    "| skill | texts | answer tokens | next-token accuracy | texts without an error |",
    "|---|---:|---:|---:|---:|",
    ...accuracies.map((a) =>
      `| ${a.skill} | ${a.nTexts} | ${a.nTokens} | ${percent(a.tokenAccuracy)} | ${
        percent(a.textAccuracy)
      } |`
    ),
  ].join("\n");
}
