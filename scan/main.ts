/** `deno task scan`: the command line. What it does is in `scan_collection.ts` and `pipeline.ts`. */
import process from "node:process";
import { formatFaults, parseCollection, readCollection } from "./collection/mod.ts";
import type { Family } from "./collection/mod.ts";
import type { Lane } from "./lane.ts";
import { createModelKnowledge, type ModelKnowledge } from "./model/knowledge.ts";
import { loadModel } from "./model/load_model.ts";
import { howToBring } from "./model/folder.ts";
import { bundledName, identifyModel } from "./model/source.ts";
import { parseScanOptions, type ScanOptions, usage, UsageError } from "./options.ts";
import { type Job, planJobs, selectFamilies } from "./plan.ts";
import { createReporter, formatDuration } from "./progress.ts";
import { nameOf, runJobs } from "./scan_collection.ts";
import type { NodeProvider } from "./runtime/node_engine.ts";
import { Store } from "./store/store.ts";
import { formatSummary, summarise } from "./summary.ts";

/** Two signals within this time are one Ctrl-C. */
const sameStopMs = 500;
const color = process.stderr.isTTY && !Deno.env.get("NO_COLOR");

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const startMs = performance.now();
  const options = parseScanOptions(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }

  const knowledge = createModelKnowledge();
  const families = await readFamilies(options.promptsFolder, knowledge);
  if (!families) return 2;
  const { families: selected, unknown } = selectFamilies(families, options.ids);
  if (unknown.length > 0) {
    const known = families.map((family) => family.id).join(", ");
    throw new UsageError(`Cannot scan "${unknown.join('", "')}": expected one of ${known}`);
  }
  checkModels(options, selected, knowledge);

  const identities = new Map<string, ReturnType<typeof identifyModel>>();
  const identify = (name: string) => {
    if (!identities.has(name)) identities.set(name, identifyModel(name));
    return identities.get(name)!;
  };
  const jobs = await planJobs(selected, options, identify);
  const ownJobs = await planJobs(families, { models: null, parameters: {} }, identify);
  const store = await Store.open(options.dataFolder);
  if (options.dryRun) return await tellPlan(jobs, store, options);

  const reporter = createReporter();
  const device: string[] = [];
  const tell = (line: string) => {
    device.push(line);
    reporter.line(line);
  };
  const outcomes = await runJobs(
    { families, jobs, ownJobs, forgetOthers: options.prune },
    {
      store,
      reporter,
      signal: stopOnInterrupt(reporter.line),
      force: options.force,
      openLanes: (jobs) => openLanes(jobs, store, options, tell),
    },
  );
  if (options.prune) {
    const listed = await store.readManifest();
    const { files, bytes } = await store.prune(new Set(listed.map((entry) => entry.key)));
    if (files > 0) reporter.line(`Pruned ${files} files, ${(bytes / 1e6).toFixed(1)} MB`);
  }

  const summary = summarise(outcomes, performance.now() - startMs, device);
  if (options.json) console.log(JSON.stringify(summary));
  else console.log(formatSummary(summary));
  return summary.interrupted > 0 ? 130 : summary.failed > 0 ? 1 : 0;
}

/** The collection, or null after every fault of it has been reported. */
async function readFamilies(
  folder: string,
  knowledge: ModelKnowledge,
): Promise<readonly Family[] | null> {
  const { files, nFiles, faults } = await readCollection(folder);
  const parsed = parseCollection(files, knowledge, faults);
  const told = parsed.ok ? parsed.warnings : parsed.faults;
  if (told.length > 0) process.stderr.write(formatFaults(told, { color, nFiles }));
  if (parsed.ok) return parsed.families;
  process.stderr.write("Nothing was scanned, and what was scanned before is as it was.\n");
  return null;
}

/** Models of the command line are not in the collection, so its checks have not seen them. */
function checkModels(
  { models, offline }: ScanOptions,
  families: readonly Family[],
  { knownModel, tokenize, maxTokens }: ModelKnowledge,
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

async function tellPlan(
  jobs: readonly Job[],
  store: Store,
  { force, json }: ScanOptions,
): Promise<number> {
  const plan: { id: string; model: string; key: string; stored: boolean }[] = [];
  for (const job of jobs) {
    for (const { prompt, key } of job.members) {
      const stored = !force && await store.readRecord(key) !== null;
      plan.push({ id: prompt.id, model: job.modelName, key, stored });
    }
  }
  const wanted = jobs.filter((job) =>
    job.members.some(({ key }) => plan.some((one) => one.key === key && !one.stored))
  );
  if (json) console.log(JSON.stringify({ plan }));
  else {
    for (const job of wanted) {
      console.log(`would scan ${nameOf(job)}: ${job.members.map((m) => m.prompt.id).join(", ")}`);
    }
    console.log(`${wanted.length} of ${jobs.length} families would be scanned`);
  }
  return 0;
}

/**
 * ONNX Runtime is loaded here, and only when there is something to run. On a CPU, several families with
 * the small model that ships are scanned side by side: each has stretches that use one core only.
 */
async function openLanes(
  jobs: readonly Job[],
  store: Store,
  { device, atOnce, dataFolder, memoryBytes }: ScanOptions,
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

/** The first Ctrl-C stops after the piece of work at hand, the second at once. */
function stopOnInterrupt(tell: (line: string) => void): AbortSignal {
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
  Deno.addSignalListener("SIGINT", stop);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);
  return controller.signal;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
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
