import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";
import type { Engine, Session } from "../onnx/engine.ts";
import { wrapSession } from "./wrap_session.ts";

export interface WebEngineOptions {
  /**
   * Where the runtime's WebAssembly is served: the address of `ort-wasm-simd-threaded.wasm` of the
   * package's folder `dist`, in the same version as the script. 14 MB, fetched on the first load.
   */
  readonly wasmUrl: string;
  /**
   * Threads within an operator, 1 by default. More of them need a page that is cross-origin isolated;
   * elsewhere the runtime uses one.
   */
  readonly nThreads?: number;
}

/**
 * ONNX Runtime in a browser, on its WebAssembly. A run holds its thread for as long as it takes, so
 * that this belongs into a worker.
 *
 * One for each thread: the address and the number of threads are the runtime's own and hold for all
 * of its sessions, from the first load on. A path that is loaded is an address to be fetched.
 */
export function createWebEngine({ wasmUrl, nThreads = 1 }: WebEngineOptions): Engine {
  env.wasm.wasmPaths = { wasm: wasmUrl };
  env.wasm.numThreads = nThreads;
  // What goes wrong is thrown as well.
  env.logLevel = "fatal";
  return { provider: "wasm", load: loadSession };
}

async function loadSession(model: Uint8Array | string): Promise<Session> {
  const options = { executionProviders: ["wasm"], logSeverityLevel: 3 } as const;
  // The two overloads of `create` do not take a union.
  const session = typeof model === "string"
    ? await InferenceSession.create(model, options)
    : await InferenceSession.create(model, options);
  return wrapSession(Tensor, session);
}
