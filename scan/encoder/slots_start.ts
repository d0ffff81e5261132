import type { Engine } from "../onnx/engine.ts";
import { createRandom } from "../onnx/random.ts";
import { sizeOf } from "../onnx/tensor.ts";
import { type Basis, drawNormal, fillFields } from "./fields.ts";
import { findPrincipalSubspace } from "./principal_subspace.ts";
import { rowsOf } from "./rows.ts";
import { listSlotParameters, type SlotSizes } from "./slots_graph.ts";
import { evaluateHarmonics } from "./sphere.ts";
import type { TokenStates } from "./token_states.ts";

/** How much the particles of a token differ in how they see it: deviation of their gains around 1. */
const viewSpread = 0.6;

/**
 * Where each particle stands in its token's share of the particles: evenly on a little sphere, pole to
 * pole along the prompt; the nine smoothest harmonics there.
 *
 * @param nTokens tokens that share the particles evenly
 */
export function beadBasis(particles: number, nTokens: number): Basis {
  const goldenAngle = Math.PI * (3 - Math.sqrt(5));
  const points = new Float64Array(particles * 3);
  for (let p = 0; p < particles; p++) {
    const place = (p + 0.5) / particles * nTokens;
    const z = 1 - 2 * (place - Math.floor(place));
    const radius = Math.sqrt(1 - z * z);
    points[p * 3] = radius * Math.cos(goldenAngle * p);
    points[p * 3 + 1] = radius * Math.sin(goldenAngle * p);
    points[p * 3 + 2] = z;
  }
  const values = evaluateHarmonics(points);
  return { nFunctions: values.length / particles, values };
}

/**
 * Weights to start from. Channels are the principal directions of the token states; a particle's code
 * is a random view of what it reads, the same for all particles but for gains that change smoothly over
 * a token's share of them. The queries ask for nothing yet, so that a particle reads where it stands.
 * How the decoder reads the particles is fitted next (`slots_readout.ts`).
 *
 * @returns arrays by name; the caller owns them
 */
export async function createSlotStart(
  engine: Engine,
  sizes: SlotSizes,
  { x, nTokens }: TokenStates,
  seed: number,
): Promise<Record<string, Float32Array>> {
  const { dModel, particles, code, channels } = sizes;
  const random = createRandom(seed);
  const start: Record<string, Float32Array> = Object.fromEntries(
    listSlotParameters(sizes).map(({ name, shape }) => {
      const weights = new Float32Array(sizeOf(shape));
      const drawn = ["key", "mix", "rise.weight"].includes(name);
      if (drawn) { for (let i = 0; i < weights.length; i++) weights[i] = drawNormal(random); }
      return [name, weights.map((w) => w / Math.sqrt(shape[0]))];
    }),
  );
  start.value = await findPrincipalSubspace(
    engine,
    rowsOf(x, x.length / dModel, dModel),
    channels,
    seed,
  );
  fillFields(start.ungain, beadBasis(particles, nTokens), channels, 1, random);
  start.gain = start.ungain.map((field) => 1 + viewSpread * field);
  const { mix, unmix } = start;
  for (let j = 0; j < channels; j++) {
    for (let k = 0; k < code; k++) unmix[k * channels + j] = mix[j * code + k];
  }
  return start;
}
