import type { Guess } from "../format/types.ts";
import type { Engine } from "../onnx/engine.ts";
import { exposeTensors } from "../onnx/expose.ts";
import { readModel } from "../onnx/read_model.ts";
import { float32, type Tensor } from "../onnx/tensor.ts";
import { findResiduals, readHiddenStates } from "./hidden_states.ts";
import { applyLens, extractLens, summarizeLogits } from "./logit_lens.ts";
import type { ModelSource } from "./source.ts";
import { createTokenizer, type Tokenizer } from "./tokenizer.ts";
import type { LanguageModel, Reading } from "./types.ts";

/** Guesses kept of every token of every layer. */
const defaultGuesses = 8;

/**
 * Loads a model onto an engine: its graph with the residual streams exposed, and its logit lens.
 *
 * @param options.nGuesses guesses kept of every token, 8 by default
 * @throws {TypeError} if the graph is not built as expected; the message says what is missing
 */
export async function openModel(
  engine: Engine,
  source: ModelSource,
  { nGuesses = defaultGuesses }: { readonly nGuesses?: number } = {},
): Promise<LanguageModel> {
  const tokenizer = createTokenizer(source.tokenizer, source.tokenizerConfig);
  const residuals = findResiduals(readModel(source.model));
  const lens = extractLens(source.model, residuals[residuals.length - 1]);
  const session = await engine.load(exposeTensors(source.model, residuals));
  const lensSession = await engine.load(lens.model).catch(async (error) => {
    await session.release();
    throw error;
  });
  const release = async () => {
    await session.release();
    await lensSession.release();
  };

  // The sizes that a file does not state are seen by running it once.
  const probe = await readHiddenStates(session, residuals, [0]).catch(async (error) => {
    await release();
    throw error;
  });
  const { identity, context } = source;
  return {
    ...identity,
    nLayers: residuals.length - 1,
    dModel: probe.states.shape[2],
    dVocab: probe.logits.shape[1],
    context,
    tokenize: (text) => tokenizer.encode(text),
    async read(text) {
      const tokens = tokenizer.encode(text);
      if (tokens.length === 0 || tokens.length > context) {
        throw new RangeError(
          `Cannot read "${
            text.slice(0, 40)
          }": expected 1 to ${context} tokens, got ${tokens.length}`,
        );
      }
      const ids = tokens.map(({ id }) => id);
      const { states } = await readHiddenStates(session, residuals, ids);
      const layers = applyLens(lensSession, lens, states);
      return { tokens, states, ...await lookThrough(layers, states, tokenizer, nGuesses) };
    },
    release,
  };
}

async function lookThrough(
  layers: ReturnType<typeof applyLens>,
  states: Tensor<"float32">,
  tokenizer: Tokenizer,
  nGuesses: number,
): Promise<Pick<Reading, "normed" | "guesses" | "entropy">> {
  const [, nTokens, dModel] = states.shape;
  const normed = new Float32Array(states.data.length);
  const guesses: Guess[][][] = [];
  const entropy: Float32Array[] = [];
  for await (const layer of layers) {
    normed.set(layer.normed, guesses.length * nTokens * dModel);
    const summaries = Array.from({ length: nTokens }, (_, t) => {
      const row = layer.logits.subarray(t * layer.dVocab, (t + 1) * layer.dVocab);
      return summarizeLogits(row, nGuesses);
    });
    guesses.push(
      summaries.map(({ best }) => best.map(({ id, p }) => ({ id, text: tokenizer.textOf(id), p }))),
    );
    entropy.push(Float32Array.from(summaries, (summary) => summary.entropy));
  }
  return { normed: float32(states.shape, normed), guesses, entropy };
}
