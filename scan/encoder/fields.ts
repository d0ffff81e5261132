import type { Random } from "../onnx/random.ts";

/** A normal number with mean 0 and variance 1 (Box & Muller 1958). */
export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** Functions over the particles that fields are mixed from, each of mean square 1. */
export interface Basis {
  readonly nFunctions: number;
  /** [nParticles, nFunctions] float64 */
  readonly values: Float64Array;
}

/**
 * Fills an array of particles × width with random combinations of the basis, one for each column.
 *
 * @param field [nParticles, width], overwritten
 * @param deviation root of the mean square of the entries
 */
export function fillFields(
  field: Float32Array,
  { nFunctions, values }: Basis,
  width: number,
  deviation: number,
  random: Random,
): void {
  const scale = deviation / Math.sqrt(nFunctions);
  const amplitudes = Float64Array.from(
    { length: width * nFunctions },
    () => drawNormal(random) * scale,
  );
  for (let at = 0; at < field.length; at++) {
    const from = Math.floor(at / width) * nFunctions;
    const of = (at % width) * nFunctions;
    let sum = 0;
    for (let k = 0; k < nFunctions; k++) sum += values[from + k] * amplitudes[of + k];
    field[at] = sum;
  }
}
