import type { LayerMeasure } from "./types.ts";

/**
 * Entropy of the softmax of some logits: 0 when the lens is sure, log2(dVocab) when it knows nothing
 * (entropy profiles: Entropy-Lens, arXiv 2502.16570). Summed in double precision, shifted by the
 * largest logit; −Infinity counts as probability 0.
 *
 * @param logits [dVocab], a view of one row
 * @returns bits
 * @throws {RangeError} if there are no logits, none is finite, or one is NaN or +Infinity
 */
export function entropyOfLogits(logits: Float32Array): number {
  let largest = -Infinity;
  for (const logit of logits) {
    if (Number.isNaN(logit)) largest = NaN;
    else if (logit > largest) largest = logit;
  }
  if (!Number.isFinite(largest)) {
    throw new RangeError(
      `Cannot take the entropy of ${logits.length} logits: expected finite numbers, got a largest ` +
        `of ${largest}. Check the model's weights and precision.`,
    );
  }
  // With weights w = e^(x − max) and W = Σw, H = ln W − Σ w·(x − max) / W.
  let total = 0;
  let weighted = 0;
  for (const logit of logits) {
    const shifted = logit - largest;
    const weight = Math.exp(shifted);
    if (weight === 0) continue;
    total += weight;
    weighted += weight * shifted;
  }
  return Math.max(0, (Math.log(total) - weighted / total) / Math.LN2);
}

/** Entropy of the logit lens at the last token. */
export const lensEntropy: LayerMeasure = {
  title: "Entropy of the logit lens",
  unit: "bits",
  compute: ({ entropy }) => Float64Array.from(entropy, (row) => row[row.length - 1] ?? 0),
};
