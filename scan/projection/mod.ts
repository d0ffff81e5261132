import type { Engine, StageOptions } from "../onnx/engine.ts";
import { computeNeighbours } from "./neighbours.ts";
import { computePrincipalAxes, createStartLayout, projectOntoAxes } from "./pca.ts";
import { measureQuality } from "./quality.ts";
import { prepareComparison } from "./similarity.ts";
import type { Projected, Projection, ProjectionName, ProjectionParameters } from "./types.ts";
import { layOutUmap } from "./umap.ts";

export type {
  Metric,
  Projected,
  Projection,
  ProjectionName,
  ProjectionParameters,
  ProjectionQuality,
} from "./types.ts";
export { measureQuality } from "./quality.ts";
export { gatherRows } from "./neighbours.ts";
export { type SharedPoints, sharePoints } from "./shared_points.ts";

/** The original's: three dimensions, cosine, 50 neighbours, points may touch. */
export const defaultProjectionParameters: ProjectionParameters = {
  projection: "umap",
  dims: 3,
  neighbours: 50,
  minDist: 0,
  spread: 1,
  metric: "cosine",
  epochs: 0,
  seed: 42,
};

/**
 * Every projection by its name.
 *
 * `umap`: exact neighbours, then UMAP from a start of principal components; two points and fewer
 * have no graph and are laid out by `pca`. `pca`: coordinates along the principal axes of the codes
 * as they are (`metric`, `seed` and UMAP's parameters do not matter to it).
 */
export const projections: Readonly<Record<ProjectionName, Projection>> = {
  umap: projectByUmap,
  pca: projectByPca,
};

/** Shares of the work, for one progress from start to end: measured at 13 thousand points. */
const neighboursShare = 0.35;
const layoutShare = 0.4;
const nTicks = 1000;

/**
 * Takes codes to a picture and says how far to trust it.
 *
 * @param codes [n, dCode] float32: all layers of all of a family's members, one after another. Not changed
 * @returns the picture and its quality at k = 15; progress counts thousandths of the whole
 * @throws {RangeError} if the length is not n × dCode, a number is not finite, or a parameter is out of bounds
 */
export async function project(
  engine: Engine,
  codes: Float32Array,
  n: number,
  dCode: number,
  parameters: ProjectionParameters,
  options: StageOptions = {},
): Promise<Projected> {
  checkParameters(parameters);
  if (codes.length !== n * dCode) {
    throw new RangeError(
      `Cannot project codes: expected ${n} × ${dCode} numbers, got ${codes.length}`,
    );
  }
  const { projection, dims, metric, seed } = parameters;
  const positions = await projections[projection](engine, codes, n, dCode, parameters, {
    ...options,
    onProgress: portion(options, 0, neighboursShare + layoutShare),
  });
  const quality = await measureQuality(engine, codes, n, dCode, positions, dims, metric, {
    seed,
    signal: options.signal,
    onProgress: portion(options, neighboursShare + layoutShare, 1),
  });
  return { positions, ...quality };
}

async function projectByUmap(
  engine: Engine,
  codes: Float32Array,
  n: number,
  dCode: number,
  parameters: ProjectionParameters,
  options: StageOptions = {},
): Promise<Float32Array> {
  const { dims, metric, neighbours, seed } = parameters;
  if (n < 3) return projectByPca(engine, codes, n, dCode, parameters, options);
  const split = neighboursShare / (neighboursShare + layoutShare);
  const table = await computeNeighbours(engine, codes, n, dCode, neighbours, metric, {
    ...options,
    onProgress: portion(options, 0, split),
  });
  const { rows, d } = prepareComparison(codes, n, dCode, metric);
  const start = createStartLayout(rows, n, d, dims, seed);
  return await layOutUmap(table, start, parameters, {
    ...options,
    onProgress: portion(options, split, 1),
  });
}

// deno-lint-ignore require-await
async function projectByPca(
  _engine: Engine,
  codes: Float32Array,
  n: number,
  dCode: number,
  { dims, metric }: ProjectionParameters,
  { signal, onProgress }: StageOptions = {},
): Promise<Float32Array> {
  signal?.throwIfAborted();
  // Principal axes of broken numbers are broken without a word: this one throws.
  prepareComparison(codes, n, dCode, metric);
  const positions = projectOntoAxes(codes, n, dCode, computePrincipalAxes(codes, n, dCode, dims));
  onProgress?.(nTicks, nTicks, "principal axes");
  return positions;
}

/** Progress of a part of the work as progress of the whole. */
function portion({ onProgress }: StageOptions, from: number, to: number) {
  return onProgress && ((done: number, total: number, note?: string) => {
    const share = from + (to - from) * done / Math.max(1, total);
    onProgress(Math.round(share * nTicks), nTicks, note);
  });
}

function checkParameters(parameters: ProjectionParameters): void {
  const { projection, dims, neighbours, minDist, spread, metric, epochs } = parameters;
  const check = (name: string, valid: boolean, expected: string, value: unknown) => {
    if (valid) return;
    throw new RangeError(`Cannot project with ${name} ${value}: expected ${expected}`);
  };
  const names = Object.keys(projections);
  check("projection", names.includes(projection), names.join(" or "), projection);
  check("dims", dims === 2 || dims === 3, "2 or 3", dims);
  check("metric", metric === "cosine" || metric === "euclidean", "cosine or euclidean", metric);
  check(
    "neighbours",
    Number.isInteger(neighbours) && neighbours >= 2,
    "a whole number of at least 2",
    neighbours,
  );
  check("minDist", minDist >= 0 && minDist <= spread, "0 up to the spread", minDist);
  check("spread", spread > 0 && Number.isFinite(spread), "a number above 0", spread);
  check("epochs", Number.isInteger(epochs) && epochs >= 0, "a whole number, 0 to choose", epochs);
}
