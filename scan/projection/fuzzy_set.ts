/** Neighbours of n points, nearest first, each point itself in front. */
export interface NeighbourTable {
  readonly n: number;
  /** Neighbours in a row, the point itself included. */
  readonly k: number;
  /** [n, k] int32 */
  readonly indices: Int32Array;
  /** [n, k] float32, ascending along a row; 0 for the point itself */
  readonly distances: Float32Array;
}

/** A symmetric graph as compressed sparse rows; columns ascend within a row, no diagonal. */
export interface FuzzyGraph {
  readonly n: number;
  /** [n + 1] int32: row i holds the entries from `starts[i]` up to `starts[i + 1]` */
  readonly starts: Int32Array;
  /** [nEntries] int32 */
  readonly columns: Int32Array;
  /** [nEntries] float32, 0 < weight ≤ 1 */
  readonly weights: Float32Array;
}

/** How close the sum of memberships must come to log₂ k, as in umap-learn. */
const sumTolerance = 1e-5;
/** Lower bound of a bandwidth, as a share of the mean distance, as in umap-learn. */
const minBandwidthShare = 1e-3;

/**
 * The fuzzy simplicial set of UMAP (McInnes, Healy & Melville 2018, section 3.1): each point's
 * distances become memberships exp(−(d − ρ) / σ), ρ the distance to the nearest other point and σ
 * such that they add up to log₂ k; both directions of an edge are joined by a + b − ab.
 *
 * Same result as `umap-js` and umap-learn with local connectivity 1 and mix ratio 1, within the
 * tolerance of σ; typed compressed rows instead of a map of "row:column" keys.
 */
export function buildFuzzyGraph(neighbours: NeighbourTable): FuzzyGraph {
  const { n, k, indices } = neighbours;
  const memberships = computeMemberships(neighbours);
  const rowStarts = new Int32Array(n + 1);
  for (let i = 0; i <= n; i++) rowStarts[i] = i * k;
  // Transposing twice sorts the columns of each row.
  const across = transpose({ n, starts: rowStarts, columns: indices, weights: memberships });
  return unite(transpose(across), across);
}

/**
 * Memberships of each point's neighbours.
 *
 * @returns [n, k] float32; 0 at the point itself
 */
export function computeMemberships({ n, k, indices, distances }: NeighbourTable): Float32Array {
  const memberships = new Float32Array(n * k);
  let total = 0;
  for (const d of distances) total += d;
  const meanOfAll = total / Math.max(1, n * k);
  const target = Math.log2(k);
  const excess = new Float64Array(k);
  // Bandwidth per mean excess: much the same for all points, so that each one's is the next one's start.
  let share = 1;

  for (let i = 0; i < n; i++) {
    const from = i * k;
    let nearest = 0;
    let sum = 0;
    for (let j = 0; j < k; j++) {
      const d = distances[from + j];
      sum += d;
      if (d > 0 && (nearest === 0 || d < nearest)) nearest = d;
    }
    let meanExcess = 0;
    for (let j = 1; j < k; j++) {
      excess[j] = Math.max(0, distances[from + j] - nearest);
      meanExcess += excess[j] / k;
    }
    const start = meanExcess > 0 ? share * meanExcess : 1;
    const found = findBandwidth(excess, k, target, start);
    const floor = minBandwidthShare * (nearest > 0 ? sum / k : meanOfAll);
    const bandwidth = Math.max(found, floor);
    // Rows that have no solution end at extremes; the next one starts afresh.
    share = meanExcess > 0 && found > meanExcess / 8 && found < meanExcess * 8
      ? found / meanExcess
      : 1;
    for (let j = 0; j < k; j++) {
      if (indices[from + j] === i) continue;
      const above = distances[from + j] - nearest;
      memberships[from + j] = above <= 0 ? 1 : Math.exp(-above / bandwidth);
    }
  }
  return memberships;
}

/**
 * Solves Σ exp(−excess / σ) = target for σ by Newton's method, with bisection where a step would
 * leave the bracket: a third of the exponentials that plain bisection needs.
 *
 * @param excess [k]; entry 0 (the point itself) is not read
 * @param start above 0; any will do
 */
function findBandwidth(excess: Float64Array, k: number, target: number, start: number): number {
  let low = 0;
  let high = Infinity;
  let sigma = start;
  for (let iteration = 0; iteration < 64; iteration++) {
    let sum = 0;
    let slope = 0;
    for (let j = 1; j < k; j++) {
      const ratio = excess[j] / sigma;
      const membership = Math.exp(-ratio);
      sum += membership;
      slope += membership * ratio;
    }
    slope /= sigma;
    const error = sum - target;
    if (Math.abs(error) < sumTolerance) break;
    if (error > 0) high = sigma;
    else low = sigma;
    const step = slope > 0 ? sigma - error / slope : Infinity;
    if (step > low && step < high && step < 8 * sigma) sigma = step;
    else sigma = high === Infinity ? sigma * 2 : (low + high) / 2;
  }
  return sigma;
}

/** Rows become columns; columns ascend within each row of the result. */
function transpose({ n, starts, columns, weights }: FuzzyGraph): FuzzyGraph {
  const across = new Int32Array(n + 1);
  for (const column of columns) across[column + 1]++;
  for (let i = 0; i < n; i++) across[i + 1] += across[i];
  const next = across.slice(0, n);
  const outColumns = new Int32Array(columns.length);
  const outWeights = new Float32Array(columns.length);
  for (let row = 0; row < n; row++) {
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      const at = next[columns[e]]++;
      outColumns[at] = row;
      outWeights[at] = weights[e];
    }
  }
  return { n, starts: across, columns: outColumns, weights: outWeights };
}

/** a + b − ab of two graphs whose columns ascend; entries of weight 0 are left out. */
function unite(a: FuzzyGraph, b: FuzzyGraph): FuzzyGraph {
  const { n } = a;
  const starts = new Int32Array(n + 1);
  const columns = new Int32Array(a.columns.length + b.columns.length);
  const weights = new Float32Array(columns.length);
  let at = 0;
  for (let row = 0; row < n; row++) {
    let p = a.starts[row];
    let q = b.starts[row];
    const pEnd = a.starts[row + 1];
    const qEnd = b.starts[row + 1];
    while (p < pEnd || q < qEnd) {
      const left = p < pEnd ? a.columns[p] : n;
      const right = q < qEnd ? b.columns[q] : n;
      const column = Math.min(left, right);
      const x = left === column ? a.weights[p++] : 0;
      const y = right === column ? b.weights[q++] : 0;
      const weight = x + y - x * y;
      if (weight > 0) {
        columns[at] = column;
        weights[at++] = weight;
      }
    }
    starts[row + 1] = at;
  }
  return { n, starts, columns: columns.slice(0, at), weights: weights.slice(0, at) };
}
