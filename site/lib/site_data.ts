import type { Guess, LayerMeasures } from "../../scan/format/types.ts";
import type { PairRecord, ScanEntry } from "../../scan/store/manifest.ts";
import { type Catalogue, catalogueOf } from "./catalogue.ts";

/** Site-absolute addresses of the files that the pages load. */
export interface Assets {
  readonly style: string;
  /** Blocking and tiny: the reader's theme, before the first paint. */
  readonly theme: string;
  /** Search, filters and live stills of the gallery. */
  readonly gallery: string;
  /** The viewer of a prompt's page. */
  readonly viewer: string;
  /** Two clouds and what tells them apart: the viewer of a comparison. */
  readonly pair: string;
  /** The page on which any two scans are put beside each other. */
  readonly compare: string;
  readonly icon: string;
}

/** A still of a scan. */
export interface Picture {
  readonly width: number;
  readonly height: number;
}

/** What a prompt's page says of its frames without a script, read from the frame file. */
export interface FrameFacts {
  readonly nParticles: number;
  readonly layers: readonly {
    readonly name: string;
    readonly guesses: readonly Guess[];
    readonly measures: LayerMeasures;
  }[];
}

/** What cannot be known from `scans.json` alone, handed in by the builders. */
export interface SiteFacts {
  /** Where the site will live, with a trailing slash. */
  readonly location: URL;
  /** False where `location` is but the default. */
  readonly isLocationKnown: boolean;
  readonly assets: Assets;
  /** By thumbnail path as the manifest has it. */
  readonly pictures: ReadonlyMap<string, Picture>;
  /** By frame file path as the manifest has it. */
  readonly frames: ReadonlyMap<string, FrameFacts>;
  /** Program and version, for the pages' generator line. */
  readonly generator: string;
}

/** All that pages and templates read, under the name `site` in both builders. */
export interface SiteData extends SiteFacts {
  readonly catalogue: Catalogue;
}

/** Address that feed and sitemap name where none was given: the one that `deno task serve` uses. */
export const defaultLocation = "http://localhost:8000/";

/** Puts scans, comparisons and facts together. */
export function siteDataOf(
  { scans, pairs }: { scans: readonly ScanEntry[]; pairs: readonly PairRecord[] },
  facts: SiteFacts,
): SiteData {
  return { ...facts, catalogue: catalogueOf(scans, pairs) };
}
