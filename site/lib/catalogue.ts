import type { PairRecord, ScanEntry } from "../../scan/store/manifest.ts";
import { oneLine, shorten } from "./text.ts";
import { slugOf } from "./urls.ts";
import { markChanges, type Run } from "./words.ts";

/** One scan and the address of its page. */
export interface Entry {
  readonly scan: ScanEntry;
  /** Site-absolute, e.g. `/p/weekdays/friday/`. */
  readonly url: string;
  /** The prompt; marked is what the variants change in the base prompt, and what each has instead. */
  readonly runs: readonly Run[];
  /** The marked words, joined; "" where none are. */
  readonly crucial: string;
  readonly family: Family;
}

/** A comparison of two scans of a family, and the address of its page. */
export interface PairEntry {
  readonly pair: PairRecord;
  readonly a: PairSide;
  readonly b: PairSide;
  /** Site-absolute, e.g. `/p/weekdays/vs/friday/`. */
  readonly url: string;
  readonly family: Family;
}

/** One of the two prompts of a comparison. */
export interface PairSide {
  readonly entry: Entry;
  /** The prompt; marked is what the other one has not. */
  readonly runs: readonly Run[];
  /** A few words that tell it from the other: what is marked, or else its id. */
  readonly label: string;
}

/** A prompt and its variants, as scanned with one model. */
export interface Family {
  readonly id: string;
  readonly model: string;
  /** Base prompt first, where it was scanned; never empty. */
  readonly entries: readonly Entry[];
  /** In the manifest's order. */
  readonly pairs: readonly PairEntry[];
}

/** Everything the pages are made from. */
export interface Catalogue {
  /** In the collection's order; a family scanned with two models is there twice. */
  readonly families: readonly Family[];
  /** Every scan in the order of the pages' next and previous links. */
  readonly entries: readonly Entry[];
  /** Every comparison, family by family. */
  readonly pairs: readonly PairEntry[];
  /** Tags with the number of families that carry them, most frequent first. */
  readonly tags: readonly { readonly name: string; readonly count: number }[];
  readonly models: readonly string[];
  /** The latest day on which a prompt was added, ISO; the pages' date. */
  readonly date: string;
}

/** Day given to pages of an empty gallery, so that nothing depends on the clock. */
const emptyDate = "2026-01-01";

/**
 * Groups scans into families and gives every scan and every comparison its address.
 *
 * @throws {RangeError} if two pages would share an address, or a comparison names a scan that is not listed
 */
export function catalogueOf(
  scans: readonly ScanEntry[],
  pairs: readonly PairRecord[] = [],
): Catalogue {
  const models = [...new Set(scans.map((scan) => scan.model.name))];
  const groups = Map.groupBy(scans, (scan) => JSON.stringify([scan.family, scan.model.name]));
  const urls = new UrlRegister(models[0]);
  const families = [...groups.values()].map((group) => familyOf(group, urls));
  const entries = families.flatMap((family) => family.entries);
  placePairs(pairs, families, urls);
  return {
    families,
    entries,
    pairs: families.flatMap((family) => family.pairs),
    tags: countTags(families),
    models,
    date: scans.map((scan) => scan.date).sort().at(-1) ?? emptyDate,
  };
}

/** A family while its comparisons are still being placed. */
interface GrowingFamily extends Family {
  readonly pairs: PairEntry[];
}

function familyOf(group: readonly ScanEntry[], urls: UrlRegister): GrowingFamily {
  const scans = group.toSorted((a, b) => Number(a.variant !== "") - Number(b.variant !== ""));
  const entries: Entry[] = [];
  const family: GrowingFamily = {
    id: scans[0].family,
    model: scans[0].model.name,
    entries,
    pairs: [],
  };
  const [base, ...variants] = scans;
  // A control changes a word that should not matter: it marks nothing in the base prompt.
  const crucial = variants.filter((variant) => !variant.control);
  const rivals = crucial.length > 0 ? crucial : variants;
  for (const scan of scans) {
    const runs = markChanges(
      scan.text,
      scan === base ? rivals.map((variant) => variant.text) : [base.text],
    );
    const words = runs.filter((run) => run.changed).map((run) => run.text.trim()).join(" … ");
    entries.push({ scan, url: urls.giveScan(scan), runs, crucial: words, family });
  }
  return family;
}

function placePairs(
  pairs: readonly PairRecord[],
  families: readonly GrowingFamily[],
  urls: UrlRegister,
): void {
  const listed = new Map(families.flatMap((family) =>
    family.entries.map((entry) => {
      const { model, id, key } = entry.scan;
      return [JSON.stringify([model.name, id, key]), { entry, family }];
    })
  ));
  for (const pair of pairs) {
    const [a, b] = [[pair.a, pair.aKey], [pair.b, pair.bKey]].map(([id, key]) => {
      const found = listed.get(JSON.stringify([pair.model, id, key]));
      if (found !== undefined) return found;
      throw new RangeError(
        `Cannot place the comparison of "${pair.a}" with "${pair.b}" (${pair.model}): expected scans that are listed, got no "${id}" with the key ${key}`,
      );
    });
    const { scan: aScan } = a.entry;
    const { scan: bScan } = b.entry;
    a.family.pairs.push({
      pair,
      a: sideOf(a.entry, markChanges(aScan.text, [bScan.text])),
      b: sideOf(b.entry, markChanges(bScan.text, [aScan.text])),
      url: urls.givePair(aScan, bScan),
      family: a.family,
    });
  }
}

function sideOf(entry: Entry, runs: readonly Run[]): PairSide {
  const words = oneLine(runs.filter((run) => run.changed).map((run) => run.text).join(" … "));
  return { entry, runs, label: shorten(words, 28) || entry.scan.variant || "original" };
}

/** Hands out addresses; each page gets one of its own. */
class UrlRegister {
  readonly #taken = new Map<string, string>();

  constructor(readonly firstModel: string | undefined) {}

  /** @throws {RangeError} if two scans would share an address, e.g. a variant called like a model */
  giveScan(scan: ScanEntry): string {
    const folders = ["p", slugOf(scan.family)];
    if (scan.variant !== "") folders.push(slugOf(scan.variant));
    return this.#give(folders, scan.model.name, scan.id);
  }

  /** @throws {RangeError} if the page of a scan or of another pair is there */
  givePair(a: ScanEntry, b: ScanEntry): string {
    const folders = ["p", slugOf(a.family)];
    if (a.variant !== "") folders.push(slugOf(a.variant));
    folders.push("vs", b.variant === "" ? "original" : slugOf(b.variant));
    return this.#give(folders, a.model.name, `${a.id} against ${b.id}`);
  }

  #give(folders: readonly string[], model: string, id: string): string {
    const below = model === this.firstModel ? folders : [...folders, slugOf(model)];
    const url = `/${below.join("/")}/`;
    const owner = this.#taken.get(url);
    const name = `${id} (${model})`;
    if (owner !== undefined) {
      throw new RangeError(
        `Cannot give "${name}" the address ${url}: expected one prompt per address, got ${owner} there already; rename one of them`,
      );
    }
    this.#taken.set(url, name);
    return url;
  }
}

function countTags(families: readonly Family[]): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const family of families) {
    for (const tag of tagsOf(family)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

/** The tags of a family's prompts, each once. */
export function tagsOf(family: Family): string[] {
  return [...new Set(family.entries.flatMap((entry) => entry.scan.tags))];
}
