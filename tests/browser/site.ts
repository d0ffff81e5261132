/** A built site for the browser tests: real pages and files over made-up scans. */
import { join } from "node:path";
import { buildSite } from "../../site/build_site.ts";
import { catalogueOf } from "../../site/lib/catalogue.ts";
import type { ScanEntry } from "../../scan/store/manifest.ts";
import { type SyntheticOptions, writeSyntheticData } from "../fixtures/synthetic_scan.ts";

export interface TestSite extends AsyncDisposable {
  /** The built site. */
  readonly folder: string;
  readonly scans: readonly ScanEntry[];
  /** Addresses of the comparisons' pages below the site, without a leading slash. */
  readonly pairPages: readonly string[];
  /** Address of a scan's page below the site, without a leading slash: `p/weekday/`. */
  pageOf(id: string): string;
}

/**
 * Builds a site in a folder of its own.
 *
 * @param change what to change of a scan's list entry
 * @param location where the site is said to live; only the page for lost readers depends on it
 */
export async function buildTestSite(
  options: SyntheticOptions,
  change: (scan: ScanEntry) => ScanEntry = (scan) => scan,
  location: URL | null = null,
): Promise<TestSite> {
  const folder = await Deno.makeTempDir({ prefix: "weightscan-browser-" });
  const dataFolder = join(folder, "data");
  const outFolder = join(folder, "site");
  const manifest = await writeSyntheticData(dataFolder, options);
  const scans = manifest.scans.map(change);
  await Deno.writeTextFile(
    join(dataFolder, "scans.json"),
    JSON.stringify({ ...manifest, scans }),
  );
  await buildSite({ builder: "npm", location, dataFolder, outFolder });
  const { entries, pairs } = catalogueOf(scans, manifest.pairs);
  return {
    folder: outFolder,
    scans,
    pairPages: pairs.map(({ url }) => url.slice(1)),
    pageOf(id) {
      const entry = entries.find(({ scan }) => scan.id === id);
      if (entry === undefined) {
        throw new RangeError(
          `Cannot find the scan "${id}": expected one of ${scans.map((scan) => scan.id)}`,
        );
      }
      return entry.url.slice(1);
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
