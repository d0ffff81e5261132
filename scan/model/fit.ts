/**
 * What a scan needs of this machine's memory, from sizes alone: pure arithmetic, so that what does not
 * fit is refused before it is loaded. Everything is an upper bound but for what does not grow with
 * model or prompt, which is `baseBytes`.
 */
import { formatBytes } from "../units.ts";

/** Sizes of a model. */
export interface ModelSizes {
  readonly nLayers: number;
  readonly dModel: number;
  readonly dVocab: number;
  /** Attention heads, one for 64 dimensions where it is not known. */
  readonly nHeads?: number;
  /** Keys, or values, of a token in one layer; dModel where it is not known. */
  readonly dCache?: number;
  /** Whether the lens takes all tokens at once, see `roundsTokensTogether()`; false by default. */
  readonly tokensTogether?: boolean;
}

/** Sizes of a model's files. */
export interface WeightSizes {
  /** Of the ONNX file, with the weights that it holds. */
  readonly fileBytes: number;
  /** Of all weights once the runtime holds them in this machine's memory; 0 if a card holds them. */
  readonly loadedBytes: number;
}

/** Sizes of a family of prompts and of its particles. */
export interface FamilySizes {
  /** Of each member. */
  readonly nTokens: readonly number[];
  readonly nParticles: number;
}

/** Memory needed for one thing. */
export interface NeedPart {
  readonly what: string;
  readonly bytes: number;
}

/**
 * Most bytes of hidden states that one forward pass puts out, and of logits that one run of the lens
 * does, save that it is one layer, or one token, at least. The runtime and this program each hold them
 * once.
 */
export const passBudgetBytes = 256e6;

/** Runtime, program, neighbours and layout of a usual family: what a scan with the smallest model takes. */
const baseBytes = 300e6;
/** Neighbours, edges and positions of one point, measured on the layout of 34,000 points. */
const pointBytes = 2500;
/** One token's guesses of one layer, as objects. */
const guessesBytes = 1000;
/** Directions that the encoder keeps of wide states, and bytes of a block of rows that it takes them from. */
const encoderWidth = 128;
const encoderBlockBytes = 2 ** 26;
/** Numbers of the largest tensor of a training step, at most, and how many like it there are at a time. */
const mostStepNumbers = 2 ** 24;
const nStepTensors = 8;
/** Channels that a particle reads of a token, at most. */
const encoderChannels = 48;
const float = 4;

/**
 * Peak while a model is loaded: its bytes as read, with outputs appended, and as the runtime reads them,
 * and the weights that the runtime makes of them. The first of these stays, for the tails.
 */
export function needToLoad({ fileBytes, loadedBytes }: WeightSizes): NeedPart[] {
  return [
    { what: "the model's weights", bytes: loadedBytes },
    { what: "its file, three times while it is loaded", bytes: 3 * fileBytes },
  ];
}

/** What a loaded model keeps: weights, the file's bytes, and the logit lens' own unembedding. */
export function needToHold(
  { fileBytes, loadedBytes }: WeightSizes,
  { dModel, dVocab }: Pick<ModelSizes, "dModel" | "dVocab">,
): NeedPart[] {
  const lensBytes = loadedBytes > 0 ? float * dModel * dVocab : 0;
  return [
    { what: "the model's weights", bytes: loadedBytes + lensBytes },
    { what: "its file", bytes: fileBytes },
  ];
}

/** Peak of a scan above what the loaded model keeps. */
export function needToScan(model: ModelSizes, { nTokens, nParticles }: FamilySizes): NeedPart[] {
  const { nLayers, dModel, dVocab, nHeads = Math.ceil(dModel / 64), dCache = dModel } = model;
  const mostLogits = model.tokensTogether ? Infinity : passBudgetBytes / (float * dVocab);
  const nFrames = nLayers + 1;
  const total = nTokens.reduce((sum, n) => sum + n, 0);
  const longest = Math.max(...nTokens);
  const stateBytes = float * longest * dModel;
  const groupBytes = Math.max(stateBytes, Math.min(nFrames * stateBytes, passBudgetBytes));
  const logitBytes = float * dVocab * Math.min(longest, Math.max(1, Math.floor(mostLogits)));
  // A dozen states at a time between two layers; scores before and after the softmax; keys and values.
  const passBytes = 12 * stateBytes + 2 * float * nHeads * longest ** 2 +
    2 * float * nLayers * longest * dCache;
  const encoderRows = nFrames * longest * nTokens.length;
  const encoderBytes = float * encoderRows * Math.min(dModel, encoderWidth) +
    2 * Math.min(float * encoderRows * dModel, encoderBlockBytes);
  const stepNumbers = Math.min(
    mostStepNumbers,
    nFrames * nTokens.length *
      Math.max(nParticles * Math.max(longest, encoderChannels), longest * encoderWidth),
  );
  return [
    { what: `states of ${total} tokens`, bytes: 2 * float * nFrames * total * dModel },
    { what: "a pass through the model", bytes: 2 * groupBytes + 2 * logitBytes + passBytes },
    { what: "what the encoder takes of them", bytes: encoderBytes },
    { what: "training the encoder", bytes: float * nStepTensors * stepNumbers },
    { what: "guesses of the layers", bytes: guessesBytes * nFrames * total },
    {
      what: `${nParticles} particles a layer`,
      bytes: nFrames * nParticles * (float * total + pointBytes * nTokens.length),
    },
    { what: "the program itself", bytes: baseBytes },
  ];
}

/** Whether a prompt is read in several passes, for which parts of the model are loaded anew. */
function needsPasses({ nLayers, dModel, dVocab }: ModelSizes, { nTokens }: FamilySizes): boolean {
  const longest = Math.max(...nTokens);
  return float * longest * Math.max((nLayers + 1) * dModel, dVocab) > passBudgetBytes;
}

/** Members are compared by running a part of the model from the middle: the whole of it at most, once more. */
function needToCompare(
  { fileBytes, loadedBytes }: WeightSizes,
  { nTokens }: FamilySizes,
): NeedPart[] {
  const bytes = nTokens.length > 1 ? loadedBytes + 2 * fileBytes : 0;
  return [{ what: "a part of the model to compare members with", bytes }];
}

/**
 * Peak of everything, from before a model is loaded.
 *
 * @param sizes null where the model's description does not say them: what it takes to load is all then
 *   that can be said
 */
export function needInAll(
  weights: WeightSizes,
  sizes: ModelSizes | null,
  family: FamilySizes,
): NeedPart[] {
  const loading = needToLoad(weights);
  if (!sizes) return loading;
  const held = needsPasses(sizes, family) ? loading : needToHold(weights, sizes);
  const scanning = [...held, ...needToCompare(weights, family), ...needToScan(sizes, family)];
  return totalBytes(scanning) > totalBytes(loading) ? scanning : loading;
}

/** Sum of the parts. */
export function totalBytes(parts: readonly NeedPart[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Refuses what does not fit.
 *
 * @param action such as `scan "days" with the model "org/name"`
 * @param availableBytes memory that may be taken; not finite where it is not known, which refuses nothing
 * @throws {RangeError} if more is needed; the message gives the numbers
 */
export function requireFit(
  action: string,
  need: readonly NeedPart[],
  availableBytes: number,
): void {
  const bytes = totalBytes(need);
  if (!Number.isFinite(availableBytes) || bytes <= availableBytes) return;
  const parts = need.filter((part) => part.bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes)
    .map((part) => `${formatBytes(part.bytes)} for ${part.what}`);
  throw new RangeError(
    `Cannot ${action}: expected ${formatBytes(bytes)} of free memory, got ` +
      `${formatBytes(availableBytes)}. Needed are ${
        parts.join(", ")
      }. Close other programs, shorten ` +
      "the prompts, or take a smaller or a quantised model; --memory says how much may be taken.",
  );
}
