import type { Engine, Provider, Session } from "../onnx/engine.ts";
import { wrapSession } from "./wrap_session.ts";

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
    // As above: only what is fatal is told on standard error.
    logSeverityLevel: 4,
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
  return wrapSession(runtime.Tensor, session);
}
