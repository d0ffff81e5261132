/**
 * The nearest others of every point by Euclidean distance, found by comparing all pairs: for a frame's
 * particles, on the spot; the projection, which has all frames, searches on the device.
 *
 * @param points [n, d]
 * @param k 1 … n − 1
 * @returns [n, k], nearest first; of equally near ones the earlier. The caller owns it
 * @throws {RangeError} if there are not so many others
 */
export function findNearest(points: Float32Array, n: number, d: number, k: number): Int32Array {
  if (!(k >= 1 && k < n) || points.length !== n * d) {
    throw new RangeError(
      `Cannot find ${k} neighbours: expected ${n} × ${d} numbers and at most ${
        n - 1
      } neighbours, ` +
        `got ${points.length} numbers`,
    );
  }
  const nearest = new Int32Array(n * k);
  const rows = new Float64Array(points);
  const kept = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    const at = i * k;
    kept.fill(Infinity);
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      // Most points are too far off after a few of their coordinates.
      const most = kept[k - 1];
      let square = 0;
      for (let x = i * d, y = j * d; x < (i + 1) * d && square < most; x++, y++) {
        const difference = rows[x] - rows[y];
        square += difference * difference;
      }
      if (square >= most) continue;
      let place = k - 1;
      for (; place > 0 && kept[place - 1] > square; place--) {
        kept[place] = kept[place - 1];
        nearest[at + place] = nearest[at + place - 1];
      }
      kept[place] = square;
      nearest[at + place] = j;
    }
  }
  return nearest;
}
