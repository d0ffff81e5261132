import { createRandom } from "../onnx/random.ts";
import { type Basis, drawNormal, fillFields } from "./fields.ts";
import { evaluateHarmonics, placeOnSphere } from "./sphere.ts";

/** Mean size of the anchors in units of the mean size of the trained codes. */
const anchorSize = 1.2;
/** Share of an anchor's variance that is its own and not its neighbours' too. */
const ownShare = 0.16;

/**
 * A place of its own for every particle, the same in every state: a random smooth field over a
 * sphere, with some independent noise. The noise parts a particle from its neighbours on the sheet,
 * so that its nearest others are itself in the next layers: without it a picture falls apart into one
 * island a layer.
 *
 * @returns [particles, code] float32, mean square about 1
 */
export function createAnchors(particles: number, code: number, seed: number): Float32Array {
  // Not the stream that the weights come from.
  const random = createRandom(seed + 2 ** 32);
  const anchors = new Float32Array(particles * code);
  const basis = sphereBasis(particles);
  // A constant part would only bring all directions closer together.
  for (let i = 0; i < basis.values.length; i += basis.nFunctions) basis.values[i] = 0;
  const { nFunctions } = basis;
  const smooth = Math.sqrt((1 - ownShare) * nFunctions / (nFunctions - 1));
  fillFields(anchors, basis, code, smooth, random);
  const own = Math.sqrt(ownShare);
  for (let i = 0; i < anchors.length; i++) anchors[i] += own * drawNormal(random);
  return anchors;
}

/** The nine smoothest harmonics at particles that stand evenly on a sphere, in the order of the particles. */
export function sphereBasis(particles: number): Basis {
  const values = evaluateHarmonics(placeOnSphere(particles));
  return { nFunctions: values.length / particles, values };
}

/**
 * Adds the anchors, scaled to the codes, to every state of every member.
 *
 * @param codes [nStates, particles, code] each, changed in place
 */
export function addAnchors(codes: readonly Float32Array[], anchors: Float32Array): void {
  let squares = 0;
  let count = 0;
  for (const part of codes) {
    for (const x of part) squares += x * x;
    count += part.length;
  }
  const scale = anchorSize * Math.sqrt(squares / count);
  for (const part of codes) {
    for (let i = 0; i < part.length; i++) part[i] += scale * anchors[i % anchors.length];
  }
}
