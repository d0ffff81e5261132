import { parseArgs } from "node:util";
import {
  type NumberParameter,
  parameterBounds,
  parameterChoices,
  type ScanParameters,
} from "./collection/schema.ts";
import { parseBytes } from "./units.ts";

/** What `deno task scan` was asked to do. */
export interface ScanOptions {
  /** Families or members to scan; empty for the whole collection. */
  readonly ids: readonly string[];
  /** Models instead of the collection's, or null. */
  readonly models: readonly string[] | null;
  readonly device: typeof devices[number];
  /** Parameters instead of the collection's. */
  readonly parameters: Partial<ScanParameters>;
  /** Families scanned at once, or null for what suits the machine. */
  readonly atOnce: number | null;
  /** Most memory to take in bytes, or null for what is free. */
  readonly memoryBytes: number | null;
  /** A scan makes no request either way: says that none is to be made elsewhere. */
  readonly offline: boolean;
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
  --jobs <n>        families scanned at once, 1 to 64 (default: one for each core on a CPU with the
                    bundled model, which each of them loads; else 1)
  --memory <size>   most memory to take, such as 6GB: a family or model that needs more is refused
                    before it is begun (default: what is free)
  --offline         models come from here alone: a scan makes no request in any case, and says with
                    this how a model of the hub that is not in the cache comes here without a network
  --prompts <dir>   folder of the collection (default: prompts)
  --data <dir>      folder of the results (default: _data)
  --force           scan again what is there already
  --prune           afterwards delete stored scans that the list of this run does not name
  --dry-run         say what would be scanned, and stop
  --json            print the summary as one JSON object on standard output
  --help            this text

Parameters, each instead of the collection's
  --encoder <name>     slots, pooled or tokens: how layers become particles
  --particles <n>      particles of each layer, 16 to 16384
  --projection <name>  umap or pca: how particles become points
  --dims <n>           dimensions of the picture, 2 or 3
  --neighbours <n>     nearest neighbours that UMAP looks at, 2 to 200
  --min-dist <x>       UMAP's least distance between two points, 0 to 10
  --spread <x>         UMAP's scale, 0.1 to 10, at least --min-dist
  --metric <name>      cosine or euclidean: distance between particles
  --epochs <n>         UMAP's passes over the graph, 0 to 5000; 0 chooses by the number of points
  --seed <n>           seed of every random choice, 0 to 4294967295

Exit codes: 0 done · 1 a scan failed · 2 bad input, nothing was scanned · 130 interrupted`;

const devices = ["auto", "cuda", "webgpu", "cpu"] as const;

/** Reads what `--device` says. @throws {UsageError} if it is no device's name */
export function readDevice(text: string): ScanOptions["device"] {
  return choice("--device", text, devices)!;
}

/**
 * Reads the command line.
 *
 * @throws {UsageError} for anything that is not in {@linkcode usage}
 */
export function parseScanOptions(args: readonly string[]): ScanOptions {
  const { values, positionals } = parse(args);
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
    device: readDevice(values.device),
    parameters: readParameters(values),
    atOnce: number("--jobs", values.jobs, { min: 1, max: 64 }) ?? null,
    memoryBytes: readMemory(values.memory),
    offline: values.offline,
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
        jobs: { type: "string" },
        memory: { type: "string" },
        offline: { type: "boolean", default: false },
        encoder: { type: "string" },
        particles: { type: "string" },
        projection: { type: "string" },
        dims: { type: "string" },
        neighbours: { type: "string" },
        "min-dist": { type: "string" },
        spread: { type: "string" },
        metric: { type: "string" },
        epochs: { type: "string" },
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

function readMemory(text: string | undefined): number | null {
  if (text === undefined) return null;
  const bytes = parseBytes(text);
  if (bytes !== null && bytes > 0) return bytes;
  throw new UsageError(`Cannot use --memory "${text}": expected a size such as 6GB or 500MB`);
}

/** The parameters that are given, and no others. */
function readParameters(values: ReturnType<typeof parse>["values"]): Partial<ScanParameters> {
  const { encoder, projection, dims, metric } = parameterChoices;
  const bounded = (flag: string, text: string | undefined, key: NumberParameter) =>
    number(flag, text, parameterBounds[key]);
  const all = {
    encoder: choice("--encoder", values.encoder, encoder),
    particles: bounded("--particles", values.particles, "particles"),
    projection: choice("--projection", values.projection, projection),
    dims: choice("--dims", values.dims, dims),
    neighbours: bounded("--neighbours", values.neighbours, "neighbours"),
    minDist: bounded("--min-dist", values["min-dist"], "minDist"),
    spread: bounded("--spread", values.spread, "spread"),
    metric: choice("--metric", values.metric, metric),
    epochs: bounded("--epochs", values.epochs, "epochs"),
    seed: bounded("--seed", values.seed, "seed"),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function choice<const V extends string | number>(
  flag: string,
  text: string | undefined,
  values: readonly V[],
): V | undefined {
  if (text === undefined) return undefined;
  const value = values.find((one) => String(one) === text);
  if (value !== undefined) return value;
  throw new UsageError(`Cannot use ${flag} "${text}": expected one of ${values.join(", ")}`);
}

function number(
  flag: string,
  text: string | undefined,
  { min, max, fractional = false }: {
    readonly min: number;
    readonly max: number;
    readonly fractional?: boolean;
  },
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  const isNumber = fractional ? /^\d*\.?\d+$/.test(text) : /^\d+$/.test(text);
  if (!isNumber || value < min || value > max) {
    throw new UsageError(
      `Cannot use ${flag} "${text}": expected a ${
        fractional ? "" : "whole "
      }number from ${min} to ${max}`,
    );
  }
  return value;
}
