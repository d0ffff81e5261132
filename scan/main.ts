/** `deno task scan`: the command line. What it does is in `scan_collection.ts` and `pipeline.ts`. */
import { createModelKnowledge } from "./model/knowledge.ts";
import { parseScanOptions, type ScanOptions, usage, UsageError } from "./options.ts";
import { type Job, planJobs, selectFamilies } from "./plan.ts";
import { createReporter } from "./progress.ts";
import { nameOf, runJobs } from "./scan_collection.ts";
import {
  checkModels,
  createIdentify,
  openLanes,
  readSound,
  runCommand,
  stopOnInterrupt,
} from "./setup.ts";
import { Store } from "./store/store.ts";
import { formatSummary, summarise } from "./summary.ts";

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const startMs = performance.now();
  const options = parseScanOptions(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }

  const knowledge = createModelKnowledge();
  const collection = await readSound(options.promptsFolder, knowledge);
  if (!collection) return 2;
  const { families } = collection;
  const { families: selected, unknown } = selectFamilies(families, options.ids);
  if (unknown.length > 0) {
    const known = families.map((family) => family.id).join(", ");
    throw new UsageError(`Cannot scan "${unknown.join('", "')}": expected one of ${known}`);
  }
  checkModels(options.models, selected, knowledge, options);

  const identify = createIdentify();
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
      signal: stopOnInterrupt(reporter.line).signal,
      force: options.force,
      openLanes: (jobs) => openLanes(jobs, store, options, tell),
    },
  );
  if (options.prune) {
    const { scans, pairs } = await store.readManifest();
    const { files, bytes } = await store.prune(new Set([...scans, ...pairs].map(({ key }) => key)));
    if (files > 0) reporter.line(`Pruned ${files} files, ${(bytes / 1e6).toFixed(1)} MB`);
  }

  const summary = summarise(outcomes, performance.now() - startMs, device);
  if (options.json) console.log(JSON.stringify(summary));
  else console.log(formatSummary(summary));
  return summary.interrupted > 0 ? 130 : summary.failed > 0 ? 1 : 0;
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

if (import.meta.main) await runCommand(() => main(Deno.args));
