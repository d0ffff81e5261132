import type { Engine, StageOptions } from "../onnx/engine.ts";
import { checkFinite, checkMembers } from "./members.ts";
import type { EncoderMember, EncoderParameters, Encoding } from "./types.ts";

/**
 * No autoencoder: each token's state is a particle, as in the original's first experiment. For
 * reference; a prompt has few tokens, so that the picture has few points. Nothing is lost, and the
 * explained variance is 1.
 */
export function encodeByTokens(
  _engine: Engine,
  members: readonly EncoderMember[],
  _parameters: EncoderParameters,
  _options: StageOptions = {},
): Promise<Encoding> {
  const { nStates, dModel } = checkMembers(members);
  return Promise.resolve({
    members: members.map(({ states, nTokens }) => {
      checkFinite(states.reduce((sum, x) => sum + x * x, 0));
      const attention = new Float32Array(nStates * nTokens * nTokens);
      for (let i = 0; i < nStates * nTokens; i++) attention[i * nTokens + i % nTokens] = 1;
      return { nParticles: nTokens, dCode: dModel, codes: states.slice(), attention };
    }),
    explainedVariance: 1,
    nSteps: 0,
    losses: new Float32Array(0),
  });
}
