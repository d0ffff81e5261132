/**
 * The cheapest way through the layers of two prompts (dynamic time warping, Sakoe & Chiba 1978): steps
 * go one layer on in a, in b or in both, and each costs 1 − `overlap` of the two layers it arrives at.
 * Of ways that cost the same the one that goes on in both is taken, then the one that waits in b.
 *
 * @param overlap [nFramesA][nFramesB], 0 … 1
 * @returns [frame of a, frame of b], from [0, 0] to the last of both; empty where there is none
 */
export function findWarp(overlap: readonly ArrayLike<number>[]): [number, number][] {
  const [nA, nB] = [overlap.length, overlap[0]?.length ?? 0];
  if (nB === 0) return [];
  const costs = overlap.map(() => new Float64Array(nB));
  const ways = (i: number, j: number): [number, number][] => {
    const from: [number, number][] = [[i - 1, j - 1], [i - 1, j], [i, j - 1]];
    return from.filter(([x, y]) => x >= 0 && y >= 0);
  };
  const cheapest = (i: number, j: number): [number, number] =>
    // Sums in another order must not decide a tie.
    ways(i, j).reduce((best, way) =>
      costs[way[0]][way[1]] < costs[best[0]][best[1]] - 1e-9 ? way : best
    );
  for (let i = 0; i < nA; i++) {
    for (let j = 0; j < nB; j++) {
      costs[i][j] = 1 - overlap[i][j];
      if (i + j === 0) continue;
      const [x, y] = cheapest(i, j);
      costs[i][j] += costs[x][y];
    }
  }
  const path: [number, number][] = [[nA - 1, nB - 1]];
  while (path[0][0] + path[0][1] > 0) path.unshift(cheapest(...path[0]));
  return path;
}

/**
 * How many layers later b is where a is, on average over the steps of the way; negative where it is
 * there earlier, 0 for no way.
 */
export function meanLag(warp: readonly (readonly [number, number])[]): number {
  return warp.reduce((sum, [a, b]) => sum + b - a, 0) / Math.max(1, warp.length);
}
