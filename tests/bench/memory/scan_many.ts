/**
 * Many scans in one process: `deno run -A scan_many.ts <nScans> <particles> <seed>` scans the collection's
 * families over and over, each from opening the model to files on disk, and tells the process' memory
 * after each in a line of JSON. Every family is scanned once before: until the largest has been, memory
 * rises for a good reason.
 */
import process from "node:process";
import * as v from "valibot";
import { parseCollection, readCollection } from "../../../scan/collection/mod.ts";
import { createLocalLane } from "../../../scan/lane.ts";
import { createModelKnowledge } from "../../../scan/model/knowledge.ts";
import { loadModel } from "../../../scan/model/load_model.ts";
import { bundledName, identifyModel } from "../../../scan/model/source.ts";
import type { Engine } from "../../../scan/onnx/engine.ts";
import { planJobs } from "../../../scan/plan.ts";
import { createEngine } from "../../../scan/runtime/node_engine.ts";
import { type RunContext, runJobs } from "../../../scan/scan_collection.ts";
import { Store } from "../../../scan/store/store.ts";
import { root } from "../../ground/files.ts";

/** What is told after each scan. */
export const memoryReportSchema = v.object({
  /** Resident memory of the process. */
  residentMiB: v.number(),
  /** Part of it that JavaScript objects take. */
  heapMiB: v.number(),
  /** Sessions of ONNX Runtime that were loaded and not released. */
  openSessions: v.number(),
});

async function main(nScans: number, particles: number, seed: number): Promise<void> {
  let openSessions = 0;
  // Nothing is timed here, and threads that wait idly get through beside other programs.
  const own = await createEngine("cpu", { spins: false });
  const engine = countSessions(own, (change) => openSessions += change);
  const { files } = await readCollection(`${root}prompts`);
  const parsed = parseCollection(files, createModelKnowledge());
  if (!parsed.ok) {
    throw new Error('Cannot scan "prompts": expected no fault; see deno task prompts');
  }
  const { families } = parsed;
  const jobs = await planJobs(
    families,
    { models: [bundledName], parameters: { particles, seed } },
    identifyModel,
  );
  const folder = await Deno.makeTempDir({ prefix: "weightscan-bench-" });
  try {
    const store = await Store.open(folder);
    const context: RunContext = {
      store,
      reporter: {
        line: () => {},
        row: () => ({ stage: () => () => {}, end: () => {} }),
      },
      openLanes: () => Promise.resolve([createLocalLane({ store, engine, loadModel })]),
      signal: new AbortController().signal,
      force: true,
    };
    for (let i = -jobs.length; i < nScans; i++) {
      const plan = {
        families,
        jobs: [jobs[(i + jobs.length) % jobs.length]],
        ownJobs: jobs,
        forgetOthers: false,
      };
      const [{ status, reason }] = await runJobs(plan, context);
      if (status !== "scanned") {
        throw new Error(`Cannot scan number ${i}: expected a scan, got ${reason}`);
      }
      if (i < 0) continue;
      const { rss, heapUsed } = process.memoryUsage();
      const report = { residentMiB: rss / 2 ** 20, heapMiB: heapUsed / 2 ** 20, openSessions };
      console.log(JSON.stringify(report));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The engine, telling +1 for each session that is loaded and −1 for each that is released. */
function countSessions({ provider, load }: Engine, tell: (change: number) => void): Engine {
  return {
    provider,
    async load(model) {
      const session = await load(model);
      tell(1);
      return {
        ...session,
        release: async () => {
          await session.release();
          tell(-1);
        },
      };
    },
  };
}

if (import.meta.main) await main(...Deno.args.map(Number) as [number, number, number]);
