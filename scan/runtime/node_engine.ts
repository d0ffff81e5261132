import type { Tensor as RuntimeTensor } from "onnxruntime-common";
import type { Engine, Provider, Session } from "../onnx/engine.ts";
import { type DType, type Tensor, tensor, type TensorData } from "../onnx/tensor.ts";

/** Providers that onnxruntime-node has. */
export type NodeProvider = Exclude<Provider, "wasm">;

export interface NodeEngineOptions {
  /** Threads within an operator, all cores by default. */
  readonly nThreads?: number;
  /**
   * Whether idle threads wait for work in a busy loop, true by default. Quicker on a machine of one's
   * own, far slower on one whose cores others use too.
   */
  readonly spins?: boolean;
}

type Runtime = typeof import("onnxruntime-node");

/**
 * ONNX Runtime on this machine. Loads the runtime on the first call, so that what needs none starts
 * quickly.
 *
 * Whether the provider works shows only when a graph is loaded: a missing one throws there.
 */
export async function createEngine(
  provider: NodeProvider,
  options: NodeEngineOptions = {},
): Promise<Engine> {
  const runtime = await import("onnxruntime-node");
  // What goes wrong is thrown as well; on standard error it would tear up a progress bar.
  runtime.env.logLevel = "fatal";
  return {
    provider,
    load: (model, dataFolder) => loadSession(runtime, provider, model, options, dataFolder),
  };
}

async function loadSession(
  runtime: Runtime,
  provider: NodeProvider,
  model: Uint8Array | string,
  options: NodeEngineOptions,
  dataFolder: string | undefined,
): Promise<Session> {
  const sessionOptions = {
    executionProviders: [provider],
    logSeverityLevel: 3,
    // 0 leaves it to the runtime: one thread for each core.
    intraOpNumThreads: options.nThreads ?? 0,
    extra: {
      session: {
        intra_op: { allow_spinning: options.spins ?? true ? "1" : "0" },
        // The runtime maps the files itself: gigabytes do not go through this process's arrays.
        ...(dataFolder === undefined
          ? {}
          : { model_external_initializers_file_folder_path: dataFolder }),
      },
    },
  } as const;
  // The two overloads of `create` do not take a union.
  const session = typeof model === "string"
    ? await runtime.InferenceSession.create(model, sessionOptions)
    : await runtime.InferenceSession.create(model, sessionOptions);
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds, outputNames) {
      const runtimeFeeds: Record<string, RuntimeTensor> = {};
      for (const [name, value] of Object.entries(feeds)) {
        runtimeFeeds[name] = toRuntime(runtime, value);
      }
      const results = await session.run(runtimeFeeds, [...outputNames ?? session.outputNames]);
      return Object.fromEntries(
        Object.entries(results).map(([name, value]) => [name, fromRuntime(name, value)]),
      );
    },
    release: () => session.release(),
  };
}

function toRuntime(runtime: Runtime, value: Tensor): RuntimeTensor {
  const shape = [...value.shape];
  if (value.dtype !== "float16") {
    return new runtime.Tensor(value.dtype, value.data as Float32Array, shape) as RuntimeTensor;
  }
  // Float16Array does not get through the native binding; the same bits as uint16 do.
  const bits = new runtime.Tensor("uint16", value.data as Uint16Array, shape);
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
