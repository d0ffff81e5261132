import { decode, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import type { AdamState } from "../onnx/adam.ts";

/** A training that can be taken up again. */
export interface Checkpoint {
  /** What must agree for the training to go on: architecture, tokenizer, seed. */
  readonly identity: string;
  readonly state: AdamState;
  /** Seconds trained so far, breaks left out. */
  readonly seconds: number;
  /** Tokens trained on, free places in rows left out. */
  readonly nTokens: number;
}

const arrays = v.record(
  v.string(),
  v.pipe(
    v.instance(Uint8Array),
    v.check((bytes) => bytes.length % 4 === 0, "expected whole float32 numbers"),
    // A view at any offset: copied, so that it may be read as wider numbers.
    v.transform((bytes) => new Float32Array(bytes.slice().buffer)),
  ),
);

const schema = v.object({
  version: v.literal(1),
  identity: v.string(),
  seconds: v.number(),
  nTokens: v.number(),
  step: v.number(),
  parameters: arrays,
  firstSums: arrays,
  secondSums: arrays,
});

function toBytes(record: Readonly<Record<string, Float32Array>>): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.entries(record).map((
      [name, a],
    ) => [name, new Uint8Array(a.buffer, a.byteOffset, a.byteLength)]),
  );
}

/** Bytes of a checkpoint file (MessagePack). */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { identity, state, seconds, nTokens } = checkpoint;
  return encode({
    version: 1,
    identity,
    seconds,
    nTokens,
    step: state.step,
    parameters: toBytes(state.parameters),
    firstSums: toBytes(state.firstSums),
    secondSums: toBytes(state.secondSums),
  });
}

/** @throws {SyntaxError} if the bytes are no checkpoint */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  try {
    const { identity, seconds, nTokens, step, ...moments } = v.parse(schema, decode(bytes));
    const { parameters, firstSums, secondSums } = moments;
    return { identity, seconds, nTokens, state: { parameters, firstSums, secondSums, step } };
  } catch (cause) {
    throw new SyntaxError(
      "Cannot read the checkpoint: expected a file that `deno task train` wrote; --fresh starts anew",
      { cause },
    );
  }
}
