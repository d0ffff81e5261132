import type { Engine, StageOptions } from "../onnx/engine.ts";
import { float32, type Tensor } from "../onnx/tensor.ts";
import { addAnchors, createAnchors } from "./anchors.ts";
import { poolStates } from "./pool.ts";
import {
  buildPooledForward,
  listPooledParameters,
  pooledLoss,
  type PooledSizes,
} from "./pooled_graph.ts";
import { createPooledStart } from "./pooled_start.ts";
import { trainUntilSettled } from "./training.ts";
import type { EncoderMember, EncoderParameters, Encoding } from "./types.ts";

/** Adam's step size unless the parameters say another. */
const ownLearningRate = 0.003;

/**
 * The original's autoencoder (ristew/weightscan, the write-up): a layer's states, averaged over the
 * tokens, go through a dense layer to 512, a dense layer to 1024 × 16, which are the particles, and
 * the same way back; mean squared error, Adam.
 *
 * Trained on all layers of all members at once, every step on all of them. Its input is centred and
 * scaled by one number (see {@linkcode poolStates}), so that a loss of 0.03 is an explained variance
 * of 0.97. The averaging dilutes one changed token by 1 / nTokens.
 *
 * Chosen here, because the write-up does not say: SiLU after both hidden layers and none on the
 * particles, Adam's usual constants, a step size that falls linearly to a tenth, an end when the
 * explained variance has settled, and a start that gives the cloud a shape (see
 * {@linkcode createPooledStart}).
 *
 * Each particle's code is what was trained plus an anchor, the same in every state
 * ({@linkcode createAnchors}). The decoder takes the anchors off again, so that they are a shift
 * between two biases and change neither what the network can do nor its loss. Without them a particle
 * points anywhere in the next layer, and a picture by angles (cosine) cannot follow it.
 *
 * Where all states are equal there is nothing to learn: no step is made, and the explained variance
 * is 1.
 */
export async function encodeByPooled(
  engine: Engine,
  members: readonly EncoderMember[],
  parameters: EncoderParameters,
  options: StageOptions = {},
): Promise<Encoding> {
  const pooled = poolStates(members);
  const { m, nStates, dModel } = pooled;
  const { hidden, particles, code, seed } = parameters;
  const sizes: PooledSizes = { dModel, hidden, particles, code };
  const start = createPooledStart(sizes, seed);
  const x = float32([m, dModel], pooled.vectors);
  const { weights, losses } = pooled.variance === 0
    ? { weights: start, losses: new Float32Array(0) }
    : await trainUntilSettled(engine, {
      spec: {
        parameters: listPooledParameters(sizes),
        data: [{ name: "x", dtype: "float32", shape: [m, dModel] }],
        buildLoss: (o, weights, { x }) => pooledLoss(o, weights, sizes, x),
      },
      start,
      dataOf: () => ({ x }),
      learningRate: parameters.learningRate || ownLearningRate,
      maxSteps: parameters.maxSteps,
    }, options);

  const session = await engine.load(buildPooledForward(sizes, m));
  try {
    const feeds: Record<string, Tensor> = { x };
    for (const { name, shape } of listPooledParameters(sizes)) {
      feeds[name] = float32(shape, weights[name]);
    }
    const result = await session.run(feeds);
    const length = nStates * particles * code;
    const codes = members.map((_, i) =>
      (result.codes.data as Float32Array).slice(i * length, (i + 1) * length)
    );
    addAnchors(codes, createAnchors(particles, code, seed));
    return {
      members: codes.map((codes) => ({
        nParticles: particles,
        dCode: code,
        codes,
        attention: null,
      })),
      explainedVariance: pooled.variance > 0 ? 1 - (result.loss.data as Float32Array)[0] : 1,
      nSteps: losses.length,
      losses,
    };
  } finally {
    await session.release();
  }
}
