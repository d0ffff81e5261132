import type { Scan } from "../format/types.ts";
import { fitView, project, type Projected, type View } from "./camera.ts";
import { type Edge, nearestNeighbours } from "./neighbours.ts";
import { type Rgb, scaleSteps, stepAt } from "./palette.ts";
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
  /** Frame to show; by default the one of the upper half that is spread out most. */
  readonly frame?: number;
  /** By default one that the frame fills; members of a family may share one. */
  readonly view?: View;
}

/** Painted this many times larger and then averaged, so that points stay round and lines even. */
const supersampling = 2;
const nNeighbours = 3;
/** Longer edges than this share of all are left out: they cross the picture and join little. */
const shownEdges = 0.92;

/**
 * Paints a still of a scan on a transparent ground: particles as glowing points, coloured by the token
 * that they read or, where the scan does not tell, by how far they and their neighbours moved since the
 * frame before (all alike in the first), joined to their nearest neighbours by fine lines, the brighter
 * the closer, all fainter in the distance.
 *
 * @returns pixels that the caller owns; the same on every platform up to the rounding of `Math.exp`
 */
export function renderThumbnail(scan: Scan, options: ThumbnailOptions = {}): Pixels {
  const { width = 640, height = 400 } = options;
  const { nDims } = scan.header;
  const shown = options.frame ?? widestFrame(scan);
  const { positions } = scan.frames[shown];
  const view = options.view ?? fitView(
    [positions],
    nDims,
    width / height,
    scan.frames.map((frame) => frame.positions),
  );
  const edges = nearestNeighbours(positions, nDims, nNeighbours);
  const { reads } = scan.frames[shown];
  const colours = scaleSteps(reads ? "token" : "motion");
  const values = reads
    ? placesOf(reads.tokens, scan.header.tokens.length)
    : ranks(smooth(motionOf(scan, shown), edges));

  const glow = paintGlow(
    project(view, positions, nDims, width, height),
    values,
    colours,
    width,
    height,
  );
  const large = makeRaster(width * supersampling, height * supersampling);
  const eye = project(view, positions, nDims, large.width, large.height);
  paintEdges(large, eye, edges, scaleSteps("closeness"));
  paintParticles(large, eye, values, colours);
  return { width, height, data: toPixels(layOver(glow, shrink(large, supersampling))) };
}

function paintEdges(
  raster: Raster,
  eye: Projected,
  edges: readonly Edge[],
  colours: readonly Rgb[],
): void {
  const sorted = edges.map((edge) => edge.distance).sort((a, b) => a - b);
  const long = sorted[Math.floor(sorted.length * shownEdges)] || 1;
  for (const { from, to, distance } of edges) {
    if (distance > long) continue;
    const closeness = 1 - distance / long;
    const fade = 1 - 0.75 * (eye.depth[from] + eye.depth[to]) / 2;
    const alpha = (0.34 + 0.4 * closeness) * fade;
    const colour = stepAt(colours, closeness);
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
  values: Float32Array,
  colours: readonly Rgb[],
): void {
  const farFirst = Array.from(eye.depth.keys()).sort((a, b) => eye.depth[b] - eye.depth[a]);
  const unit = raster.height / 400;
  for (const i of farFirst) {
    const colour = stepAt(colours, values[i]);
    const core = lighten(colour, 0.5 - 0.3 * eye.depth[i]);
    const fade = 1 - 0.6 * eye.depth[i];
    const radius = Math.max(1.5, unit * 2.3 * eye.scale[i]);
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

/** Place along the prompt of the token that each particle reads, 0 … 1. [nParticles] */
function placesOf(tokens: Uint16Array, nTokens: number): Float32Array {
  return Float32Array.from(tokens, (token) => token / Math.max(1, nTokens - 1));
}

/** How far each particle moved since the frame before; 0 in the first. [nParticles] */
function motionOf(scan: Scan, frame: number): Float32Array {
  const { nDims, nParticles } = scan.header;
  const moved = new Float32Array(nParticles);
  if (frame === 0) return moved;
  const before = scan.frames[frame - 1].positions;
  scan.frames[frame].positions.forEach((value, i) => {
    moved[Math.floor(i / nDims)] += (value - before[i]) ** 2;
  });
  return moved.map(Math.sqrt);
}

/** Mean over each particle and its neighbours, twice: regions show, single jumps do not. */
function smooth(values: Float32Array, edges: readonly Edge[]): Float32Array {
  let smoothed = values;
  for (let round = 0; round < 2; round++) {
    const sums = smoothed.slice();
    const counts = new Float32Array(values.length).fill(1);
    for (const { from, to } of edges) {
      sums[from] += smoothed[to];
      sums[to] += smoothed[from];
      counts[from]++;
      counts[to]++;
    }
    smoothed = sums.map((sum, i) => sum / counts[i]);
  }
  return smoothed;
}

/** Each value's place among all, 0 … 1; equal values in the middle of the places that they share. */
function ranks(values: Float32Array): Float32Array {
  const sorted = values.slice().sort();
  const last = Math.max(1, sorted.length - 1);
  const places = new Map<number, [first: number, last: number]>();
  sorted.forEach((value, i) => places.set(value, [places.get(value)?.[0] ?? i, i]));
  return values.map((value) => {
    const [low, high] = places.get(value) ?? [0, last];
    return values.length > 1 ? (low + high) / 2 / last : 0.5;
  });
}
