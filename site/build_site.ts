import { join } from "node:path";
import { writer } from "../scan/version.ts";
import { copyScans, listFiles, writeAssets } from "./assets.ts";
import { type Assets, defaultLocation, type SiteData, siteDataOf } from "./lib/site_data.ts";
import { loadScans, type ScanData } from "./load.ts";
import { runLume } from "./lume.ts";
import { fillFolder } from "./swap.ts";
import { writePages } from "./writer.ts";

/** The folder `site/`. */
export const siteSource = new URL("./", import.meta.url);

export interface BuildRequest {
  readonly builder: "lume" | "npm";
  readonly location: URL | null;
  readonly dataFolder: string;
  readonly outFolder: string;
}

/** What a build did. */
export interface BuildSummary {
  readonly builder: "lume" | "npm";
  readonly nPages: number;
  readonly nScans: number;
  readonly nFiles: number;
  readonly bytes: number;
  readonly durationMs: number;
}

/** What both builders hand to the pages. */
export function assembleSite(data: ScanData, assets: Assets, location: URL | null): SiteData {
  return siteDataOf(data, {
    location: location ?? new URL(defaultLocation),
    isLocationKnown: location !== null,
    assets,
    pictures: data.pictures,
    frames: data.frames,
    generator: writer,
  });
}

/** Scripts, styles and the scans' files: what pages link to, the same whoever writes the pages. */
export async function writeFiles(
  data: ScanData,
  dataFolder: string,
  dest: string,
): Promise<Assets> {
  const assets = await writeAssets(siteSource, dest);
  await copyScans(data, dataFolder, dest);
  // GitHub's pages would otherwise leave out files whose names start with an underscore.
  await Deno.writeTextFile(join(dest, ".nojekyll"), "");
  return assets;
}

/**
 * Builds the whole site into a neighbouring folder, which then takes the place of the old one.
 *
 * @throws {InputError} if the scans are missing or broken
 * @throws {Error} if a script, a template or Lume fails; the old site stays as it was
 */
export async function buildSite(request: BuildRequest): Promise<BuildSummary> {
  const { builder, location, dataFolder, outFolder } = request;
  const start = performance.now();
  const data = await loadScans(dataFolder);
  return await fillFolder(outFolder, async (dest) => {
    const assets = await writeFiles(data, dataFolder, dest);
    if (builder === "npm") {
      await writePages(siteSource, assembleSite(data, assets, location), dest);
    } else await runLume({ dest, dataFolder, assets, location });
    const paths = listFiles(dest);
    const sizes = paths.map((path) => Deno.statSync(join(dest, path)).size);
    return {
      builder,
      nPages: paths.filter((path) => path.endsWith(".html")).length,
      nScans: data.scans.length,
      nFiles: paths.length,
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      durationMs: performance.now() - start,
    };
  });
}
