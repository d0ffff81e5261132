import type { Guess } from "../format/types.ts";
import { readDeclaration } from "../onnx/declarations.ts";
import type { Engine, Session } from "../onnx/engine.ts";
import { GraphIndex } from "../onnx/graph_index.ts";
import { type ModelView, readModel } from "../onnx/read_model.ts";
import { float32, freeArray, stackRows, type Tensor } from "../onnx/tensor.ts";
import type { LoadedTail } from "./batched_tail.ts";
import type { Part } from "./cut.ts";
import { defaultInputs, planFeeds } from "./feeds.ts";
import { passBudgetBytes } from "./fit.ts";
import { type ExposedModel, exposeStates } from "./hidden_states.ts";
import {
  applyLens,
  extractLens,
  type Lens,
  roundsTokensTogether,
  summarizeLogits,
} from "./logit_lens.ts";
import { planPatchTails } from "./patch_tail.ts";
import { findResidualStream, type ResidualStream } from "./residual_stream.ts";
import { roundingOf } from "./rounding.ts";
import { type ModelSource, readOnnx } from "./source.ts";
import { createStateReader, extractStates } from "./state_reader.ts";
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
 * Of the model's bytes one copy is kept, for what is cut out of them later; the runtime has its own.
 *
 * @param options.nGuesses guesses kept of every token, 8 by default
 * @param options.budgetBytes hidden states, and logits, that one run may put out; a prompt with more is
 *   read in several. By default {@linkcode passBudgetBytes}
 * @throws {TypeError} if the graph is no decoder's or wants inputs that are not known; the message says
 *   what was seen
 * @throws {RangeError} if the tokenizer does not belong to the model
 */
export async function openModel(
  engine: Engine,
  source: ModelSource,
  { nGuesses = defaultGuesses, budgetBytes = passBudgetBytes }: {
    readonly nGuesses?: number;
    readonly budgetBytes?: number;
  } = {},
): Promise<LoadedModel> {
  const { identity, context, files } = source;
  const tokenizer = createTokenizer(source.tokenizer, source.tokenizerConfig);
  const view = readOnnx(source.model, files.model);
  const graph = new GraphIndex(view);
  const stream = naming(files.model, () => findResidualStream(graph, source.nLayers));
  const declarations = inputsOf(view);
  const feed = naming(files.model, () => planFeeds(declarations, source));
  const defaults = defaultInputs(declarations, source);
  const expose = () => exposeStates(source.model, graph, stream, defaults);
  // What was made for the runtime alone is given up when the runtime has read it.
  const load = async (model: Uint8Array) => {
    const session = await engine.load(model, source.dataFolder ?? undefined);
    if (model.buffer !== source.model.buffer) freeArray(model);
    return session;
  };

  const opened: Pick<Session, "release">[] = [];
  const release = async () => {
    for (const session of opened.splice(0)) await session.release();
  };
  try {
    const { session, outputs } = await openWhole(expose(), load);
    opened.push(session);
    // The sizes that a file does not state are seen by running it.
    const { dModel, dVocab, lastOnly } = await tryOut(session, outputs, feed, files);
    checkVocabulary(source.tokenizer, dVocab, files);
    const { session: lensSession, lens, besides, together } = await openLens(
      extractLens(graph, stream, dModel),
      load,
    );
    opened.push(lensSession);
    const feedLens = planFeeds(besides, source);
    const reader = createStateReader(session, {
      openAll: () => load(expose().model),
      openGroup: (from, to) => load(extractStates(graph, stream, from, to, defaults)),
      states: outputs.states,
      feed,
      dModel,
      dVocab,
      budgetBytes,
    });
    opened[0] = reader;
    const nTokensAtOnce = together ? Infinity : Math.max(1, Math.floor(budgetBytes / (4 * dVocab)));
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
        const states = await reader.read(ids);
        const options = { lastOnly, nTokensAtOnce };
        const layers = applyLens(lensSession, lens, feedLens, ids, states, options);
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

/** Loads a model with its states exposed, whose bytes are then the runtime's alone. */
async function openWhole(
  { model, ...outputs }: ExposedModel,
  load: (model: Uint8Array) => Promise<Session>,
) {
  return { session: await load(model), outputs };
}

async function openLens(
  { model, ...lens }: Lens,
  load: (model: Uint8Array) => Promise<Session>,
) {
  const view = readModel(model);
  const besides = inputsOf(view).filter(({ name }) => name !== lens.input);
  return { session: await load(model), lens, besides, together: roundsTokensTogether(view) };
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
  for await (const { frame, firstToken, normed: some, logits, dVocab } of layers) {
    normed.set(some, (frame * nTokens + firstToken) * dModel);
    if (firstToken === 0) {
      guesses.push([]);
      entropy.push(new Float32Array(nTokens));
    }
    for (let t = 0; t < logits.length / dVocab; t++) {
      const summary = summarizeLogits(logits.subarray(t * dVocab, (t + 1) * dVocab), nGuesses);
      guesses[frame].push(
        summary.best.map(({ id, p }) => ({ id, text: tokenizer.textOf(id), p })),
      );
      entropy[frame][firstToken + t] = summary.entropy;
    }
    const nDone = firstToken + logits.length / dVocab;
    if (nDone === nTokens) lastRows.push(logits.slice(logits.length - dVocab));
    freeArray(logits);
    freeArray(some);
  }
  return {
    normed: float32(states.shape, normed),
    guesses,
    entropy,
    lastLogits: stackRows(lastRows),
  };
}
