import type { Tensor } from "./tensor.ts";

/** Where a graph runs. */
export type Provider = "cpu" | "cuda" | "webgpu" | "wasm";

/** A loaded graph. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph. The caller owns the returned buffers.
   *
   * @param outputNames outputs to fetch, all of them by default
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    outputNames?: readonly string[],
  ): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

/**
 * ONNX Runtime as the stages see it. The stages are handed one and never import a runtime
 * themselves, so that they run unchanged on onnxruntime-node (`scan/runtime/`) and on
 * onnxruntime-web.
 */
export interface Engine {
  readonly provider: Provider;
  /**
   * @param model a serialised `ModelProto`, or the path of one where external data lies beside it
   * @param dataFolder folder with the external data of a model that comes as bytes
   */
  load(model: Uint8Array | string, dataFolder?: string): Promise<Session>;
}

/** Told by a long stage about every bit of work done; throws nothing, returns at once. */
export type OnProgress = (done: number, total: number, note?: string) => void;

/** What every long stage takes: a way to tell how far it is, and a way to be stopped. */
export interface StageOptions {
  readonly onProgress?: OnProgress;
  /** Checked between pieces of at most about a second of work; the stage throws its reason. */
  readonly signal?: AbortSignal;
}
