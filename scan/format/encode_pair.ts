import { deflate, tokenLists } from "./encode.ts";
import { packHalves } from "./encode_lens.ts";
import { pairKind } from "./kinds.ts";
import {
  type PairHeaderRecord,
  pairHeaderSchema,
  type PairLayerRecord,
  pairLayerSchema,
  rungKinds,
} from "./pair_schema.ts";
import type { Pair, PairHeader, PairLayer, PairMember, Rung } from "./pair_types.ts";
import { faultOf } from "./schema.ts";
import { encodeContainer, encodeRecord } from "./write_container.ts";

/** Beyond this float16 has no number. */
const mostHalf = 65_504;

/**
 * Writes a pair as a side file: the same pair gives the same bytes on every platform.
 *
 * Arrays are kept as float16, ranks in steps of 1/255, probabilities and the null band as float32, lone
 * surrogates in texts become U+FFFD; all else survives exactly. NaN stays NaN.
 *
 * @returns the file's bytes, which the caller owns
 * @throws {TypeError} if a field has the wrong kind, an array the wrong length, or the ladder leaves out
 *   a token
 * @throws {RangeError} if a number is infinite, beyond float16, or a rank outside 0 … 1
 */
export async function encodePair({ header, layers }: Pair): Promise<Uint8Array<ArrayBuffer>> {
  const name = `pair "${header.a.promptId}" and "${header.b.promptId}"`;
  const record = headerRecord(header, name);
  const fault = faultOf(pairHeaderSchema, record);
  if (fault) throw new TypeError(`Cannot encode ${name}: expected ${fault}`);
  if (layers.length !== header.layers.length) {
    throw new TypeError(
      `Cannot encode ${name}: expected ${header.layers.length} layers, got ${layers.length}`,
    );
  }
  const records = layers.map((layer, i) => encodeLayer(layer, header, `layer ${i} of ${name}`));
  return await encodeContainer(pairKind, record, records);
}

function headerRecord(header: PairHeader, name: string): PairHeaderRecord {
  const { ladder, nullBand, warp, finding, ...rest } = header;
  return {
    ...rest,
    a: memberRecord(header.a),
    b: memberRecord(header.b),
    layers: [...header.layers],
    contrast: {
      ...header.contrast,
      a: { id: header.contrast.a.id, text: header.contrast.a.text.toWellFormed() },
      b: { id: header.contrast.b.id, text: header.contrast.b.text.toWellFormed() },
    },
    massiveChannels: [...header.massiveChannels],
    ladder: ladderBytes(ladder, name),
    nullBand: nullBand && { ...nullBand, spread: packFloats(nullBand.spread) },
    warp: packPairs(warp, name),
    finding: { ...finding, carriers: finding.carriers.map((carrier) => ({ ...carrier })) },
  };
}

function memberRecord({ promptId, title, text, tokens }: PairMember): PairHeaderRecord["a"] {
  return { promptId, title, text: text.toWellFormed(), tokens: tokenLists(tokens) };
}

/** One byte a rung: the indices themselves follow from counting. */
function ladderBytes(ladder: readonly Rung[], name: string): Uint8Array {
  let [nextA, nextB] = [0, 0];
  return Uint8Array.from(ladder, ({ a, b }, rung) => {
    const fits = (a === null || a === nextA) && (b === null || b === nextB) &&
      (a !== null || b !== null);
    if (!fits) {
      throw new TypeError(
        `Cannot encode ${name}: expected rung ${rung} to hold token ${nextA} of a or token ${nextB} ` +
          `of b or both, got ${a} and ${b}`,
      );
    }
    if (a !== null) nextA++;
    if (b !== null) nextB++;
    return a === null ? rungKinds.bOnly : b === null ? rungKinds.aOnly : rungKinds.both;
  });
}

function encodeLayer(layer: PairLayer, header: PairHeader, name: string): Uint8Array {
  const [nRungs, nFrames] = [header.ladder.length, header.layers.length];
  const { cause, match, race, displaced, standout } = layer;
  const { relative, cosine, quietRelative, quietCosine } = layer;
  const pack = (length: number, arrays: { readonly [key: string]: Float32Array }) =>
    packHalves(join(length, arrays, name));
  if ((displaced === null) !== (standout === null)) {
    throw new TypeError(`Cannot encode ${name}: expected displaced and standout, got one of them`);
  }
  const record: PairLayerRecord = {
    layer: layer.layer,
    rungs: pack(nRungs, { relative, cosine, quietRelative, quietCosine, ...cause }),
    spread: layer.spread,
    race: { a: race.a, b: race.b, jensenShannon: race.jensenShannon },
    movers: {
      ...tokenLists(race.movers),
      a: packFloats(race.movers.map(({ a }) => a)),
      b: packFloats(race.movers.map(({ b }) => b)),
    },
    match: pack(nFrames, {
      overlap: match.overlap,
      procrustes: match.procrustes,
      cka: match.cka,
    }),
    ...(displaced && standout
      ? {
        particles: {
          displaced: pack(header.nParticles, { displaced }),
          standout: packShares(standout, header.nParticles, name),
        },
      }
      : {}),
  };
  const fault = faultOf(pairLayerSchema, record);
  if (fault) throw new TypeError(`Cannot encode ${name}: expected ${fault}`);
  return encodeRecord(record);
}

/** Arrays of one length behind each other. */
function join(
  length: number,
  arrays: { readonly [key: string]: Float32Array },
  name: string,
): Float32Array {
  const entries = Object.entries(arrays);
  const all = new Float32Array(entries.length * length);
  for (const [i, [key, array]] of entries.entries()) {
    if (array.length !== length) {
      throw new TypeError(
        `Cannot encode "${key}" of ${name}: expected ${length} numbers, got ${array.length}`,
      );
    }
    const beyond = array.find((value) => Math.abs(value) > mostHalf);
    if (beyond !== undefined) {
      throw new RangeError(
        `Cannot encode "${key}" of ${name}: expected numbers up to ±${mostHalf}, got ${beyond}`,
      );
    }
    all.set(array, i * length);
  }
  return all;
}

function packShares(shares: Float32Array, length: number, name: string): Uint8Array {
  if (shares.length !== length) {
    throw new TypeError(
      `Cannot encode "standout" of ${name}: expected ${length} numbers, got ${shares.length}`,
    );
  }
  const beyond = shares.find((share) => !(share >= 0 && share <= 1));
  if (beyond !== undefined) {
    throw new RangeError(`Cannot encode "standout" of ${name}: expected 0 … 1, got ${beyond}`);
  }
  return deflate(Uint8Array.from(shares, (share) => Math.round(255 * share)));
}

/** Float32, little-endian. */
function packFloats(values: readonly number[]): Uint8Array {
  const packed = new Uint8Array(4 * values.length);
  const view = new DataView(packed.buffer);
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return packed;
}

/** Pairs of uint16, little-endian. */
function packPairs(pairs: readonly (readonly [number, number])[], name: string): Uint8Array {
  const packed = new Uint8Array(4 * pairs.length);
  const view = new DataView(packed.buffer);
  for (const [i, frame] of pairs.flat().entries()) {
    view.setUint16(2 * i, frame, true);
    if (view.getUint16(2 * i, true) === frame) continue;
    throw new TypeError(
      `Cannot encode ${name}: expected a warp over frames 0 … 65,535, got ${frame}`,
    );
  }
  return packed;
}
