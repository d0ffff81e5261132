import { sizeOf } from "../onnx/tensor.ts";
import { createRandom, type Random } from "../onnx/random.ts";
import { listPooledParameters, paceOf, type PooledSizes } from "./pooled_graph.ts";
import { evaluateHarmonics, nHarmonics, placeOnSphere } from "./sphere.ts";

/**
 * Weights to start from. All but one layer start as PyTorch's `Linear` does, uniform within
 * ±1 / √fanIn; the layer that makes the particles starts smooth, because training is short and the
 * start is what gives the cloud its shape.
 *
 * With independent weights the particles of a state are independent draws from one distribution: a
 * ball without structure in 16 dimensions, of which three dimensions keep 8 % of the neighbours
 * (trustworthiness 0.74, measured on made-up states). Here the particles stand evenly on a sphere and
 * their weights are random combinations of its nine smoothest harmonics, of the same variance as
 * PyTorch's. Each state then starts as a closed sheet in 16 dimensions, bent by what the state is, and
 * particles side by side stay so as far as the training allows. With the anchors below, UMAP keeps
 * about 35 % of the neighbours (trustworthiness 0.99, measured on the bundled model). What is seen of
 * the model is therefore how the sheet bends and moves between states, not that there is one.
 *
 * @returns arrays by name; the caller owns them
 */
export function createPooledStart(
  sizes: PooledSizes,
  seed: number,
): Record<string, Float32Array> {
  const random = createRandom(seed);
  const start = Object.fromEntries(
    listPooledParameters(sizes).map(({ name, shape, fanIn }) => {
      const pace = name.endsWith(".weight") ? paceOf(name.split(".")[0], sizes) : 1;
      const bound = 1 / (pace * Math.sqrt(fanIn));
      const weights = new Float32Array(sizeOf(shape));
      for (let i = 0; i < weights.length; i++) weights[i] = (2 * random.next() - 1) * bound;
      return [name, weights];
    }),
  );
  const { hidden, particles, code } = sizes;
  const harmonics = evaluateHarmonics(placeOnSphere(particles));
  const width = particles * code;
  const deviation = 1 / (paceOf("spread", sizes) * Math.sqrt(3 * hidden));
  for (let h = 0; h < hidden; h++) {
    const row = start["spread.weight"].subarray(h * width, (h + 1) * width);
    fillSmooth(row, harmonics, code, deviation, random);
  }
  return start;
}

/** Share of an anchor's variance that is its own and not its neighbours' too. */
const ownShare = 0.16;

/**
 * A place of its own for every particle, the same in every state: a random smooth field over the
 * same sphere, with some independent noise. The noise parts a particle from its neighbours on the
 * sheet, so that its nearest others are itself in the next layers: without it a picture falls apart
 * into one island a layer.
 *
 * @returns [particles, code] float32, mean square about 1
 */
export function createAnchors({ particles, code }: PooledSizes, seed: number): Float32Array {
  // Not the stream that the weights come from.
  const random = createRandom(seed + 2 ** 32);
  const anchors = new Float32Array(particles * code);
  const harmonics = evaluateHarmonics(placeOnSphere(particles));
  // A constant part would only bring all directions closer together.
  for (let i = 0; i < harmonics.length; i += nHarmonics) harmonics[i] = 0;
  const smooth = Math.sqrt((1 - ownShare) * nHarmonics / (nHarmonics - 1));
  fillSmooth(anchors, harmonics, code, smooth, random);
  const own = Math.sqrt(ownShare);
  for (let i = 0; i < anchors.length; i++) anchors[i] += own * drawNormal(random);
  return anchors;
}

/**
 * Fills one array of particles × code with a random smooth field.
 *
 * @param field [particles, code], overwritten
 * @param harmonics [particles, nHarmonics]
 * @param deviation standard deviation of the entries
 */
function fillSmooth(
  field: Float32Array,
  harmonics: Float64Array,
  code: number,
  deviation: number,
  random: Random,
): void {
  const scale = deviation / Math.sqrt(nHarmonics);
  const amplitudes = Float64Array.from(
    { length: code * nHarmonics },
    () => drawNormal(random) * scale,
  );
  for (let at = 0; at < field.length; at++) {
    const from = Math.floor(at / code) * nHarmonics;
    const of = (at % code) * nHarmonics;
    let sum = 0;
    for (let k = 0; k < nHarmonics; k++) sum += harmonics[from + k] * amplitudes[of + k];
    field[at] = sum;
  }
}

/** Box & Muller 1958. */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
