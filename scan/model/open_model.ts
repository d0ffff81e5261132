import type { Guess } from "../format/types.ts";
import { readDeclaration } from "../onnx/declarations.ts";
import type { Engine, Session } from "../onnx/engine.ts";
import { GraphIndex } from "../onnx/graph_index.ts";
import { type ModelView, readModel } from "../onnx/read_model.ts";
import { float32, type Tensor } from "../onnx/tensor.ts";
import type { LoadedTail } from "./batched_tail.ts";
import type { Part } from "./cut.ts";
import { defaultInputs, planFeeds } from "./feeds.ts";
import { exposeStates, readHiddenStates } from "./hidden_states.ts";
import { applyLens, extractLens, summarizeLogits } from "./logit_lens.ts";
import { planPatchTails } from "./patch_tail.ts";
import { findResidualStream, type ResidualStream } from "./residual_stream.ts";
import { roundingOf } from "./rounding.ts";
import { type ModelSource, readOnnx } from "./source.ts";
import { extractTail, runTail } from "./tail.ts";
import { createTokenizer, type Tokenizer } from "./tokenizer.ts";
import { tryOut } from "./try_out.ts";
import type { LanguageModel, Reading } from "./types.ts";
import { checkVocabulary } from "./vocabulary.ts";

/** Guesses kept of every token of every layer. */
const defaultGuesses = 8;

/** A loaded model that can also be run from the middle. */
export interface LoadedModel extends LanguageModel {
  /** How the hidden states were found. */
  readonly scheme: ResidualStream["scheme"];
  /**
   * Loads the part of the model from the hidden states before a layer to the logits, to be run on
   * states that were altered.
   *
   * @param layer 0 … nLayers
   * @throws {RangeError} if there is no such layer
   */
  openTail(layer: number): Promise<Tail>;
}

/** A part of a model, loaded. */
export interface Tail {
  /**
   * @param states hidden states before the layer, [nTokens, dModel]
   * @param ids of the tokens, [nTokens]
   * @returns logits [nTokens, dVocab], which the caller owns; [1, dVocab], the last token's, of a model
   *   that gives no others
   */
  run(states: Tensor<"float32">, ids: readonly number[]): Promise<Tensor<"float32">>;
  release(): Promise<void>;
}

/**
 * Loads a model onto an engine: its graph with the residual streams exposed, and its logit lens.
 *
 * @param options.nGuesses guesses kept of every token, 8 by default
 * @throws {TypeError} if the graph is no decoder's or wants inputs that are not known; the message says
 *   what was seen
 * @throws {RangeError} if the tokenizer does not belong to the model
 */
export async function openModel(
  engine: Engine,
  source: ModelSource,
  { nGuesses = defaultGuesses }: { readonly nGuesses?: number } = {},
): Promise<LoadedModel> {
  const { identity, context, files } = source;
  const tokenizer = createTokenizer(source.tokenizer, source.tokenizerConfig);
  const view = readOnnx(source.model, files.model);
  const graph = new GraphIndex(view);
  const stream = naming(files.model, () => findResidualStream(graph, source.nLayers));
  const declarations = inputsOf(view);
  const feed = naming(files.model, () => planFeeds(declarations, source));
  const defaults = defaultInputs(declarations, source);
  const exposed = exposeStates(source.model, graph, stream, defaults);
  const load = (model: Uint8Array) => engine.load(model, source.dataFolder ?? undefined);

  const sessions: Session[] = [];
  const release = async () => {
    for (const session of sessions.splice(0)) await session.release();
  };
  try {
    const session = await load(exposed.model);
    sessions.push(session);
    // The sizes that a file does not state are seen by running it.
    const { dModel, dVocab, lastOnly } = await tryOut(session, exposed, feed, files);
    checkVocabulary(source.tokenizer, dVocab, files);
    const lens = extractLens(graph, stream, dModel);
    const feedLens = planFeeds(inputsBesides(lens), source);
    const lensSession = await load(lens.model);
    sessions.push(lensSession);
    const loadTail = async (from: GraphIndex, layer: number): Promise<LoadedTail> => {
      const part = extractTail(from, stream, layer, dModel, defaults);
      const feed = planFeeds(inputsBesides(part), source);
      return { part, feed, session: await load(part.model) };
    };
    return {
      ...identity,
      scheme: stream.scheme,
      nLayers: stream.points.length - 1,
      dModel,
      dVocab,
      context,
      rounding: roundingOf(graph, stream),
      tokenize: (text) => tokenizer.encode(text),
      textOf: (id) => tokenizer.textOf(id),
      async read(text) {
        const tokens = tokenizer.encode(text);
        if (tokens.length === 0 || tokens.length > context) {
          throw new RangeError(
            `Cannot read "${text.slice(0, 40)}" with the model "${identity.name}": expected 1 to ` +
              `${context} tokens, got ${tokens.length}.` +
              (tokens.length > 0
                ? " Shorten the prompt, or take a model with a longer context."
                : ""),
          );
        }
        const ids = tokens.map(({ id }) => id);
        const states = await readHiddenStates(session, exposed.states, feed, ids);
        const layers = applyLens(lensSession, lens, feedLens, ids, states, lastOnly);
        return { tokens, states, ...await lookThrough(layers, states, tokenizer, nGuesses) };
      },
      async openTail(layer) {
        const { session, part, feed } = await loadTail(graph, layer);
        return {
          run: (states, ids) => runTail(session, part, feed, states, ids),
          release: () => session.release(),
        };
      },
      openPatchTail: planPatchTails(graph, stream, dModel, loadTail),
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** What a graph takes; old files list their weights there as well. */
function inputsOf({ inputs, initializers }: ModelView) {
  const weights = new Set(initializers.map(({ name }) => name));
  return inputs.filter(({ name }) => !weights.has(name)).map(({ bytes }) => readDeclaration(bytes));
}

/** What a part of a model takes besides states. */
function inputsBesides({ model, input }: Pick<Part, "model" | "input">) {
  return inputsOf(readModel(model)).filter(({ name }) => name !== input);
}

/** What goes wrong in a graph is told with its file. */
function naming<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new TypeError(`Cannot scan "${path}". ${cause.message}`, { cause });
  }
}

async function lookThrough(
  layers: ReturnType<typeof applyLens>,
  states: Tensor<"float32">,
  tokenizer: Tokenizer,
  nGuesses: number,
): Promise<Pick<Reading, "normed" | "guesses" | "entropy" | "lastLogits">> {
  const [, nTokens, dModel] = states.shape;
  const normed = new Float32Array(states.data.length);
  const guesses: Guess[][][] = [];
  const entropy: Float32Array[] = [];
  const lastRows: Float32Array[] = [];
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
    lastRows.push(layer.logits.slice((nTokens - 1) * layer.dVocab, nTokens * layer.dVocab));
  }
  return {
    normed: float32(states.shape, normed),
    guesses,
    entropy,
    lastLogits: float32([lastRows.length, lastRows[0].length], joinRows(lastRows)),
  };
}

function joinRows(rows: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(rows.length * rows[0].length);
  rows.forEach((row, i) => whole.set(row, i * row.length));
  return whole;
}
