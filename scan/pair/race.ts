import type { Contrast, Mover, PairLayer } from "../format/pair_types.ts";
import type { Token } from "../format/types.ts";
import type { Tensor } from "../onnx/tensor.ts";
import type { PairSide } from "./types.ts";

/** What the race is run on: the lens at the last token and its best guesses. */
export type Racer = Pick<PairSide, "lastLogits" | "guesses">;

/** Movers that are kept of each layer. */
const nMovers = 6;

/**
 * Chooses the two tokens between which the race is run, see {@linkcode Contrast}. Of equal logits the
 * lower id is the better guess, and of rivals that gained equally.
 *
 * @param textOf text of a token that is among nobody's guesses
 * @throws {RangeError} if there is no frame, or a last logit is NaN
 */
export function chooseContrast(a: Racer, b: Racer, textOf: (id: number) => string): Contrast {
  const [last, lastB] = [lastRow(a.lastLogits), lastRow(b.lastLogits)];
  const [bestA, bestB] = [bestOf(last), bestOf(lastB)];
  const kind = bestA === bestB ? "rival" : "answers";
  const guessed = [...(a.guesses.at(-1) ?? []), ...(b.guesses.at(-1) ?? [])];
  let other = bestB;
  if (kind === "rival") {
    // What the answer itself gained is the same for all.
    const gain = (id: number) => lastB[id] - last[id];
    const rivals = guessed.map(({ id }) => id).filter((id) => id !== bestA);
    other = rivals.reduce(
      (best, id) => gain(id) > gain(best) || gain(id) === gain(best) && id < best ? id : best,
      rivals[0] ?? bestA,
    );
  }
  const token = (id: number): Token => ({
    id,
    text: guessed.find((guess) => guess.id === id)?.text ?? textOf(id),
  });
  return {
    kind,
    a: token(bestA),
    b: token(other),
    logitDifference: { a: last[bestA] - last[other], b: lastB[bestA] - lastB[other] },
  };
}

/**
 * Runs the race: at every layer the logit lens' difference between the two answers under either
 * prompt, the Jensen–Shannon divergence of the two guesses, and the tokens whose probability moved most.
 *
 * @returns for each frame; tokens that did not move are no movers
 * @throws {RangeError} if a frame's logits are NaN or none is finite
 */
export function runRace(
  a: Racer,
  b: Racer,
  contrast: Contrast,
  textOf: (id: number) => string,
): PairLayer["race"][] {
  const [nFrames, dVocab] = a.lastLogits.shape;
  return Array.from({ length: nFrames }, (_, frame) => {
    const row = ({ lastLogits }: Racer) =>
      lastLogits.data.subarray(frame * dVocab, (frame + 1) * dVocab);
    const [logitsA, logitsB] = [row(a), row(b)];
    const difference = (logits: Float32Array) => logits[contrast.a.id] - logits[contrast.b.id];
    const [p, q] = [softmax(logitsA), softmax(logitsB)];
    return {
      a: difference(logitsA),
      b: difference(logitsB),
      jensenShannon: jensenShannon(p, q),
      movers: findMovers(p, q, textOf),
    };
  });
}

/**
 * First frame from which on each prompt's lens prefers its own answer for good; null where one of them
 * does not after the last layer. What b's lens prefers alone does not tell it: where both lean towards
 * b's answer from the start, they part where a's lens turns away. So it is the same whichever prompt
 * comes first.
 */
export function findTurn(race: readonly Pick<PairLayer["race"], "a" | "b">[]): number | null {
  const from = race.findLastIndex(({ a, b }) => !(a > 0 && b < 0)) + 1;
  return from < race.length ? from : null;
}

/** Probabilities of some logits, in double precision. @throws {RangeError} if one is NaN or none is finite */
export function softmax(logits: Float32Array): Float64Array {
  let largest = -Infinity;
  for (const logit of logits) {
    if (!(logit <= largest)) largest = logit;
    if (Number.isNaN(largest)) break;
  }
  if (!Number.isFinite(largest)) {
    throw new RangeError(
      `Cannot compare ${logits.length} logits: expected finite numbers, got a largest of ${largest}. ` +
        `Check the model's weights and precision.`,
    );
  }
  const p = new Float64Array(logits.length);
  let total = 0;
  for (let i = 0; i < p.length; i++) total += p[i] = Math.exp(logits[i] - largest);
  for (let i = 0; i < p.length; i++) p[i] /= total;
  return p;
}

/**
 * Jensen–Shannon divergence (Lin 1991) of two distributions over the same tokens: the mean of their
 * Kullback–Leibler divergences from their mean.
 *
 * @returns 0 … 1 bit
 */
export function jensenShannon(p: Float64Array, q: Float64Array): number {
  let nats = 0;
  for (let i = 0; i < p.length; i++) {
    const sum = p[i] + q[i];
    // A logarithm of 1 + x, so that what hardly differs does not drown in rounding.
    if (p[i] > 0) nats += p[i] * Math.log1p((p[i] - q[i]) / sum);
    if (q[i] > 0) nats += q[i] * Math.log1p((q[i] - p[i]) / sum);
  }
  return Math.min(1, Math.max(0, nats / 2 / Math.LN2));
}

function findMovers(p: Float64Array, q: Float64Array, textOf: (id: number) => string): Mover[] {
  const change = (id: number) => Math.abs(q[id] - p[id]);
  const most: number[] = [];
  for (let id = 0; id < p.length; id++) {
    const moved = change(id);
    if (moved === 0 || most.length === nMovers && moved <= change(most[nMovers - 1])) continue;
    let place = most.length;
    while (place > 0 && change(most[place - 1]) < moved) place--;
    most.splice(place, 0, id);
    most.length = Math.min(most.length, nMovers);
  }
  return most.map((id) => ({ id, text: textOf(id), a: p[id], b: q[id] }));
}

function lastRow(logits: Tensor<"float32">): Float32Array {
  const [nFrames, dVocab] = logits.shape;
  if (nFrames < 1 || dVocab < 1) {
    throw new RangeError(
      `Cannot run a race on logits of shape [${logits.shape}]: expected at least one frame and one token`,
    );
  }
  return logits.data.subarray((nFrames - 1) * dVocab);
}

function bestOf(logits: Float32Array): number {
  let best = 0;
  for (let id = 0; id < logits.length; id++) {
    if (Number.isNaN(logits[id])) {
      throw new RangeError(`Cannot run a race: expected a number as logit of token ${id}, got NaN`);
    }
    if (logits[id] > logits[best]) best = id;
  }
  return best;
}
