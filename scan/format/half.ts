/**
 * IEEE 754 binary16, written out because browsers have `Float16Array` only since 2025: 11 bits of
 * precision from 6e-8 to 65,504, enough for probabilities and entropies that are looked at.
 */

/** @returns the nearest half float's bits, ties to even; beyond 65,504 infinity */
export function toHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  // Below 2^-14 the step stays 2^-24: subnormal numbers.
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = roundTiesToEven(size / 2 ** (exponent - 10));
  // A mantissa that rounds up to 2048 carries into the exponent by plain addition.
  return sign | (steps < 1024 ? steps : ((exponent + 15) << 10) + steps - 1024);
}

/** Undoes {@linkcode toHalf}. */
export function fromHalf(bits: number): number {
  const exponent = bits >> 10 & 0x1f;
  const mantissa = bits & 0x3ff;
  const size = exponent === 0
    ? mantissa * 2 ** -24
    : exponent === 31
    ? mantissa ? NaN : Infinity
    : (1024 + mantissa) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}

function roundTiesToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
