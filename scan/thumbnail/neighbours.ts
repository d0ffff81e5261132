/** A line from a particle to one of its nearest neighbours. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  /** In projection units. */
  readonly distance: number;
}

/**
 * Each particle's nearest neighbours by comparing all pairs, each pair once.
 *
 * @param positions [nParticles, nDims] float32
 */
export function nearestNeighbours(positions: Float32Array, nDims: number, k: number): Edge[] {
  const n = positions.length / nDims;
  const edges = new Map<number, Edge>();
  const nearest = new Int32Array(k);
  const squares = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    nearest.fill(-1);
    squares.fill(Infinity);
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      let square = 0;
      for (let dim = 0; dim < nDims; dim++) {
        square += (positions[i * nDims + dim] - positions[j * nDims + dim]) ** 2;
      }
      let place = k;
      while (place > 0 && square < squares[place - 1]) place--;
      if (place === k) continue;
      squares.copyWithin(place + 1, place);
      nearest.copyWithin(place + 1, place);
      squares[place] = square;
      nearest[place] = j;
    }
    for (let place = 0; place < k && nearest[place] >= 0; place++) {
      const [from, to] = [Math.min(i, nearest[place]), Math.max(i, nearest[place])];
      edges.set(from * n + to, { from, to, distance: Math.sqrt(squares[place]) });
    }
  }
  return [...edges.values()];
}
