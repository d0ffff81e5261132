import { parseArgs } from "node:util";

/** What `deno task scan` was asked to do. */
export interface ScanOptions {
  /** Families or members to scan; empty for the whole collection. */
  readonly ids: readonly string[];
  /** Models instead of the collection's, or null. */
  readonly models: readonly string[] | null;
  readonly device: "auto" | "cuda" | "webgpu" | "cpu";
  /** Parameters instead of the collection's. */
  readonly particles: number | null;
  readonly seed: number | null;
  readonly promptsFolder: string;
  readonly dataFolder: string;
  readonly force: boolean;
  readonly prune: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** The command line cannot be understood. The message says what to write instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const usage =
  `Runs the prompts of the collection through a language model and writes what the gallery shows.

Usage: deno task scan [id…] [options]

  id                a family (days) or one of its members (days/backwards); members of a family are
                    projected together, so the whole family is scanned. Without ids: everything.

Options
  --model <name>    bundled; a folder that holds model.onnx, tokenizer.json and config.json; one ONNX
                    file of such a folder; or a model that deno task model fetched, org/name; may be
                    repeated; instead of the models that the collection names
  --device <name>   auto, cuda, webgpu or cpu; auto takes the first of them that works (default: auto)
  --particles <n>   particles of each layer, 16 to 16384, instead of the collection's
  --seed <n>        seed of every random choice, 0 to 4294967295, instead of the collection's
  --prompts <dir>   folder of the collection (default: prompts)
  --data <dir>      folder of the results (default: _data)
  --force           scan again what is there already
  --prune           afterwards delete stored scans that the list of this run does not name
  --dry-run         say what would be scanned, and stop
  --json            print the summary as one JSON object on standard output
  --help            this text

Exit codes: 0 done · 1 a scan failed · 2 bad input, nothing was scanned · 130 interrupted`;

const devices = ["auto", "cuda", "webgpu", "cpu"] as const;

/**
 * Reads the command line.
 *
 * @throws {UsageError} for anything that is not in {@linkcode usage}
 */
export function parseScanOptions(args: readonly string[]): ScanOptions {
  const { values, positionals } = parse(args);
  const device = devices.find((name) => name === values.device);
  if (!device) {
    throw new UsageError(
      `Cannot use --device "${values.device}": expected one of ${devices.join(", ")}`,
    );
  }
  for (const id of positionals) {
    if (!/^[a-z0-9-]+(\/[a-z0-9-]+)?$/.test(id)) {
      throw new UsageError(
        `Cannot scan "${id}": expected a family such as days, or a member such as days/backwards`,
      );
    }
  }
  return {
    ids: positionals,
    models: values.model ?? null,
    device,
    particles: wholeNumber("--particles", values.particles, 16, 16384),
    seed: wholeNumber("--seed", values.seed, 0, 4294967295),
    promptsFolder: values.prompts,
    dataFolder: values.data,
    force: values.force,
    prune: values.prune,
    dryRun: values["dry-run"],
    json: values.json,
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        model: { type: "string", multiple: true },
        device: { type: "string", default: "auto" },
        particles: { type: "string" },
        seed: { type: "string" },
        prompts: { type: "string", default: "prompts" },
        data: { type: "string", default: "_data" },
        force: { type: "boolean", default: false },
        prune: { type: "boolean", default: false },
        "dry-run": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(
      `${error instanceof Error ? error.message : error}. See deno task scan --help`,
    );
  }
}

function wholeNumber(
  flag: string,
  text: string | undefined,
  min: number,
  max: number,
): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(
      `Cannot use ${flag} "${text}": expected a whole number from ${min} to ${max}`,
    );
  }
  return value;
}
