import type { Lane, Stored } from "./lane.ts";
import type { OnProgress } from "./onnx/engine.ts";
import type { Stage } from "./pipeline.ts";
import type { Job } from "./plan.ts";
import type { NodeProvider } from "./runtime/node_engine.ts";

/** What a worker is told. */
export type ToWorker =
  | {
    readonly type: "start";
    readonly provider: NodeProvider;
    readonly nThreads: number;
    readonly dataFolder: string;
    /** Most memory that a scan may take, null for what is free. */
    readonly memoryBytes: number | null;
  }
  | { readonly type: "scan"; readonly job: Job }
  | { readonly type: "stop" }
  | { readonly type: "release" };

/** What a worker tells. */
export type FromWorker =
  | { readonly type: "stage"; readonly stage: Stage | "files" }
  | {
    readonly type: "progress";
    readonly done: number;
    readonly total: number;
    readonly note?: string;
  }
  | { readonly type: "scanned"; readonly stored: Stored }
  | { readonly type: "failed"; readonly reason: string }
  | { readonly type: "released" };

/**
 * A lane in a worker of its own, with its own runtime and its own copy of the model: ONNX Runtime holds
 * the thread that it is called from, and the layout knows one thread only.
 *
 * @param nThreads of the runtime within an operator
 * @param script what the worker runs
 * @param memoryBytes most memory that a scan may take, or null for what is free
 */
export function createWorkerLane(
  provider: NodeProvider,
  nThreads: number,
  dataFolder: string,
  script = new URL("./lane_worker.ts", import.meta.url),
  memoryBytes: number | null = null,
): Lane {
  const worker = new Worker(script, { type: "module" });
  const tell = (message: ToWorker) => worker.postMessage(message);
  let listen: (message: FromWorker) => void = () => {};
  let fail: (error: Error) => void = () => {};
  /** What the worker broke down with: it answers no more. */
  let broken: Error | null = null;
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => listen(data);
  worker.onerror = (event) => {
    event.preventDefault();
    broken = new Error(`The worker broke down: ${event.message}`);
    fail(broken);
  };
  tell({ type: "start", provider, nThreads, dataFolder, memoryBytes });

  return {
    async scan(job, { onStage, signal }) {
      signal.throwIfAborted();
      if (broken) throw broken;
      const stop = () => tell({ type: "stop" });
      signal.addEventListener("abort", stop);
      try {
        return await new Promise<Stored>((resolve, reject) => {
          let onProgress: OnProgress = () => {};
          fail = reject;
          listen = (message) => {
            if (message.type === "stage") onProgress = onStage(message.stage);
            else if (message.type === "progress") {
              onProgress(message.done, message.total, message.note);
            } else if (message.type === "scanned") resolve(message.stored);
            else if (message.type === "failed") {
              reject(signal.aborted ? signal.reason : new Error(message.reason));
            }
          };
          tell({ type: "scan", job });
        });
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
    async release() {
      if (!broken) {
        await new Promise<void>((resolve) => {
          fail = () => resolve();
          listen = (message) => message.type === "released" && resolve();
          tell({ type: "release" });
        });
      }
      worker.terminate();
    },
  };
}
