import type { Prompt } from "./collection/mod.ts";
import type { ScanParameters } from "./collection/schema.ts";
import type { EncodedMember } from "./encoder/mod.ts";
import type { LensGrid, Quality, Reads, Scan } from "./format/types.ts";
import { measureLayers } from "./measure/mod.ts";
import type { LanguageModel, Reading } from "./model/types.ts";
import { writer } from "./version.ts";

/** What a scan is made of, before it is written. */
export interface MemberScan {
  readonly prompt: Prompt;
  readonly scan: Scan;
  readonly lens: LensGrid;
}

/** What the stages made of one member. */
export interface Made {
  readonly quality: Quality;
  readonly box: { readonly min: number[]; readonly max: number[] };
  /** [nParticles, nDims] for each frame */
  readonly positions: readonly Float32Array[];
  readonly encoded: EncodedMember;
}

/** Puts together what is known of one member. */
export function composeScan(
  prompt: Prompt,
  reading: Reading,
  model: LanguageModel,
  parameters: ScanParameters,
  { quality, box, positions, encoded }: Made,
): MemberScan {
  const { tokens, states, guesses, entropy } = reading;
  const { name, revision, digest, nLayers, dModel, dVocab } = model;
  const layers = positions.map((_, i) => i === 0 ? "embedding" : `layer ${i}`);
  const measures = measureLayers({ states, entropy, positions, nDims: parameters.dims });
  return {
    prompt,
    scan: {
      header: {
        prompt: { id: prompt.id, family: prompt.family, title: prompt.title, text: prompt.text },
        tokens,
        model: { name, revision, digest, nLayers, dModel, dVocab },
        parameters: { ...parameters },
        quality,
        nParticles: encoded.nParticles,
        nDims: parameters.dims,
        layers,
        box,
        writer,
      },
      frames: positions.map((frame, layer) => ({
        layer,
        positions: frame,
        ...readsOf(encoded, layer, tokens.length),
        guesses: guesses[layer][tokens.length - 1],
        measures: measures[layer],
      })),
    },
    lens: { promptId: prompt.id, tokens, layers, guesses, entropy },
  };
}

/** Which token each particle of a frame reads most; nothing where all are read alike. */
function readsOf(
  { attention, nParticles }: EncodedMember,
  frame: number,
  nTokens: number,
): { reads?: Reads } {
  if (!attention) return {};
  const tokens = new Uint16Array(nParticles);
  const weights = new Uint8Array(nParticles);
  for (let p = 0; p < nParticles; p++) {
    const row = (frame * nParticles + p) * nTokens;
    let most = 0;
    for (let t = 1; t < nTokens; t++) {
      if (attention[row + t] > attention[row + most]) most = t;
    }
    tokens[p] = most;
    weights[p] = Math.round(255 * attention[row + most]);
  }
  return { reads: { tokens, weights } };
}
