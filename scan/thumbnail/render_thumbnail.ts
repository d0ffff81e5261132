import type { Scan } from "../format/types.ts";
import { fitView, project, type Projected, type View } from "./camera.ts";
import { nearestNeighbours } from "./neighbours.ts";
import { type PaletteName, paletteSteps, type Rgb } from "./palette.ts";
import {
  layOver,
  makeRaster,
  paintLine,
  paintSpot,
  type Raster,
  shrink,
  toPixels,
} from "./raster.ts";
import { paintGlow } from "./glow.ts";

/** A picture as it is handed to an encoder. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4] uint8, sRGB with straight alpha */
  readonly data: Uint8ClampedArray;
}

export interface ThumbnailOptions {
  /** 640 × 400 by default. */
  readonly width?: number;
  readonly height?: number;
  readonly palette?: PaletteName;
  /** Frame to show; by default the one of the upper half that is spread out most. */
  readonly frame?: number;
  /** By default one that the frame fills; members of a family may share one. */
  readonly view?: View;
}

/** Painted this many times larger and then averaged, so that points stay round and lines even. */
const supersampling = 2;
const nNeighbours = 4;

/**
 * Paints a still of a scan on a transparent ground: particles as glowing points, coloured by how far
 * they moved since the frame before (all alike in the first), joined to their nearest neighbours by
 * fine lines, the brighter the closer, all fainter in the distance.
 *
 * @returns pixels that the caller owns; the same on every platform up to the rounding of `Math.exp`
 */
export function renderThumbnail(scan: Scan, options: ThumbnailOptions = {}): Pixels {
  const { width = 640, height = 400, palette = "plasma" } = options;
  const { nDims } = scan.header;
  const shown = options.frame ?? widestFrame(scan);
  const { positions } = scan.frames[shown];
  const view = options.view ?? fitView([positions], nDims, width / height);
  const colours = paletteSteps(palette);
  const motion = rankedMotion(scan, shown);

  const glow = paintGlow(
    project(view, positions, nDims, width, height),
    motion,
    colours,
    width,
    height,
  );
  const large = makeRaster(width * supersampling, height * supersampling);
  const eye = project(view, positions, nDims, large.width, large.height);
  paintEdges(large, eye, positions, nDims, colours);
  paintParticles(large, eye, motion, colours);
  return { width, height, data: toPixels(layOver(glow, shrink(large, supersampling))) };
}

function paintEdges(
  raster: Raster,
  eye: Projected,
  positions: Float32Array,
  nDims: number,
  colours: readonly Rgb[],
): void {
  const edges = nearestNeighbours(positions, nDims, nNeighbours);
  const sorted = edges.map((edge) => edge.distance).sort((a, b) => a - b);
  const long = sorted[Math.floor(sorted.length * 0.9)] || 1;
  for (const { from, to, distance } of edges) {
    const closeness = Math.max(0, 1 - distance / long);
    const fade = 1 - 0.75 * (eye.depth[from] + eye.depth[to]) / 2;
    const alpha = (0.22 + 0.38 * closeness) * fade;
    const colour = lighten(colours[Math.round(255 * closeness)], 0.12);
    paintLine(
      raster,
      [eye.x[from], eye.y[from]],
      [eye.x[to], eye.y[to]],
      1.3 * eye.scale[from],
      colour,
      alpha,
      alpha,
    );
  }
}

function paintParticles(
  raster: Raster,
  eye: Projected,
  motion: Float32Array,
  colours: readonly Rgb[],
): void {
  const farFirst = Array.from(eye.depth.keys()).sort((a, b) => eye.depth[b] - eye.depth[a]);
  const unit = raster.height / 400;
  for (const i of farFirst) {
    const colour = colours[Math.round(255 * motion[i])];
    const core = lighten(colour, 0.45);
    const fade = 1 - 0.7 * eye.depth[i];
    const radius = unit * 2.1 * eye.scale[i];
    paintSpot(
      raster,
      eye.x[i],
      eye.y[i],
      radius,
      (share) => share < 0.45 ? core : colour,
      (share) => fade * Math.min(1, 1.6 * (1 - share)),
    );
  }
}

function lighten([r, g, b]: Rgb, share: number): Rgb {
  return [r + (255 - r) * share, g + (255 - g) * share, b + (255 - b) * share];
}

/** The frame whose particles lie farthest from their mean, among the upper half of the layers. */
function widestFrame(scan: Scan): number {
  const { nDims, nParticles } = scan.header;
  let best = scan.frames.length - 1;
  let bestSpread = -1;
  for (let i = Math.floor(scan.frames.length / 2); i < scan.frames.length; i++) {
    const { positions } = scan.frames[i];
    let spread = 0;
    for (let dim = 0; dim < nDims; dim++) {
      let sum = 0;
      let squares = 0;
      for (let at = dim; at < positions.length; at += nDims) {
        sum += positions[at];
        squares += positions[at] ** 2;
      }
      spread += squares / nParticles - (sum / nParticles) ** 2;
    }
    if (spread >= bestSpread) [best, bestSpread] = [i, spread];
  }
  return best;
}

/** How far each particle moved since the frame before, as its rank. [nParticles] 0 … 1 */
function rankedMotion(scan: Scan, frame: number): Float32Array {
  const { nDims, nParticles } = scan.header;
  const ranks = new Float32Array(nParticles).fill(0.5);
  if (frame === 0) return ranks;
  const before = scan.frames[frame - 1].positions;
  const now = scan.frames[frame].positions;
  const moved = Float32Array.from(ranks, (_, i) => {
    let square = 0;
    for (let dim = 0; dim < nDims; dim++) {
      square += (now[i * nDims + dim] - before[i * nDims + dim]) ** 2;
    }
    return square;
  });
  const order = Array.from(moved.keys()).sort((a, b) => moved[a] - moved[b]);
  order.forEach((particle, rank) =>
    ranks[particle] = nParticles > 1 ? rank / (nParticles - 1) : 0.5
  );
  return ranks;
}
