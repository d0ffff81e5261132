// @ts-types="npm:@types/d3-scale-chromatic@3.1.0"
import { interpolateCividis, interpolatePlasma, interpolateViridis } from "d3-scale-chromatic";

/** Red, green, blue in sRGB, 0 … 255. */
export type Rgb = readonly [number, number, number];

/**
 * Perceptually even, colour-blind-safe palettes (Smith & van der Walt 2015; Nuñez, Anderton & Renslow
 * 2018), cut to the range that stands out from a dark page as well as from a light one.
 */
const palettes = {
  plasma: { interpolate: interpolatePlasma, from: 0.22, to: 0.86 },
  viridis: { interpolate: interpolateViridis, from: 0.25, to: 0.85 },
  cividis: { interpolate: interpolateCividis, from: 0.25, to: 0.9 },
} as const;

export type PaletteName = keyof typeof palettes;

/** 256 steps of a palette. [256] colours, dark to bright */
export function paletteSteps(name: PaletteName): Rgb[] {
  const { interpolate, from, to } = palettes[name];
  return Array.from(
    { length: 256 },
    (_, i) => parseColour(interpolate(from + (to - from) * i / 255)),
  );
}

/** d3 writes `rgb(1, 2, 3)` for some palettes and `#010203` for others. */
function parseColour(text: string): Rgb {
  const digits = /^#(..)(..)(..)$/.exec(text)?.slice(1).map((part) => parseInt(part, 16)) ??
    text.match(/\d+/g)?.map(Number);
  if (digits === undefined || digits.length !== 3) {
    throw new SyntaxError(`Cannot read the colour "${text}": expected rgb(…) or #rrggbb`);
  }
  return [digits[0], digits[1], digits[2]];
}
