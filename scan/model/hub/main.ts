/** `deno task model`: fetches models from the hub into the cache that `deno task scan` reads. */
import process from "node:process";
import { parseArgs } from "node:util";
import { createReporter, formatBytes } from "../../progress.ts";
import { cacheFolder } from "./cache.ts";
import { HubClient } from "./client.ts";
import { fetchModel, findFetched } from "./fetch_model.ts";
import { parseModelId } from "./model_id.ts";

const usage = `Fetches a model in ONNX form, with its tokenizer, for deno task scan --model.

Usage: deno task model <org/name[@revision][:file.onnx]>… [options]

Options
  --offline   no request: say whether the model is in the cache
  --help      this text

Environment
  HF_TOKEN      token for models that are private or whose terms must be accepted
  HF_ENDPOINT   another address of the hub (default: https://huggingface.co)
  HF_HOME       folder of the cache; HF_HUB_CACHE names the folder within it

Exit codes: 0 done · 1 a model could not be had · 2 the command line cannot be understood`;

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
  if (wrong || ids.length === 0) {
    console.error(
      `Cannot fetch "${wrong?.text ?? ""}": expected a model such as org/name, got none\n` +
        "Try deno task model --help",
    );
    return 2;
  }

  const cache = cacheFolder((name) => Deno.env.get(name));
  const reporter = createReporter();
  for (const { id, text } of ids) {
    if (!id) continue;
    if (values.offline) {
      const { model, commit } = findFetched(id, cache);
      console.log(`${text} is here, at commit ${commit}: ${model}`);
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
  return 0;
}

if (import.meta.main) {
  try {
    process.exitCode = await main(Deno.args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
