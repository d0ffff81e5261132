import type { PairInput } from "./types.ts";

/**
 * Checks that the parts of an input belong together, before anything is computed.
 *
 * @throws {TypeError} naming the prompt and the part that does not fit
 */
export function checkInput(input: PairInput): void {
  const nFrames = input.layers.length;
  const { dModel, dVocab } = input.model;
  for (const side of [input.a, input.b]) {
    const { prompt, tokens, states, lastLogits, encoded, guesses } = side;
    const { nParticles, dCode, codes, attention } = encoded;
    const check = (what: string, expected: readonly number[], got: readonly number[]) => {
      if (`${expected}` === `${got}`) return;
      throw new TypeError(
        `Cannot compare "${prompt.id}": expected ${what} [${expected}], got [${got}]. Pass both prompts ` +
          `as one model read them.`,
      );
    };
    check("states", [nFrames, tokens.length, dModel], states.shape);
    check("logits", [nFrames, dVocab], lastLogits.shape);
    check("frames of guesses", [nFrames], [guesses.length]);
    check("codes", [nFrames * nParticles * dCode], [codes.length]);
    if (attention !== null) {
      check("weights of attention", [nFrames * nParticles * tokens.length], [attention.length]);
    }
  }
}
