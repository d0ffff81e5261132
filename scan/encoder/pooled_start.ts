import { sizeOf } from "../onnx/tensor.ts";
import { createRandom } from "../onnx/random.ts";
import { sphereBasis } from "./anchors.ts";
import { fillFields } from "./fields.ts";
import { listPooledParameters, paceOf, type PooledSizes } from "./pooled_graph.ts";

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
 * particles side by side stay so as far as the training allows. With the anchors (`anchors.ts`), UMAP keeps
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
  const basis = sphereBasis(particles);
  const width = particles * code;
  const deviation = 1 / (paceOf("spread", sizes) * Math.sqrt(3 * hidden));
  for (let h = 0; h < hidden; h++) {
    const row = start["spread.weight"].subarray(h * width, (h + 1) * width);
    fillFields(row, basis, code, deviation, random);
  }
  return start;
}
