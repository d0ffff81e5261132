import type { Session } from "../onnx/engine.ts";
import { asFloat32, type ExposedModel, type Feed, lastSize } from "./hidden_states.ts";

/** What a short run shows of a model. */
export interface Trial {
  readonly dModel: number;
  readonly dVocab: number;
  /** Whether the model gives logits of the last token alone. */
  readonly lastOnly: boolean;
}

/** Share of a token's state that a later token may change: quantised models round all tokens together. */
const mostInfluence = 0.1;

/**
 * Runs a model on two short prompts that differ in their last token. In a decoder the first token
 * cannot know of that.
 *
 * @param files for messages
 * @throws {TypeError} if tokens see what comes after them: an encoder
 */
export async function tryOut(
  session: Session,
  { states, logits }: Omit<ExposedModel, "model">,
  feed: Feed,
  files: { readonly model: string },
): Promise<Trial> {
  const last = states[states.length - 1];
  const [a, b] = [
    await session.run(feed([0, 1]), [last, logits]),
    await session.run(feed([0, 2]), [last]),
  ];
  const answer = asFloat32(logits, a[logits]);
  const before = asFloat32(last, a[last]);
  const after = asFloat32(last, b[last]);
  const [dModel, dVocab] = [lastSize(before), lastSize(answer)];
  let size = 0;
  let change = 0;
  for (let i = 0; i < dModel; i++) {
    size += before.data[i] ** 2;
    change += (before.data[i] - after.data[i]) ** 2;
  }
  if (Math.sqrt(change) > mostInfluence * Math.sqrt(size)) {
    const percent = Math.round(100 * Math.sqrt(change / size));
    throw new TypeError(
      `Cannot scan "${files.model}": expected a decoder, whose tokens know nothing of those after ` +
        `them, got an encoder: another second token changes the first one's state by ${percent} %. ` +
        "Take a model for text generation.",
    );
  }
  return { dModel, dVocab, lastOnly: answer.data.length === dVocab };
}
