/** The worker of `worker_lane.ts`: a local lane that is told what to do by messages. */
/// <reference lib="deno.worker" />
import { createFitCheck } from "./fit_check.ts";
import { createLocalLane, type Lane } from "./lane.ts";
import { loadModel } from "./model/load_model.ts";
import { createEngine } from "./runtime/node_engine.ts";
import { Store } from "./store/store.ts";
import type { FromWorker, ToWorker } from "./worker_lane.ts";

/** Progress is told this often at most. */
const tellEveryMs = 100;

const tell = (message: FromWorker) => self.postMessage(message);

let lane: Promise<Lane> | null = null;
let controller = new AbortController();

async function openLane(start: ToWorker & { type: "start" }) {
  const { provider, nThreads, dataFolder, memoryBytes } = start;
  const engine = await createEngine(provider, { nThreads });
  const store = await Store.open(dataFolder);
  return createLocalLane({ store, engine, loadModel, checkFit: createFitCheck(memoryBytes) });
}

async function scan({ job }: ToWorker & { type: "scan" }): Promise<void> {
  controller = new AbortController();
  try {
    const stored = await (await lane!).scan(job, {
      signal: controller.signal,
      onStage: (stage) => {
        tell({ type: "stage", stage });
        let toldMs = -Infinity;
        return (done, total, note) => {
          const nowMs = performance.now();
          if (done < total && nowMs - toldMs < tellEveryMs) return;
          toldMs = nowMs;
          tell({ type: "progress", done, total, note });
        };
      },
    });
    tell({ type: "scanned", stored });
  } catch (error) {
    tell({ type: "failed", reason: error instanceof Error ? error.message : String(error) });
  }
}

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "start") {
    lane = openLane(data);
    // Told by the scan that needs it.
    lane.catch(() => {});
  } else if (data.type === "scan") await scan(data);
  else if (data.type === "stop") controller.abort(new Error("interrupted"));
  else {
    await (await lane?.catch(() => null))?.release();
    tell({ type: "released" });
  }
};
