/** Bounding box of positions. [nDims] each, in projection units */
export interface Box {
  readonly min: readonly number[];
  readonly max: readonly number[];
}

/** Positions may leave the box by this share of its side, for float32 rounding; they are put on its wall. */
const tolerance = 1e-6;

/**
 * Puts positions on the lattice of 2^bits steps a side that spans the box.
 *
 * @param positions [nParticles, nDims] float32, row-major
 * @returns [nDims, nParticles] uint16, one dimension after the other
 * @throws {RangeError} if a position is not finite or outside the box
 */
export function quantise(positions: Float32Array, box: Box, bits: number): Uint16Array {
  const nDims = box.min.length;
  const nParticles = positions.length / nDims;
  const top = 2 ** bits - 1;
  const lattice = new Uint16Array(positions.length);
  for (let dim = 0; dim < nDims; dim++) {
    const min = box.min[dim];
    const side = box.max[dim] - min;
    for (let particle = 0; particle < nParticles; particle++) {
      const value = positions[particle * nDims + dim];
      const share = side > 0 ? (value - min) / side : value - min;
      if (!(share >= -tolerance && share <= 1 + tolerance)) {
        throw new RangeError(
          `Cannot encode particle ${particle}, dimension ${dim}: expected a position within ` +
            `${min} … ${
              box.max[dim]
            }, got ${value}. Compute the box over all frames of the family.`,
        );
      }
      lattice[dim * nParticles + particle] = Math.round(Math.min(1, Math.max(0, share)) * top);
    }
  }
  return lattice;
}

/** Undoes {@linkcode quantise} up to half a step. @returns [nParticles, nDims] float32, row-major */
export function dequantise(lattice: Uint16Array, box: Box, bits: number): Float32Array {
  const nDims = box.min.length;
  const nParticles = lattice.length / nDims;
  const top = 2 ** bits - 1;
  const positions = new Float32Array(lattice.length);
  for (let dim = 0; dim < nDims; dim++) {
    const min = box.min[dim];
    const step = (box.max[dim] - min) / top;
    for (let particle = 0; particle < nParticles; particle++) {
      positions[particle * nDims + dim] = min + lattice[dim * nParticles + particle] * step;
    }
  }
  return positions;
}

/** How a frame is predicted: 0 by nothing, 1 by the frame before, 2 by going on as the two before did. */
export type Order = 0 | 1 | 2;

/** Lattices of the frames before this one since the last key frame, newest first, at most two. */
export type Past = readonly Uint16Array[];

/**
 * Difference to the prediction, modulo 2^bits and zig-zag coded so that small steps of either sign
 * are small numbers.
 */
export function residual(
  lattice: Uint16Array,
  past: Past,
  order: Order,
  bits: number,
): Uint16Array {
  const mask = 2 ** bits - 1;
  const half = 2 ** (bits - 1);
  const coded = predict(past, order, lattice.length);
  for (let i = 0; i < coded.length; i++) {
    const rest = (lattice[i] - coded[i]) & mask;
    const signed = rest >= half ? rest - mask - 1 : rest;
    coded[i] = (signed << 1) ^ (signed >> 31);
  }
  return coded;
}

/** Undoes {@linkcode residual}. */
export function restore(coded: Uint16Array, past: Past, order: Order, bits: number): Uint16Array {
  const mask = 2 ** bits - 1;
  const lattice = predict(past, order, coded.length);
  for (let i = 0; i < coded.length; i++) {
    const zigzag = coded[i];
    lattice[i] = (lattice[i] + ((zigzag >> 1) ^ -(zigzag & 1))) & mask;
  }
  return lattice;
}

/** @returns a fresh array; modulo 2^16, which every 2^bits divides */
function predict(past: Past, order: Order, length: number): Uint16Array {
  if (order === 0) return new Uint16Array(length);
  const prediction = past[0].slice();
  if (order === 2) {
    for (let i = 0; i < length; i++) prediction[i] = 2 * prediction[i] - past[1][i];
  }
  return prediction;
}

/** High and low bytes apart: the high ones compress, the low ones are noise. */
export function splitPlanes(values: Uint16Array): [high: Uint8Array, low: Uint8Array] {
  const high = new Uint8Array(values.length);
  const low = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    high[i] = values[i] >> 8;
    low[i] = values[i] & 0xff;
  }
  return [high, low];
}

/** Undoes {@linkcode splitPlanes}. */
export function joinPlanes(high: Uint8Array, low: Uint8Array): Uint16Array {
  const values = new Uint16Array(low.length);
  for (let i = 0; i < values.length; i++) values[i] = high[i] << 8 | low[i];
  return values;
}

/** Up to this many bits the high bytes are below 16 and travel two to a byte. */
const mostPairedBits = 12;

/** Length of the packed high plane of `length` values. */
export function highBytes(length: number, bits: number): number {
  return bits <= mostPairedBits ? Math.ceil(length / 2) : length;
}

/**
 * Packs high bytes below 16 in pairs, the first in the upper half: among small numbers a packer finds
 * chance matches, which cost it more than they save.
 */
export function packHigh(high: Uint8Array, bits: number): Uint8Array {
  if (bits > mostPairedBits) return high;
  const pairs = new Uint8Array(highBytes(high.length, bits));
  for (let i = 0; i < high.length; i++) pairs[i >> 1] |= i % 2 === 0 ? high[i] << 4 : high[i];
  return pairs;
}

/** Undoes {@linkcode packHigh}. @param length of the plane, which an odd one's last pair does not tell */
export function unpackHigh(packed: Uint8Array, length: number, bits: number): Uint8Array {
  if (bits > mostPairedBits) return packed;
  const high = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    high[i] = i % 2 === 0 ? packed[i >> 1] >> 4 : packed[i >> 1] & 15;
  }
  return high;
}
