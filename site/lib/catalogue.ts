import type { ScanEntry } from "../../scan/store/manifest.ts";
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

/** A prompt and its variants, as scanned with one model. */
export interface Family {
  readonly id: string;
  readonly model: string;
  /** Base prompt first, where it was scanned; never empty. */
  readonly entries: readonly Entry[];
}

/** Everything the pages are made from. */
export interface Catalogue {
  /** In the collection's order; a family scanned with two models is there twice. */
  readonly families: readonly Family[];
  /** Every scan in the order of the pages' next and previous links. */
  readonly entries: readonly Entry[];
  /** Tags with the number of families that carry them, most frequent first. */
  readonly tags: readonly { readonly name: string; readonly count: number }[];
  readonly models: readonly string[];
  /** The latest day on which a prompt was added, ISO; the pages' date. */
  readonly date: string;
}

/** Day given to pages of an empty gallery, so that nothing depends on the clock. */
const emptyDate = "2026-01-01";

/** Groups scans into families and gives every scan its address. */
export function catalogueOf(scans: readonly ScanEntry[]): Catalogue {
  const models = [...new Set(scans.map((scan) => scan.model.name))];
  const groups = Map.groupBy(scans, (scan) => JSON.stringify([scan.family, scan.model.name]));
  const urls = new UrlRegister(models[0]);
  const families = [...groups.values()].map((group) => familyOf(group, urls));
  return {
    families,
    entries: families.flatMap((family) => family.entries),
    tags: countTags(families),
    models,
    date: scans.map((scan) => scan.date).sort().at(-1) ?? emptyDate,
  };
}

function familyOf(group: readonly ScanEntry[], urls: UrlRegister): Family {
  const scans = group.toSorted((a, b) => Number(a.variant !== "") - Number(b.variant !== ""));
  const entries: Entry[] = [];
  const family = { id: scans[0].family, model: scans[0].model.name, entries };
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
    entries.push({ scan, url: urls.give(scan), runs, crucial: words, family });
  }
  return family;
}

/** Hands out addresses; each scan gets one of its own. */
class UrlRegister {
  readonly #taken = new Map<string, string>();

  constructor(readonly firstModel: string | undefined) {}

  /** @throws {RangeError} if two scans would share an address, e.g. a variant called like a model */
  give(scan: ScanEntry): string {
    const folders = ["p", slugOf(scan.family)];
    if (scan.variant !== "") folders.push(slugOf(scan.variant));
    if (scan.model.name !== this.firstModel) folders.push(slugOf(scan.model.name));
    const url = `/${folders.join("/")}/`;
    const owner = this.#taken.get(url);
    const name = `${scan.id} (${scan.model.name})`;
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
