import { parseArgs } from "node:util";
import { readDevice, type ScanOptions, UsageError } from "../options.ts";

/** `deno task diff`, as it was asked for. */
export interface DiffOptions extends
  Pick<
    ScanOptions,
    "device" | "promptsFolder" | "dataFolder" | "force" | "json" | "help"
  > {
  /** One family or member, or two members or texts; none with `all`. */
  readonly operands: readonly string[];
  /** Instead of the models that the collection names; null for those. */
  readonly model: string | null;
  /** Whether all families are asked for instead. */
  readonly all: boolean;
  readonly markdown: boolean;
  /** Whether the operands are texts, even where they look like ids. */
  readonly text: boolean;
  /** Builds the site and opens the pair's page. */
  readonly open: boolean;
  readonly siteFolder: string;
}

export const usage =
  `Compares prompts and tells where in the model the difference is made: at which layer, at which token.

Usage: deno task diff <A> <B> [options]
       deno task diff <family> [options]
       deno task diff --all [options]

  A, B              ids of prompts, family or family/variant, or texts in quotes
  family            every two prompts of a family; of a variant (days/backwards): it and its base

What is not scanned yet is scanned first. Two prompts that are no family of the collection are
scanned as a family of their own, which stays in the gallery until deno task scan --prune.

Options
  --model <name>    bundled, a folder, one ONNX file of a folder, or a model that deno task model
                    fetched (default: the collection's)
  --device <name>   auto, cuda, webgpu or cpu (default: auto)
  --all             every two prompts of every family, a line each
  --text            A and B are texts, even where they look like ids
  --prompts <dir>   folder of the collection (default: prompts)
  --data <dir>      folder of the results (default: _data)
  --site <dir>      folder of the site that --open builds (default: _site)
  --force           scan again what is there already
  --open            build the gallery, serve it and open the comparison in a browser
  --json            print the comparisons with all their numbers as one JSON list
  --markdown        print the findings alone, as a Markdown table
  --help            this text

Exit codes: 0 done · 1 a scan failed · 2 bad input, nothing was scanned · 130 interrupted`;

/** @throws {UsageError} for anything that is not in {@linkcode usage} */
export function parseDiffOptions(args: readonly string[]): DiffOptions {
  const { values, positionals } = parse(args);
  const [fewest, most] = values.all ? [0, 0] : values.text ? [2, 2] : [1, 2];
  if (!values.help && (positionals.length < fewest || positionals.length > most)) {
    throw new UsageError(
      `Cannot compare ${positionals.length} operands: expected ${
        values.all ? "none with --all" : values.text ? "two texts" : "a family, or two prompts"
      }. Put a text in quotes; see deno task diff --help`,
    );
  }
  return {
    operands: positionals,
    model: values.model ?? null,
    device: readDevice(values.device),
    all: values.all,
    text: values.text,
    markdown: values.markdown,
    promptsFolder: values.prompts,
    dataFolder: values.data,
    siteFolder: values.site,
    force: values.force,
    open: values.open,
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
        model: { type: "string" },
        device: { type: "string", default: "auto" },
        all: { type: "boolean", default: false },
        text: { type: "boolean", default: false },
        markdown: { type: "boolean", default: false },
        prompts: { type: "string", default: "prompts" },
        data: { type: "string", default: "_data" },
        site: { type: "string", default: "_site" },
        force: { type: "boolean", default: false },
        open: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(
      `${error instanceof Error ? error.message : error}. See deno task diff --help`,
    );
  }
}
