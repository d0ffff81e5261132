import type { Engine, StageOptions } from "../onnx/engine.ts";
import { float32, type Tensor } from "../onnx/tensor.ts";
import { reduceStates } from "./reduced_states.ts";
import { type Batch, listBatches, planSteps } from "./slots_batches.ts";
import { buildSlotForward, listSlotParameters, type SlotSizes } from "./slots_graph.ts";
import { fitReadout } from "./slots_readout.ts";
import { createSlotStart } from "./slots_start.ts";
import { centreTokenStates } from "./token_states.ts";
import { trainUntilSettled } from "./training.ts";
import type { EncodedMember, EncoderMember, EncoderParameters, Encoding } from "./types.ts";

/** Adam's step size unless the parameters say another. */
const ownLearningRate = 0.003;
/** Width of what a particle reads of a token, at most. */
const mostChannels = 48;
/** Principal directions of the token states that are read and rebuilt, at most. */
const mostDirections = 128;
/** Width of keys and queries. */
const dKey = 16;

/**
 * Learned queries attend over the token states (in the manner of Perceiver IO, Jaegle et al. 2021),
 * one for each particle: a particle knows with which weight it reads which token, and what it makes
 * of it is its code. The decoder rebuilds every token's state from the particles by the same weights
 * turned round. Mean squared error, Adam, all layers of all members.
 *
 * Unlike `pooled` it can say where along the prompt something changed: in a causal model the states
 * before a changed token are the same, and so are the particles that read them.
 *
 * Far fewer weights than a dense layer of 1024 × 16: a particle's own are its query and its gains.
 * It starts at a place along the prompt (`slots_window.ts`) with a view of what stands there
 * (`slots_start.ts`), and a decoder fitted to these views (`slots_readout.ts`).
 *
 * Where all states are equal there is nothing to learn: no step is made, and the explained variance
 * is 1.
 */
export async function encodeBySlots(
  engine: Engine,
  members: readonly EncoderMember[],
  parameters: EncoderParameters,
  options: StageOptions = {},
): Promise<Encoding> {
  const wide = centreTokenStates(members);
  const states = await reduceStates(engine, wide, mostDirections, parameters.seed);
  const { particles, code, hidden, maxSteps, learningRate, seed } = parameters;
  const { dModel, variance, nReal, lost } = states;
  const sizes: SlotSizes = {
    dModel,
    particles,
    code,
    hidden,
    dKey: Math.min(dKey, dModel),
    channels: Math.min(mostChannels, dModel),
  };
  const batches = listBatches(members, states, sizes);
  const start = await createSlotStart(engine, sizes, states, seed);
  start["direct.weight"] = await fitReadout(engine, sizes, toFeeds(sizes, start), batches());
  const { weights, losses } = variance === 0
    ? { weights: start, losses: new Float32Array(0) }
    : await trainUntilSettled(engine, {
      ...planSteps(members, states, wide.dModel, sizes, seed),
      start,
      learningRate: learningRate || ownLearningRate,
      maxSteps,
    }, options);

  const encoded = await encodeAll(engine, members, states.nStates, sizes, weights, batches());
  return {
    members: encoded.members,
    explainedVariance: variance > 0 ? 1 - (encoded.squares + lost) / (nReal * wide.dModel) : 1,
    nSteps: losses.length,
    losses,
  };
}

function toFeeds(
  sizes: SlotSizes,
  weights: Readonly<Record<string, Float32Array>>,
): Record<string, Tensor> {
  return Object.fromEntries(
    listSlotParameters(sizes).map(({ name, shape }) => [name, float32(shape, weights[name])]),
  );
}

async function encodeAll(
  engine: Engine,
  members: readonly EncoderMember[],
  nStates: number,
  sizes: SlotSizes,
  weights: Readonly<Record<string, Float32Array>>,
  batches: Iterable<Batch>,
): Promise<{ members: EncodedMember[]; squares: number }> {
  const { particles, code } = sizes;
  const encoded = members.map(({ nTokens }) => ({
    nParticles: particles,
    dCode: code,
    codes: new Float32Array(nStates * particles * code),
    attention: new Float32Array(nStates * particles * nTokens),
  }));
  let squares = 0;
  const session = await engine.load(buildSlotForward(sizes));
  try {
    const fixed = toFeeds(sizes, weights);
    for (const { member, firstState, x, window } of batches) {
      const result = await session.run({ ...fixed, x, window });
      const { codes, attention } = encoded[member];
      codes.set(result.codes.data as Float32Array, firstState * particles * code);
      const rowOf = particles * members[member].nTokens;
      attention.set(result.attention.data as Float32Array, firstState * rowOf);
      squares += (result.squares.data as Float32Array)[0];
    }
  } finally {
    await session.release();
  }
  return { members: encoded, squares };
}
