/** How the optimiser pulls and pushes. */
export interface LayoutForces {
  /** Parameters of the low-dimensional membership 1 / (1 + a d²ᵇ). */
  readonly a: number;
  readonly b: number;
  readonly repulsion: number;
  readonly learningRate: number;
  /** Points pushed away for each point pulled. */
  readonly nNegatives: number;
  readonly seed: number;
}

/** No component of a push exceeds this, as in umap-learn. */
export const maxForce = 4;
/** Keeps the repulsion of close points finite, as in umap-learn. */
const softening = 1e-3;

/** Mantissa bits that a cell keeps: cells are a 64th of an octave wide, and fit the nearest cache. */
const cellBits = 6;
/** Squared distances below 2⁻²⁰ and above 2²⁰ share the outermost cells. */
const firstCell = (127 - 20) << cellBits;
const nCells = 40 << cellBits;

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/** Cell of a squared distance. */
export function findCell(squared: number): number {
  float[0] = squared;
  const cell = (bits[0] >> (23 - cellBits)) - firstCell;
  return Math.min(Math.max(cell, 0), nCells - 1);
}

/**
 * Forces at the middle of every cell, within 0.8 % of what they are at its ends.
 *
 * The pull counts twice: an edge is met from both of its ends, and moves only the one it is met from,
 * where UMAP moves both. The last cell pushes nothing.
 *
 * @returns [nCells] float32 each, ≥ 0, to be multiplied by the difference of positions
 */
export function tabulateForces(
  { a, b, repulsion: gamma }: Pick<LayoutForces, "a" | "b" | "repulsion">,
): { attraction: Float32Array; repulsion: Float32Array } {
  const attraction = new Float32Array(nCells);
  const repulsion = new Float32Array(nCells);
  for (let cell = 0; cell < nCells; cell++) {
    const index = cell + firstCell;
    const octave = (index >> cellBits) - 127;
    const squared = 2 ** octave * (1 + ((index & (2 ** cellBits - 1)) + 0.5) / 2 ** cellBits);
    const power = a * squared ** b;
    attraction[cell] = 2 * 2 * b * (power / squared) / (power + 1);
    repulsion[cell] = 2 * gamma * b / ((softening + squared) * (power + 1));
  }
  repulsion[nCells - 1] = 0;
  return { attraction, repulsion };
}
