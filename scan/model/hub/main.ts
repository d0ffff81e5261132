/** `deno task model`: fetches models from the hub into the cache that `deno task scan` reads. */
import process from "node:process";
import { parseArgs } from "node:util";
import { createReporter, formatBytes } from "../../progress.ts";
import { cacheFolder } from "./cache.ts";
import { HubClient } from "./client.ts";
import { fetchModel } from "./fetch_model.ts";
import { listCached, verifyFetched } from "./inspect.ts";
import { type ModelId, parseModelId } from "./model_id.ts";

const usage = `Fetches a model in ONNX form, with its tokenizer, for deno task scan --model.

Usage: deno task model <org/name[@revision][:file.onnx]>… [options]
       deno task model --offline

Options
  --offline   no request: read what is in the cache of the models that are named and compare it with its
              digests; without names, list the cache
  --help      this text

Environment
  HF_TOKEN      token for models that are private or whose terms must be accepted
  HF_ENDPOINT   another address of the hub (default: https://huggingface.co)
  HF_HOME       folder of the cache; HF_HUB_CACHE names the folder within it

Exit codes: 0 done · 1 a model could not be had, or is damaged · 2 the command line cannot be understood`;

/** @returns the exit code */
async function main(args: string[]): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: { offline: { type: "boolean" }, help: { type: "boolean" } },
    });
  } catch (error) {
    console.error(`${(error as Error).message}\nTry deno task model --help`);
    return 2;
  }
  const { values, positionals } = parsed;
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const ids = positionals.map((text) => ({ text, id: parseModelId(text) }));
  const wrong = ids.find(({ id }) => id === null);
  const cache = cacheFolder((name) => Deno.env.get(name));
  if (values.offline && ids.length === 0) {
    tellCache(cache);
    return 0;
  }
  if (wrong || ids.length === 0) {
    console.error(
      `Cannot fetch "${wrong?.text ?? ""}": expected a model such as org/name, got none\n` +
        "Try deno task model --help",
    );
    return 2;
  }

  const reporter = createReporter();
  let sound = true;
  for (const { id, text } of ids) {
    if (!id) continue;
    if (values.offline) {
      sound = await tellVerified(text, id, cache) && sound;
      continue;
    }
    const client = new HubClient({
      endpoint: Deno.env.get("HF_ENDPOINT") || "https://huggingface.co",
      token: Deno.env.get("HF_TOKEN"),
    });
    const row = reporter.row();
    const fetched = await fetchModel(id, client, cache, ({ path }) => row.stage(text, path))
      .finally(row.end);
    const bytes = fetched.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    reporter.line(
      `${text}: ${fetched.files.length} files, ${formatBytes(bytes)}, ${fetched.model}`,
    );
    reporter.line(`Scan with it: deno task scan --model ${text}`);
  }
  return sound ? 0 : 1;
}

/** @returns whether nothing is wrong with the model */
async function tellVerified(text: string, id: ModelId, cache: string): Promise<boolean> {
  const { commit, model, files } = await verifyFetched(id, cache);
  const faults = files.filter(({ fault }) => fault !== null);
  for (const { path, fault } of faults) console.error(`${text}: ${path}: ${fault}`);
  if (faults.length > 0) return false;
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  console.log(
    `${text} is here, at commit ${commit}: ${model}\n` +
      `${files.length} files, ${
        formatBytes(bytes)
      }, all with the digests that they were fetched with`,
  );
  return true;
}

function tellCache(cache: string): void {
  const repos = listCached(cache);
  console.log(repos.length === 0 ? `No model is in ${cache}` : `In ${cache}`);
  for (const { repo, sizeBytes, models, incomplete } of repos) {
    const what = models.length > 0 ? models.join(", ") : "no ONNX file";
    console.log(`  ${repo}  ${formatBytes(sizeBytes)}  ${what}`);
    if (incomplete.length === 0) continue;
    console.log(
      `    ${incomplete.length} files are fetched in part; deno task model ${repo} goes on`,
    );
  }
}

if (import.meta.main) {
  try {
    process.exitCode = await main(Deno.args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
