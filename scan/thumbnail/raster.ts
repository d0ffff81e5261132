import type { Rgb } from "./palette.ts";

/** A picture being painted. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4] float32, sRGB premultiplied with alpha, all 0 … 1 */
  readonly data: Float32Array;
}

export function makeRaster(width: number, height: number): Raster {
  return { width, height, data: new Float32Array(width * height * 4) };
}

/** Lays a colour over a pixel. */
function blend(raster: Raster, at: number, colour: Rgb, alpha: number): void {
  const { data } = raster;
  const rest = 1 - alpha;
  data[at] = colour[0] / 255 * alpha + data[at] * rest;
  data[at + 1] = colour[1] / 255 * alpha + data[at + 1] * rest;
  data[at + 2] = colour[2] / 255 * alpha + data[at + 2] * rest;
  data[at + 3] = alpha + data[at + 3] * rest;
}

/**
 * Paints a round spot whose alpha falls off from its centre.
 *
 * @param fallOff alpha at a share of the radius, 0 … 1
 */
export function paintSpot(
  raster: Raster,
  x: number,
  y: number,
  radius: number,
  colourAt: (share: number) => Rgb,
  fallOff: (share: number) => number,
): void {
  const left = Math.max(0, Math.floor(x - radius));
  const right = Math.min(raster.width - 1, Math.ceil(x + radius));
  const bottom = Math.min(raster.height - 1, Math.ceil(y + radius));
  for (let row = Math.max(0, Math.floor(y - radius)); row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const share = Math.hypot(column + 0.5 - x, row + 0.5 - y) / radius;
      if (share >= 1) continue;
      blend(raster, 4 * (row * raster.width + column), colourAt(share), fallOff(share));
    }
  }
}

/** Paints a line with soft edges and rounded ends, its alpha going from one end to the other. */
export function paintLine(
  raster: Raster,
  from: readonly [number, number],
  to: readonly [number, number],
  width: number,
  colour: Rgb,
  alphaFrom: number,
  alphaTo: number,
): void {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const square = dx * dx + dy * dy || 1e-9;
  const reach = width / 2 + 0.5;
  const top = Math.max(0, Math.floor(Math.min(from[1], to[1]) - reach));
  const bottom = Math.min(raster.height - 1, Math.ceil(Math.max(from[1], to[1]) + reach));
  const left = Math.max(0, Math.floor(Math.min(from[0], to[0]) - reach));
  const right = Math.min(raster.width - 1, Math.ceil(Math.max(from[0], to[0]) + reach));
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [px, py] = [column + 0.5 - from[0], row + 0.5 - from[1]];
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) / square));
      const away = Math.hypot(px - along * dx, py - along * dy);
      const cover = Math.min(1, reach - away);
      if (cover <= 0) continue;
      const alpha = cover * (alphaFrom + (alphaTo - alphaFrom) * along);
      blend(raster, 4 * (row * raster.width + column), colour, alpha);
    }
  }
}

/** Averages blocks of `factor` × `factor` pixels. */
export function shrink(raster: Raster, factor: number): Raster {
  const small = makeRaster(raster.width / factor, raster.height / factor);
  for (let row = 0; row < raster.height; row++) {
    for (let column = 0; column < raster.width; column++) {
      const from = 4 * (row * raster.width + column);
      const to = 4 * (Math.floor(row / factor) * small.width + Math.floor(column / factor));
      for (let channel = 0; channel < 4; channel++) {
        small.data[to + channel] += raster.data[from + channel] / factor ** 2;
      }
    }
  }
  return small;
}

/** Lays one picture over another of the same size, in place. */
export function layOver(below: Raster, above: Raster): Raster {
  for (let at = 0; at < below.data.length; at += 4) {
    const rest = 1 - above.data[at + 3];
    for (let channel = 0; channel < 4; channel++) {
      below.data[at + channel] = above.data[at + channel] + below.data[at + channel] * rest;
    }
  }
  return below;
}

/** @returns [height, width, 4] uint8, sRGB with straight alpha */
export function toPixels(raster: Raster): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(raster.data.length);
  for (let at = 0; at < raster.data.length; at += 4) {
    const alpha = raster.data[at + 3];
    if (alpha <= 0) continue;
    for (let channel = 0; channel < 3; channel++) {
      pixels[at + channel] = raster.data[at + channel] / alpha * 255;
    }
    pixels[at + 3] = alpha * 255;
  }
  return pixels;
}
