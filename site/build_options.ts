import { parseArgs } from "node:util";
import { parseLocation } from "./lib/urls.ts";
import { InputError } from "./load.ts";

/** What `deno task build` was asked to do. */
export interface BuildOptions {
  /** `auto` takes Lume where it can be had. */
  readonly builder: "auto" | "lume" | "npm";
  readonly location: URL | null;
  readonly dataFolder: string;
  readonly outFolder: string;
  readonly json: boolean;
  readonly help: boolean;
}

export const buildUsage = `Builds the gallery from the scans.

Usage: deno task build [options]

Options
  --location <url>  where the site will live, e.g. https://example.org/gallery/; feed, site map,
                    shared links and the page for lost readers need it, all else is relative
  --builder <name>  lume, npm or auto; npm writes the same pages without Lume, for machines that
                    reach just an npm registry; auto takes Lume where it can be had (default: auto)
  --data <dir>      folder of the scans (default: _data)
  --out <dir>       folder of the site, replaced as a whole once all went well (default: _site)
  --json            print the summary as one JSON object on standard output
  --help            this text

Exit codes: 0 done · 1 the build failed · 2 bad input; the old site stays in both cases`;

const builders = ["auto", "lume", "npm"] as const;

/** Reads the command line. @throws {InputError} for anything that is not in {@linkcode buildUsage} */
export function parseBuildOptions(args: readonly string[]): BuildOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        location: { type: "string" },
        builder: { type: "string", default: "auto" },
        data: { type: "string", default: "_data" },
        out: { type: "string", default: "_site" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const builder = builders.find((name) => name === values.builder);
    if (builder === undefined) {
      throw new RangeError(
        `Cannot build with "${values.builder}": expected one of ${builders.join(", ")}`,
      );
    }
    return {
      builder,
      location: values.location === undefined ? null : parseLocation(values.location),
      dataFolder: values.data,
      outFolder: values.out,
      json: values.json,
      help: values.help,
    };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new InputError(`${said}. See deno task build --help`);
  }
}
