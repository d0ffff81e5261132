import type { Entry, Family, PairEntry } from "./catalogue.ts";
import { compareKey, type PairLinkView, pairLinkView } from "./pair_view.ts";
import type { SiteData } from "./site_data.ts";
import { oneLine, shorten } from "./text.ts";
import { relativeUrl } from "./urls.ts";
import { imageView, siblingLabel } from "./views.ts";

/** A scan that can be chosen, with all that its cloud needs. */
interface ChoiceView {
  readonly key: string;
  readonly name: string;
  readonly text: string;
  readonly href: string;
  readonly frames: string;
  readonly poster: string;
  /** Scans with the same one share a space. */
  readonly family: string;
}

/** A comparison that can be chosen. */
interface ChosenPairView extends PairLinkView {
  readonly aKey: string;
  readonly bKey: string;
  readonly pair: string;
  readonly differenceA: string;
  readonly differenceB: string;
}

export interface CompareView {
  readonly groups: readonly { readonly name: string; readonly choices: readonly ChoiceView[] }[];
  readonly families: readonly {
    readonly title: string;
    readonly href: string;
    readonly model: string;
    readonly pairs: readonly ChosenPairView[];
  }[];
  readonly hasPairs: boolean;
  readonly hasChoices: boolean;
  readonly gallery: string;
}

export function compareView(site: SiteData, from: string): CompareView {
  const { families, entries, pairs, models } = site.catalogue;
  const model = (family: Family) => models.length > 1 ? family.model : "";
  return {
    groups: families.map((family, i) => ({
      name: [family.entries[0].scan.title, model(family)].filter(Boolean).join(" · "),
      choices: family.entries.map((entry) => choiceView(site, from, entry, String(i))),
    })),
    families: families.filter((family) => family.pairs.length > 0).map((family) => ({
      title: family.entries[0].scan.title,
      href: relativeUrl(from, family.entries[0].url),
      model: model(family),
      pairs: family.pairs.map((pair) => chosenPairView(from, pair)),
    })),
    hasPairs: pairs.length > 0,
    hasChoices: entries.length > 1,
    gallery: relativeUrl(from, "/"),
  };
}

function choiceView(site: SiteData, from: string, entry: Entry, family: string): ChoiceView {
  const { scan, url } = entry;
  return {
    key: compareKey(url),
    // What tells it from the others of its family comes first: lists cut off ends.
    name: `${siblingLabel(entry)} · ${shorten(scan.text, 80)}`,
    text: oneLine(scan.text),
    href: relativeUrl(from, url),
    frames: relativeUrl(from, `/${scan.frames.path}`),
    poster: imageView(site, from, scan).src,
    family,
  };
}

function chosenPairView(from: string, entry: PairEntry): ChosenPairView {
  const { pair, a, b } = entry;
  const file = (path: string | undefined) =>
    path === undefined ? "" : relativeUrl(from, `/${path}`);
  return {
    ...pairLinkView(from, entry),
    aKey: compareKey(a.entry.url),
    bKey: compareKey(b.entry.url),
    pair: file(pair.pair.path),
    differenceA: file(pair.difference?.a.path),
    differenceB: file(pair.difference?.b.path),
  };
}
