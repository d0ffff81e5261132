import { UMAP } from "umap-js";
import type { StageOptions } from "../onnx/engine.ts";
import { createPacer } from "../onnx/pause.ts";
import { buildFuzzyGraph, type FuzzyGraph, type NeighbourTable } from "./fuzzy_set.ts";
import { createLayout, type Layout } from "./layout.ts";
import { scheduleEdges } from "./schedule.ts";
import type { ProjectionParameters } from "./types.ts";

/** What of UMAP's parameters the layout depends on, once the neighbours are known. */
export type UmapParameters = Pick<
  ProjectionParameters,
  "dims" | "minDist" | "spread" | "epochs" | "seed"
>;

/** Points pushed away for each point pulled: the default of `umap-js` and umap-learn. */
const nNegatives = 5;
/**
 * Lays points out with the class and the public protocol of `umap-js` 1.4.0 (`setPrecomputedKNN`,
 * `initializeFit`, `step`, `getEmbedding`), the inner methods that are slow on tens of thousands of
 * points replaced on the instance. Its parameters, its fit of the curve (`spread`, `minDist` → a, b)
 * and its stepping are used as they are.
 *
 * Deviations from `umap-js`:
 * - neighbours are exact instead of approximate;
 * - the fuzzy set lies in typed compressed rows; σ comes from Newton's method within the same tolerance;
 * - no search graph is built, so that `transform` must not be called;
 * - the start is `start` (principal components), not random;
 * - an epoch takes point after point, in an order shuffled once, instead of edge after edge, and moves
 *   that point alone, by a damped step along all its pulls and pushes at once (`layout.ts`);
 * - the learning rate falls as a square, not in a line;
 * - half as many epochs (250, 200, 150 or 100 by the number of points), with a better picture;
 * - five points are pushed away for each pull over the epoch, drawn as groups of four that follow each
 *   other in the shuffled order, where `umap-js` draws one by one and lets their number vary;
 * - weights are counted in 16 bits, and edges of the same weight take turns;
 * - forces come from a table (1.6 % wide cells), positions are float32;
 * - random numbers come from a xorshift started by the seed.
 *
 * Deviations from umap-learn 0.5 on top: principal components instead of the spectral start, and
 * the number of epochs (there 500 or 200).
 *
 * The same arguments give the same bytes.
 *
 * @param start [n, dims] float32, where the points begin; not changed
 * @returns [n, dims] float32, in projection units, centred; the caller owns it
 * @throws {RangeError} if there are fewer than three points or two neighbours a row: too few for a graph
 * @throws {TypeError} if the installed `umap-js` lacks a method that is replaced here
 */
export async function layOutUmap(
  neighbours: NeighbourTable,
  start: Float32Array,
  parameters: UmapParameters,
  { onProgress, signal }: StageOptions = {},
): Promise<Float32Array> {
  const { n, k } = neighbours;
  const { dims } = parameters;
  if (n < 3 || k < 2 || k > n) {
    throw new RangeError(
      `Cannot lay out ${n} points with ${k} neighbours each: expected at least 3 points and 2 to n neighbours`,
    );
  }
  if (start.length !== n * dims) {
    throw new RangeError(
      `Cannot start a layout: expected ${n} × ${dims} coordinates, got ${start.length}`,
    );
  }
  const pacer = createPacer(signal);
  await pacer.breathe();

  const umap = new UMAP({
    nComponents: dims,
    // `umap-js` wants more points than neighbours; the neighbours themselves are given.
    nNeighbors: Math.min(k, n - 1),
    minDist: parameters.minDist,
    spread: parameters.spread,
    nEpochs: parameters.epochs,
    negativeSampleRate: nNegatives,
  });
  replaceSlowParts(umap, neighbours, start, parameters);
  umap.setPrecomputedKNN(rowsOf(neighbours.indices, n, k), rowsOf(neighbours.distances, n, k));
  // Only the length is read: what would read the points themselves is replaced.
  const nEpochs = umap.initializeFit(new Array(n));
  for (let epoch = 0; epoch < nEpochs; epoch++) {
    umap.step();
    onProgress?.(epoch + 1, nEpochs, "epochs");
    await pacer.breathe();
  }

  const positions = new Float32Array(n * dims);
  umap.getEmbedding().forEach((row, i) => {
    for (let c = 0; c < dims; c++) positions[i * dims + c] = row[c];
  });
  centre(positions, n, dims);
  return positions;
}

/** The inner methods and state of `umap-js` 1.4.0 that are replaced or read. */
interface Internals {
  graph: FuzzyGraph & { nRows: number; nCols: number };
  embedding: number[][];
  optimizationState: { a: number; b: number; currentEpoch: number };
  getNEpochs(): number;
  fuzzySimplicialSet(): Internals["graph"];
  makeSearchFns(): void;
  makeSearchGraph(): undefined;
  initializeSimplicialSetEmbedding(): Record<
    "head" | "tail" | "epochsPerSample",
    ArrayLike<number>
  >;
  initializeOptimization(): void;
  prepareForOptimizationLoop(): void;
  optimizeLayoutStep(epoch: number): number[][];
  getEmbedding(): number[][];
}

const methodNames = [
  "getNEpochs",
  "fuzzySimplicialSet",
  "makeSearchFns",
  "makeSearchGraph",
  "initializeSimplicialSetEmbedding",
  "initializeOptimization",
  "prepareForOptimizationLoop",
  "optimizeLayoutStep",
  "getEmbedding",
] as const;

function replaceSlowParts(
  umap: UMAP,
  neighbours: NeighbourTable,
  start: Float32Array,
  { dims, epochs, seed }: UmapParameters,
): void {
  const inner = umap as unknown as Internals;
  const missing = methodNames.filter((name) => typeof inner[name] !== "function");
  if (missing.length > 0) {
    throw new TypeError(
      `Cannot speed up "umap-js": expected the methods of version 1.4.0, got none named ${
        missing.join(", ")
      }; pin the version in deno.json`,
    );
  }
  const { n } = neighbours;
  let layout: Layout;

  inner.fuzzySimplicialSet = () => ({ ...buildFuzzyGraph(neighbours), nRows: n, nCols: n });
  inner.makeSearchFns = () => {};
  inner.makeSearchGraph = () => undefined;
  // What these two prepare for the stock optimiser is not read.
  inner.initializeSimplicialSetEmbedding = () => ({ head: [], tail: [], epochsPerSample: [] });
  inner.prepareForOptimizationLoop = () => {
    const { a, b } = inner.optimizationState;
    const forces = { a, b, repulsion: 1, learningRate: 1, nNegatives, seed };
    layout = createLayout(start, dims, scheduleEdges(inner.graph, seed), forces);
  };
  inner.optimizeLayoutStep = (epoch) => {
    layout.runEpoch(epoch, inner.getNEpochs());
    inner.optimizationState.currentEpoch++;
    return inner.embedding;
  };
  inner.getEmbedding = () => rowsOf(layout.readPositions(), n, dims);
  if (epochs > 0) return;
  const chooseEpochs = inner.getNEpochs;
  inner.getNEpochs = () => Math.ceil(chooseEpochs.call(inner) / 2);
}

/** Views of the rows of a [n, width] array, typed as the plain arrays that `umap-js` declares. */
function rowsOf(data: Int32Array | Float32Array, n: number, width: number): number[][] {
  return Array.from(
    { length: n },
    (_, i) => data.subarray(i * width, (i + 1) * width) as unknown as number[],
  );
}

function centre(positions: Float32Array, n: number, dims: number): void {
  for (let c = 0; c < dims; c++) {
    let sum = 0;
    for (let i = c; i < positions.length; i += dims) sum += positions[i];
    const mean = sum / n;
    for (let i = c; i < positions.length; i += dims) positions[i] -= mean;
  }
}
