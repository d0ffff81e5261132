import type { Engine, StageOptions } from "../onnx/engine.ts";
import { encodeByPooled } from "./pooled.ts";
import { encodeBySlots } from "./slots.ts";
import { encodeByTokens } from "./tokens.ts";
import type { Encoder, EncoderMember, EncoderName, EncoderParameters, Encoding } from "./types.ts";

export type {
  EncodedMember,
  Encoder,
  EncoderMember,
  EncoderName,
  EncoderParameters,
  Encoding,
} from "./types.ts";

/** The original's sizes; steps found on this project's own prompts. */
export const defaultEncoderParameters: EncoderParameters = {
  encoder: "slots",
  particles: 1024,
  code: 16,
  hidden: 512,
  learningRate: 0,
  maxSteps: 60,
  seed: 42,
};

/** Every encoder by its name. */
export const encoders: Readonly<Record<EncoderName, Encoder>> = {
  slots: encodeBySlots,
  pooled: encodeByPooled,
  tokens: encodeByTokens,
};

/**
 * Takes a family's states to particles with the encoder that the parameters name.
 *
 * @throws {TypeError} if members differ in `dModel` or number of states, or a size does not fit
 * @throws {RangeError} if there is nothing to encode, a state is not finite, or a parameter is out of bounds
 */
export async function encode(
  engine: Engine,
  members: readonly EncoderMember[],
  parameters: EncoderParameters,
  options: StageOptions = {},
): Promise<Encoding> {
  checkParameters(parameters);
  return await encoders[parameters.encoder](engine, members, parameters, options);
}

function checkParameters(parameters: EncoderParameters): void {
  const { encoder, learningRate, maxSteps } = parameters;
  const check = (name: string, valid: boolean, expected: string, value: unknown) => {
    if (valid) return;
    throw new RangeError(`Cannot encode with ${name} ${value}: expected ${expected}`);
  };
  check("encoder", Object.hasOwn(encoders, encoder), Object.keys(encoders).join(" or "), encoder);
  for (const name of ["particles", "code", "hidden"] as const) {
    const value = parameters[name];
    check(name, Number.isInteger(value) && value >= 1, "a whole number of at least 1", value);
  }
  check(
    "learningRate",
    learningRate >= 0 && learningRate < 1,
    "0 or between 0 and 1",
    learningRate,
  );
  check("maxSteps", Number.isInteger(maxSteps) && maxSteps >= 0, "a whole number", maxSteps);
}
