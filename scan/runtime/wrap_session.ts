/** What onnxruntime-node and onnxruntime-web have in common: sessions and tensors, to and fro. */
import type {
  InferenceSession,
  Tensor as RuntimeTensor,
  TensorConstructor,
} from "onnxruntime-common";
import type { Session } from "../onnx/engine.ts";
import { type DType, type Tensor, tensor, type TensorData } from "../onnx/tensor.ts";

/**
 * A runtime's session as the stages see it.
 *
 * @param makeTensor the tensor class of the runtime that made the session
 */
export function wrapSession(makeTensor: TensorConstructor, session: InferenceSession): Session {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds, outputNames) {
      const runtimeFeeds: Record<string, RuntimeTensor> = {};
      for (const [name, value] of Object.entries(feeds)) {
        runtimeFeeds[name] = toRuntime(makeTensor, value);
      }
      const results = await session.run(runtimeFeeds, [...outputNames ?? session.outputNames]);
      return Object.fromEntries(
        Object.entries(results).map(([name, value]) => [name, fromRuntime(name, value)]),
      );
    },
    release: () => session.release(),
  };
}

function toRuntime(makeTensor: TensorConstructor, value: Tensor): RuntimeTensor {
  const shape = [...value.shape];
  if (value.dtype !== "float16") {
    return new makeTensor(value.dtype, value.data as Float32Array, shape) as RuntimeTensor;
  }
  // Float16Array does not get through the native binding; the same bits as uint16 do.
  const bits = new makeTensor("uint16", value.data as Uint16Array, shape);
  return Object.defineProperty(bits, "type", { value: "float16" }) as RuntimeTensor;
}

const dtypes: ReadonlySet<string> = new Set<DType>([
  "float32",
  "float64",
  "int32",
  "int64",
  "uint8",
  "bool",
  "float16",
]);

function fromRuntime(name: string, value: RuntimeTensor): Tensor {
  if (!dtypes.has(value.type)) {
    throw new TypeError(
      `Cannot read output "${name}": expected one of ${[...dtypes].join(", ")}, got ${value.type}`,
    );
  }
  const dtype = value.type as DType;
  const data = value.data as TensorData[DType];
  if (dtype === "float16") {
    const { buffer, byteOffset, byteLength } = data;
    return tensor(dtype, value.dims, new Uint16Array(buffer, byteOffset, byteLength / 2));
  }
  return tensor<DType>(dtype, value.dims, data);
}
