/** `deno task build`: scans → static site. Flags, one line of summary, exit codes; nothing else. */
import { buildSite } from "./build_site.ts";
import { buildUsage, parseBuildOptions } from "./build_options.ts";
import * as numbers from "./lib/numbers.ts";
import { InputError, readManifest } from "./load.ts";
import { probeLume } from "./lume.ts";

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const options = parseBuildOptions(args);
  if (options.help) {
    console.log(buildUsage);
    return 0;
  }
  // Wrong input is told before a network is asked for anything.
  await readManifest(options.dataFolder);
  const builder = await chooseBuilder(options.builder);
  const summary = await buildSite({ ...options, builder });
  if (options.json) console.log(JSON.stringify(summary));
  else {
    const { nPages, nScans, bytes, durationMs } = summary;
    console.log(
      `Built ${numbers.plural(nPages, "page")} for ${numbers.plural(nScans, "scan")}, ${
        numbers.bytes(bytes)
      }, in ${numbers.duration(durationMs)} with ${
        builder === "lume" ? "Lume" : "the npm writer"
      }: ${options.outFolder}`,
    );
  }
  return 0;
}

async function chooseBuilder(wanted: "auto" | "lume" | "npm"): Promise<"lume" | "npm"> {
  if (wanted === "npm") return "npm";
  const lume = await probeLume();
  if (lume.isThere) return "lume";
  if (wanted === "lume") {
    throw new Error(
      `Cannot build with Lume: expected it cached or in reach, but ${lume.why}. Use --builder=npm: it writes the same pages.`,
    );
  }
  console.error(`Lume cannot be had (${lume.why}): writing the same pages with the npm writer.`);
  return "npm";
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main(Deno.args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exitCode = error instanceof InputError ? 2 : 1;
  }
}
