// @ts-types="npm:@types/d3-scale-chromatic@3.1.0"
import { interpolateBlues, interpolateMagma, interpolatePlasma } from "d3-scale-chromatic";

/** Red, green, blue in sRGB, 0 … 255. */
export type Rgb = readonly [number, number, number];

/**
 * The viewer's scales for tokens, motion and edges, perceptually even and colour-blind-safe (plasma and
 * magma: Smith & van der Walt 2015; Blues: Brewer), cut to what stands out from a dark page as well as from a light one.
 */
const scales = {
  token: { interpolate: interpolatePlasma, from: 0.3, to: 0.84 },
  motion: { interpolate: interpolateMagma, from: 0.42, to: 0.84 },
  closeness: { interpolate: interpolateBlues, from: 0.7, to: 0.42 },
} as const;

/** 256 steps of a scale, low end first. [256] colours */
export function scaleSteps(name: keyof typeof scales): Rgb[] {
  const { interpolate, from, to } = scales[name];
  return Array.from(
    { length: 256 },
    (_, i) => parseColour(interpolate(from + (to - from) * i / 255)),
  );
}

/** A step of a scale. @param share 0 … 1 */
export function stepAt(steps: readonly Rgb[], share: number): Rgb {
  return steps[Math.round(255 * Math.min(1, Math.max(0, share)))];
}

/** d3 writes `rgb(1, 2, 3)` for some scales and `#010203` for others. */
function parseColour(text: string): Rgb {
  const digits = /^#(..)(..)(..)$/.exec(text)?.slice(1).map((part) => parseInt(part, 16)) ??
    text.match(/\d+/g)?.map(Number);
  if (digits === undefined || digits.length !== 3) {
    throw new SyntaxError(`Cannot read the colour "${text}": expected rgb(…) or #rrggbb`);
  }
  return [digits[0], digits[1], digits[2]];
}
