/** What the commands that scan have in common: the collection, models, lanes, and how they are stopped. */
import process from "node:process";
import {
  type Family,
  formatFaults,
  parseCollection,
  type ParsedCollection,
  readCollection,
} from "./collection/mod.ts";
import type { Lane } from "./lane.ts";
import type { ModelKnowledge } from "./model/knowledge.ts";
import { howToBring } from "./model/folder.ts";
import { loadModel } from "./model/load_model.ts";
import { bundledName, identifyModel } from "./model/source.ts";
import { type ScanOptions, UsageError } from "./options.ts";
import type { Job } from "./plan.ts";
import { formatDuration } from "./progress.ts";
import type { NodeProvider } from "./runtime/node_engine.ts";
import type { Store } from "./store/store.ts";

/** Two signals within this time are one Ctrl-C. */
const sameStopMs = 500;
const color = process.stderr.isTTY && !Deno.env.get("NO_COLOR");

/** A collection that was found sound. */
export type Collection = Pick<ParsedCollection & { ok: true }, "families" | "defaults">;

/** The collection, or null after every fault of it has been reported. */
export async function readSound(
  folder: string,
  knowledge: ModelKnowledge,
): Promise<Collection | null> {
  const { files, nFiles, faults } = await readCollection(folder);
  const parsed = parseCollection(files, knowledge, faults);
  const told = parsed.ok ? parsed.warnings : parsed.faults;
  if (told.length > 0) process.stderr.write(formatFaults(told, { color, nFiles }));
  if (parsed.ok) return parsed;
  process.stderr.write("Nothing was scanned, and what was scanned before is as it was.\n");
  return null;
}

/**
 * Models of the command line are not in the collection, so its checks have not seen them.
 *
 * @param options.offline whether to say how a model comes onto a machine without a network
 */
export function checkModels(
  models: readonly string[] | null,
  families: readonly Family[],
  { knownModel, tokenize, maxTokens }: ModelKnowledge,
  { offline = false }: { readonly offline?: boolean } = {},
): void {
  for (const name of models ?? []) {
    const reason = knownModel(name);
    if (reason !== null) {
      const mend = offline ? howToBring(name) : "";
      throw new UsageError(`Cannot use --model "${name}": ${reason}${mend}`);
    }
    const limit = maxTokens(name) ?? Infinity;
    for (const { id, text } of families.flatMap((family) => family.members)) {
      const nTokens = tokenize(name, text)?.length ?? 0;
      if (nTokens > limit) {
        throw new UsageError(
          `Cannot scan "${id}" with --model "${name}": expected at most ${limit} tokens, got ` +
            `${nTokens}. Name the prompts to scan, or shorten it`,
        );
      }
    }
  }
}

/** Digest of a model by its name, each taken once. */
export function createIdentify(): typeof identifyModel {
  const known = new Map<string, ReturnType<typeof identifyModel>>();
  return (name) => {
    if (!known.has(name)) known.set(name, identifyModel(name));
    return known.get(name)!;
  };
}

/**
 * ONNX Runtime is loaded here, and only when there is something to run. On a CPU, several families with
 * the small model that ships are scanned side by side: each has stretches that use one core only.
 */
export async function openLanes(
  jobs: readonly Job[],
  store: Store,
  { device, atOnce, dataFolder, memoryBytes = null }:
    & Pick<ScanOptions, "device" | "atOnce" | "dataFolder">
    & Partial<Pick<ScanOptions, "memoryBytes">>,
  tell: (line: string) => void,
): Promise<Lane[]> {
  const startMs = performance.now();
  const { selectEngine } = await import("./runtime/select.ts");
  const { engine, refused } = await selectEngine(device);
  for (const { provider, reason, mend } of refused) {
    tell(`${provider} is not used: ${reason}. ${mend}`);
  }

  const nCores = navigator.hardwareConcurrency;
  const small = jobs.every(({ modelName }) => modelName === bundledName);
  const wanted = atOnce ?? (engine.provider === "cpu" && small ? nCores : 1);
  const nLanes = Math.min(wanted, jobs.length);
  const beside = nLanes > 1 ? `, ${nLanes} families at once` : "";
  const ready = formatDuration(performance.now() - startMs);
  tell(`Running on ${engine.provider}${beside}, ready in ${ready}`);
  if (nLanes === 1) {
    const { createLocalLane } = await import("./lane.ts");
    const { createFitCheck } = await import("./fit_check.ts");
    return [createLocalLane({ store, engine, loadModel, checkFit: createFitCheck(memoryBytes) })];
  }
  const nThreads = Math.max(1, Math.floor(nCores / nLanes));
  const { createWorkerLane } = await import("./worker_lane.ts");
  return Array.from(
    { length: nLanes },
    () =>
      createWorkerLane(
        engine.provider as NodeProvider,
        nThreads,
        dataFolder,
        undefined,
        memoryBytes,
      ),
  );
}

/** A run that Ctrl-C, or a scheduler, may end. */
export interface Interruptible {
  readonly signal: AbortSignal;
  /** Leaves signals to others again. */
  release(): void;
}

/** The first Ctrl-C stops after the piece of work at hand, the second at once. */
export function stopOnInterrupt(tell: (line: string) => void): Interruptible {
  const controller = new AbortController();
  let stoppedMs = 0;
  const stop = () => {
    // One Ctrl-C can come twice: from the terminal, and passed on by `deno task`.
    if (controller.signal.aborted && performance.now() - stoppedMs < sameStopMs) return;
    if (controller.signal.aborted) Deno.exit(130);
    stoppedMs = performance.now();
    controller.abort(new Error("interrupted"));
    tell("Stopping: families that are done are kept; the next run takes up the rest.");
  };
  const names: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const name of names) Deno.addSignalListener(name, stop);
  return {
    signal: controller.signal,
    release: () => names.forEach((name) => Deno.removeSignalListener(name, stop)),
  };
}

/** Runs a command: what it returns or throws becomes the exit code and a message. */
export async function runCommand(command: () => Promise<number>): Promise<never> {
  try {
    Deno.exit(await command());
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(error.message);
      Deno.exit(2);
    }
    console.error(error instanceof Error ? error.message : error);
    if (Deno.env.get("WEIGHTSCAN_DEBUG")) console.error(error);
    else console.error("Set WEIGHTSCAN_DEBUG=1 to see where this happened.");
    Deno.exit(1);
  }
}
