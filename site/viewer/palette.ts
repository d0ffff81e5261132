/**
 * Colour scales. All come from families that are perceptually even and told apart with every common
 * colour vision; each is cut so that its faint end still stands off the stage it is drawn on, and runs
 * towards more contrast as the value grows.
 */

// @ts-types="npm:@types/d3-scale-chromatic@3.1.0"
import {
  interpolateBlues,
  interpolateBuPu,
  interpolateCividis,
  interpolateGnBu,
  interpolateGreys,
  interpolateInferno,
  interpolateMagma,
  interpolateOrRd,
  interpolatePlasma,
  interpolateViridis,
  interpolateYlGnBu,
} from "d3-scale-chromatic";
import type { Colouring } from "./settings.ts";

/** What is drawn on: glow on dark film, ink on a light box. */
export type Look = "dark" | "light";

export interface Scale {
  /** What the colour says, for the legend. */
  readonly title: string;
  /** Words at the low and the high end. */
  readonly low: string;
  readonly high: string;
  /** The part of the interpolator in use, low end first, for each look. */
  readonly span: { readonly [look in Look]: readonly [number, number] };
  readonly interpolate: (t: number) => string;
  /** Another one for light, where the same would not begin near the page's colour. */
  readonly interpolateLight?: (t: number) => string;
}

export const scales: { readonly [name in Colouring | "edge"]: Scale } = {
  token: {
    title: "Token that is read",
    low: "first",
    high: "last",
    span: { dark: [0.16, 1], light: [0, 0.82] },
    interpolate: interpolatePlasma,
  },
  motion: {
    title: "Moved since last layer",
    low: "little",
    high: "far",
    span: { dark: [0.34, 0.98], light: [0.74, 0.1] },
    interpolate: interpolateMagma,
  },
  identity: {
    title: "Place in the embedding",
    low: "one end",
    high: "other end",
    span: { dark: [0.26, 1], light: [0.02, 0.8] },
    interpolate: interpolateViridis,
  },
  density: {
    title: "Distance to neighbours",
    low: "loose",
    high: "dense",
    span: { dark: [0.22, 1], light: [0.8, 0.02] },
    interpolate: interpolateCividis,
  },
  displacement: {
    title: "Displaced between the two",
    low: "not",
    high: "far",
    span: { dark: [0.22, 0.94], light: [0.36, 1] },
    interpolate: interpolateInferno,
    interpolateLight: interpolateBuPu,
  },
  standout: {
    title: "Displaced more than its neighbours",
    low: "least",
    high: "most",
    span: { dark: [0.92, 0.06], light: [0.36, 1] },
    interpolate: interpolateYlGnBu,
  },
  edge: {
    title: "Edges by length",
    low: "long",
    high: "short",
    span: { dark: [0.74, 0.08], light: [0.38, 0.95] },
    interpolate: interpolateBlues,
  },
};

/** Scales of the lens grid. Its cells have ink of their own, so one span serves both themes. */
export const gridScales: { readonly [name in "probability" | "entropy"]: Scale } = {
  probability: {
    title: "probability",
    low: "0",
    high: "1",
    span: { dark: [0.04, 0.92], light: [0.04, 0.92] },
    interpolate: interpolateBlues,
  },
  entropy: {
    title: "entropy",
    low: "decided",
    high: "undecided",
    span: { dark: [1, 0.1], light: [1, 0.1] },
    interpolate: interpolateCividis,
  },
};

/**
 * Scales of a comparison's maps. Their low end comes near the page, dark or light: most cells hold little,
 * and the map stays calm.
 */
export const heatScales: { readonly [name in "moved" | "decides" | "match"]: Scale } = {
  moved: {
    title: "Distance",
    low: "same",
    high: "apart",
    span: { dark: [0.1, 0.96], light: [0.02, 1] },
    interpolate: interpolateMagma,
    interpolateLight: interpolateOrRd,
  },
  decides: {
    title: "Share of the answer",
    low: "none",
    high: "all",
    span: { dark: [0.99, 0.04], light: [0.02, 1] },
    interpolate: interpolateYlGnBu,
    interpolateLight: interpolateGnBu,
  },
  match: {
    title: "Likeness",
    low: "unlike",
    high: "alike",
    span: { dark: [0.97, 0.12], light: [0.06, 0.92] },
    interpolate: interpolateGreys,
  },
};

/** Entries of a colour ramp. */
export const rampSize = 256;

/** A scale as RGBA bytes in sRGB, low end first. [rampSize, 4] */
export function rampBytes(scale: Scale, look: Look): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(rampSize * 4);
  for (let i = 0; i < rampSize; i++) {
    bytes.set([...parseColour(colourAt(scale, look, i / (rampSize - 1))), 255], i * 4);
  }
  return bytes;
}

/** A scale as a CSS gradient, low end left. */
export function rampGradient(scale: Scale, look: Look): string {
  const stops = Array.from({ length: 9 }, (_, i) => colourAt(scale, look, i / 8));
  return `linear-gradient(90deg, ${stops.join(", ")})`;
}

/** @param t 0 … 1 @returns a CSS colour */
export function colourAt(scale: Scale, look: Look, t: number): string {
  const [from, to] = scale.span[look];
  const { interpolate, interpolateLight = interpolate } = scale;
  return (look === "light" ? interpolateLight : interpolate)(
    from + (to - from) * Math.min(1, Math.max(0, t)),
  );
}

/** Red, green and blue of `rgb(…)` or `#rrggbb`, 0 … 255. */
export function parseColour(text: string): [number, number, number] {
  if (text.startsWith("#") && text.length >= 7) {
    return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)) as [number, number, number];
  }
  const numbers = text.match(/-?[\d.]+/g)?.map(Number) ?? [];
  // Computed colours may come as `color(srgb 0.1 0.2 0.3)`.
  const factor = text.startsWith("color(") ? 255 : 1;
  const [r = 0, g = 0, b = 0] = numbers.map((value) => value * factor);
  return [r, g, b];
}

/** Which look suits a background. Relative luminance as in WCAG 2, split where both inks read alike. */
export function lookFor(background: string): Look {
  const [r, g, b] = parseColour(background).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "light" : "dark";
}
