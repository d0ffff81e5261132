import type { Projected } from "./camera.ts";
import { type Rgb, stepAt } from "./palette.ts";
import { makeRaster, type Raster } from "./raster.ts";

/** Glow is smooth: it is added up on a grid this many times coarser than the picture. */
const coarseness = 2;
const radius = 24;

/**
 * Paints the light that the particles shed around them. It adds up where they crowd and saturates
 * into an even haze: alpha is 1 − e^(−light), the colour that of the light's mean.
 *
 * @param eye particles on a picture of width × height
 * @param values [nParticles] 0 … 1, into `colours`
 */
export function paintGlow(
  eye: Projected,
  values: Float32Array,
  colours: readonly Rgb[],
  width: number,
  height: number,
): Raster {
  const [columns, rows] = [Math.ceil(width / coarseness), Math.ceil(height / coarseness)];
  const light = new Float32Array(columns * rows * 4);
  const reach = radius / coarseness * height / 400;
  for (let i = 0; i < eye.x.length; i++) {
    const [x, y] = [eye.x[i] / coarseness, eye.y[i] / coarseness];
    const colour = stepAt(colours, values[i]);
    const strength = 0.05 * (1 - 0.6 * eye.depth[i]);
    const r = reach * eye.scale[i];
    const bottom = Math.min(rows - 1, Math.ceil(y + r));
    const right = Math.min(columns - 1, Math.ceil(x + r));
    for (let row = Math.max(0, Math.floor(y - r)); row <= bottom; row++) {
      for (let column = Math.max(0, Math.floor(x - r)); column <= right; column++) {
        const share = ((column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2) / (r * r);
        if (share >= 1) continue;
        const weight = strength * (1 - share) ** 3;
        const at = 4 * (row * columns + column);
        for (let channel = 0; channel < 3; channel++) {
          light[at + channel] += weight * colour[channel] / 255;
        }
        light[at + 3] += weight;
      }
    }
  }
  return enlarge(light, columns, rows, width, height);
}

/** Bilinear, then from light to premultiplied colour. */
function enlarge(
  light: Float32Array,
  columns: number,
  rows: number,
  width: number,
  height: number,
): Raster {
  const raster = makeRaster(width, height);
  for (let row = 0; row < height; row++) {
    const y = Math.min(rows - 1, Math.max(0, (row + 0.5) / coarseness - 0.5));
    const [y0, y1] = [Math.floor(y), Math.min(rows - 1, Math.floor(y) + 1)];
    for (let column = 0; column < width; column++) {
      const x = Math.min(columns - 1, Math.max(0, (column + 0.5) / coarseness - 0.5));
      const [x0, x1] = [Math.floor(x), Math.min(columns - 1, Math.floor(x) + 1)];
      const [fx, fy] = [x - x0, y - y0];
      const sample = (channel: number) =>
        (light[4 * (y0 * columns + x0) + channel] * (1 - fx) +
            light[4 * (y0 * columns + x1) + channel] * fx) * (1 - fy) +
        (light[4 * (y1 * columns + x0) + channel] * (1 - fx) +
            light[4 * (y1 * columns + x1) + channel] * fx) * fy;
      const total = sample(3);
      if (total <= 0) continue;
      const alpha = 0.5 * (1 - Math.exp(-2 * total));
      const at = 4 * (row * width + column);
      for (let channel = 0; channel < 3; channel++) {
        raster.data[at + channel] = sample(channel) / total * alpha;
      }
      raster.data[at + 3] = alpha;
    }
  }
  return raster;
}
