/** `deno task diff`: compares two prompts, scanning what is missing. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodePair, type Pair } from "../format/mod.ts";
import { createModelKnowledge } from "../model/knowledge.ts";
import { planJobs } from "../plan.ts";
import { createReporter } from "../progress.ts";
import { runJobs } from "../scan_collection.ts";
import {
  checkModels,
  createIdentify,
  openLanes,
  readSound,
  runCommand,
  stopOnInterrupt,
} from "../setup.ts";
import type { PairRecord } from "../store/manifest.ts";
import { Store } from "../store/store.ts";
import { type DiffOptions, parseDiffOptions, usage } from "./options.ts";
import { type Comparison, resolveComparison } from "./resolve.ts";
import { formatBriefly, formatFindings, formatPair, pairToJson } from "./tell.ts";

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const options = parseDiffOptions(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const knowledge = createModelKnowledge();
  const collection = await readSound(options.promptsFolder, knowledge);
  if (!collection) return 2;
  const today = new Date().toISOString().slice(0, 10);
  const comparisons: readonly Comparison[] = options.all
    ? collection.families.filter(({ members }) => members.length > 1)
      .map((family) => ({ family, only: null }))
    : [await resolveComparison(options.operands, options.text, { ...collection, today })];
  const models = options.model === null ? null : [options.model];
  for (const { family } of comparisons) {
    checkModels(models ?? family.models, [family], knowledge);
  }

  const identify = createIdentify();
  const jobs = await planJobs(
    comparisons.map(({ family }) => family),
    { models, parameters: {} },
    identify,
  );
  const ownJobs = await planJobs(
    collection.families,
    { models: null, parameters: {} },
    identify,
  );
  const store = await Store.open(options.dataFolder);
  const reporter = createReporter();
  const others = comparisons.map(({ family }) => family)
    .filter((family) => !collection.families.includes(family));
  const families = [...collection.families, ...others];
  const { signal, release } = stopOnInterrupt(reporter.line);
  const outcomes = await runJobs({ families, jobs, ownJobs, forgetOthers: false }, {
    store,
    reporter,
    signal,
    force: options.force,
    openLanes: (jobs) => openLanes(jobs, store, { ...options, atOnce: null }, reporter.line),
  });
  release();
  if (outcomes.some(({ status }) => status === "interrupted")) return 130;
  if (outcomes.some(({ status }) => status === "failed")) return 1;

  const only = comparisons.length === 1 ? comparisons[0].only : null;
  const records = outcomes.flatMap(({ pairs }) => pairs)
    .filter(({ a, b }) => only === null || (a === only[0] && b === only[1]));
  const pairs: { pair: Pair; record: PairRecord }[] = [];
  for (const record of records) {
    const path = join(store.folder, record.pair.path);
    pairs.push({ pair: await decodePair(await Deno.readFile(path), { source: path }), record });
  }
  const found = pairs.map(({ pair }) => pair);
  if (options.json) {
    console.log(JSON.stringify(pairs.map(({ pair, record }) => pairToJson(pair, record))));
  } else if (options.markdown) console.log(formatFindings(found));
  else if (options.all) console.log(found.map(formatBriefly).join("\n\n"));
  else console.log(found.map(formatPair).join("\n\n\n"));
  return options.open ? await openPage(records[0], options) : 0;
}

/** Builds the gallery and serves it, opened at the comparison, until Ctrl-C. */
async function openPage(record: PairRecord, options: DiffOptions): Promise<number> {
  const script = (name: string) => fileURLToPath(new URL(`../../site/${name}`, import.meta.url));
  const folders = [`--data=${options.dataFolder}`];
  const steps = [
    ["-P=build", script("build.ts"), ...folders, `--out=${options.siteFolder}`],
    [
      "-P=serve",
      script("serve.ts"),
      ...folders,
      `--site=${options.siteFolder}`,
      "--no-watch",
      "--open",
      `--pair=${record.key}`,
    ],
  ];
  for (const args of steps) {
    const code = await runScript(args);
    if (code !== 0) return code;
  }
  return 0;
}

/** Runs a program of the project to its end; what stops this one stops it too. @returns its exit code */
async function runScript(args: readonly string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args: ["run", "--quiet", ...args] }).spawn();
  const stop = () => child.kill("SIGTERM");
  const names: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const name of names) Deno.addSignalListener(name, stop);
  const { code } = await child.status;
  for (const name of names) Deno.removeSignalListener(name, stop);
  return code;
}

if (import.meta.main) await runCommand(() => main(Deno.args));
