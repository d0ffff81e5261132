import { readFields } from "../onnx/proto.ts";
import { readModel } from "../onnx/read_model.ts";
import { sizeOf } from "../onnx/tensor.ts";
import { type Architecture, type Named, parametersOf } from "./architecture.ts";

/** `raw_data` of a `TensorProto`. */
const rawDataField = 9;

/**
 * The weights of a file that `buildInferenceModel()` wrote.
 *
 * @returns float32 by name; the caller owns them
 * @throws {TypeError} if a weight is missing or of another size
 */
export function readWeights(
  architecture: Architecture,
  model: Uint8Array,
): Named<Float32Array> {
  const { initializers } = readModel(model);
  return Object.fromEntries(
    parametersOf(architecture).map(({ name, shape }) => {
      const found = initializers.find((one) => one.name === name);
      const raw = found && [...readFields(found.bytes)].find(({ field }) => field === rawDataField);
      const bytes = raw?.value instanceof Uint8Array ? raw.value : new Uint8Array(0);
      if (bytes.length !== 2 * sizeOf(shape)) {
        throw new TypeError(
          `Cannot read weight "${name}": expected ${sizeOf(shape)} float16 numbers, got ${
            bytes.length / 2
          }`,
        );
      }
      return [name, Float32Array.from(new Float16Array(bytes.slice().buffer))];
    }),
  );
}
