import { type BothStates, stateAt } from "./states.ts";

/** A massive activation is this many times the median magnitude of its layer … */
const timesMedian = 20;
/** … and holds at least this share of its state's squared norm. */
const shareOfState = 0.25;
/** One channel in so many may be massive, one at least: massive channels are few. */
const oneIn = 32;

/**
 * Channels of massive activation: the few that have by far the largest values at some tokens and
 * dominate the norm there (Sun et al. 2024, arXiv 2402.17762).
 *
 * The paper calls a value massive above 100 and above about 1,000 times the median magnitude of its
 * layer, which fits models of thousands of channels. What makes such a value harmful to a comparison
 * is that it alone decides norm and cosine, and in a small model it does so long before. So here a
 * channel is massive if at some token of some frame its magnitude is at least 20 times the median of
 * the frame (over all states of both prompts) and it holds at least a quarter of the state's squared
 * norm. (Of 4,096 channels it takes about 55 times the median to hold a quarter, of 128 about 10; a
 * normal number reaches 20 times its median once in 10⁴⁰.) If more than one channel in 32 would be,
 * the strongest by their share are taken. A frame whose median is zero has none.
 *
 * @returns in rising order
 */
export function findMassiveChannels(states: BothStates): number[] {
  const [nFrames, , dModel] = states.a.shape;
  // Largest share of a state that a channel holds as a massive one.
  const shares = new Float64Array(dModel);
  for (let frame = 0; frame < nFrames; frame++) {
    const rows = [states.a, states.b].flatMap((tensor) =>
      Array.from({ length: tensor.shape[1] }, (_, token) => stateAt(tensor, frame, token))
    );
    const least = timesMedian * medianMagnitude(rows);
    if (!(least > 0)) continue;
    for (const row of rows) {
      let square = 0;
      for (let c = 0; c < dModel; c++) square += row[c] ** 2;
      for (let c = 0; c < dModel; c++) {
        const share = row[c] ** 2 / square;
        if (share >= shareOfState && share > shares[c] && Math.abs(row[c]) >= least) {
          shares[c] = share;
        }
      }
    }
  }
  return Array.from(shares.keys())
    .filter((channel) => shares[channel] > 0)
    .sort((a, b) => shares[b] - shares[a] || a - b)
    .slice(0, Math.max(1, Math.floor(dModel / oneIn)))
    .sort((a, b) => a - b);
}

/** Median of the magnitudes of all numbers, the lower one of two; 0 where there are none. */
function medianMagnitude(rows: readonly Float32Array[]): number {
  const magnitudes = new Float32Array(rows.reduce((length, row) => length + row.length, 0));
  let at = 0;
  for (const row of rows) for (let c = 0; c < row.length; c++) magnitudes[at++] = Math.abs(row[c]);
  return magnitudes.length > 0 ? selectSmallest(magnitudes, (magnitudes.length - 1) >> 1) : 0;
}

/** The number that would stand at a place after sorting (Hoare's find, 1961). Reorders the numbers. */
function selectSmallest(numbers: Float32Array, place: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const pivot = numbers[(low + high) >> 1];
    let [i, j] = [low, high];
    while (i <= j) {
      while (numbers[i] < pivot) i++;
      while (pivot < numbers[j]) j--;
      if (i > j) break;
      const swapped = numbers[i];
      numbers[i++] = numbers[j];
      numbers[j--] = swapped;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return numbers[place];
}
