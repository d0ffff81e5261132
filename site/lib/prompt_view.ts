import type { ScanEntry } from "../../scan/store/manifest.ts";
import type { Entry } from "./catalogue.ts";
import { bytes, duration, inWords, longDay, percent, ratio } from "./numbers.ts";
import { type PairLinkView, pairLinkView } from "./pair_view.ts";
import { type Reading, readQuality } from "./reading.ts";
import type { SiteData } from "./site_data.ts";
import { oneLine, shorten } from "./text.ts";
import { relativeUrl } from "./urls.ts";
import {
  type AnswerView,
  answerView,
  byline,
  compareLinks,
  type CompareLinkView,
  type ImageView,
  imageView,
  type SiblingView,
  siblingViews,
} from "./views.ts";
import { type Run, showToken, type VisibleToken } from "./words.ts";

/** A guess with its share as a bar. */
interface GuessView {
  readonly token: VisibleToken;
  readonly p: string;
  /** Width of the bar, `81.2`, in percent. */
  readonly width: string;
}

interface LinkView {
  readonly href: string;
  readonly title: string;
}

/** A row of the table of layers. */
interface LayerView {
  readonly name: string;
  readonly guess: VisibleToken;
  readonly p: string;
  readonly meanNorm: string;
  readonly lensEntropy: string;
  readonly cosineToPrevious: string;
  readonly meanDisplacement: string;
}

/** Everything that a prompt's page shows. */
export interface PromptView {
  readonly title: string;
  readonly text: string;
  readonly runs: readonly Run[];
  readonly change: string;
  readonly isControl: boolean;
  readonly lookFor: string;
  readonly tags: readonly { readonly name: string; readonly href: string }[];
  readonly answer: AnswerView;
  readonly guesses: readonly GuessView[];
  readonly tokens: readonly {
    readonly index: string;
    readonly id: string;
    readonly token: VisibleToken;
  }[];
  readonly nTokens: string;
  readonly siblings: readonly (SiblingView & { readonly pair: PairLinkView | null })[];
  readonly comparisons: readonly CompareLinkView[];
  /** Comparisons of the family that this prompt has no part in. */
  readonly otherPairs: readonly PairLinkView[];
  readonly models: readonly LinkView[];
  readonly image: ImageView;
  readonly stage: {
    readonly src: string;
    readonly lens: string;
    readonly poster: string;
    readonly label: string;
  };
  readonly layers: readonly LayerView[];
  readonly lastLayer: string;
  readonly quality: readonly Reading[];
  readonly projection: string;
  /** How the picture was made, as name and value. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly downloads: readonly {
    readonly href: string;
    readonly name: string;
    readonly size: string;
    readonly what: string;
  }[];
  readonly permalink: string;
  readonly permalinkText: string;
  readonly citation: string;
  readonly author: string;
  readonly licence: string;
  readonly date: string;
  readonly day: string;
  readonly previous: LinkView | null;
  readonly next: LinkView | null;
}

/** Gathers what a page shows; every value is text, ready for a template that escapes. */
export function promptView(site: SiteData, entry: Entry): PromptView {
  const { scan, url: from, family } = entry;
  const { entries } = site.catalogue;
  const at = entries.indexOf(entry);
  const link = (to: Entry | undefined): LinkView | null =>
    to === undefined ? null : { href: relativeUrl(from, to.url), title: to.scan.title };
  const address = new URL(from.slice(1), site.location);
  const permalinkText = site.isLocationKnown ? address.href : address.pathname;
  const gallery = relativeUrl(from, "/");
  const image = imageView(site, from, scan);
  return {
    title: scan.title,
    text: scan.text,
    runs: entry.runs,
    change: scan.change,
    isControl: scan.control,
    lookFor: scan.lookFor,
    tags: scan.tags.map((name) => ({ name, href: `${gallery}?tag=${encodeURIComponent(name)}` })),
    answer: answerView(scan),
    guesses: scan.answer.map(({ text, p }) => ({
      token: showToken(text),
      p: percent(p),
      width: (p * 100).toFixed(1),
    })),
    tokens: scan.tokens.map(({ id, text }, i) => ({
      index: String(i),
      id: String(id),
      token: showToken(text),
    })),
    nTokens: inWords(scan.tokens.length),
    siblings: siblingViews(from, family, entry).map((sibling, i) => {
      const pair = family.pairs.find((each) =>
        [each.a.entry, each.b.entry].includes(entry) &&
        [each.a.entry, each.b.entry].includes(family.entries[i]) && family.entries[i] !== entry
      );
      return { ...sibling, pair: pair === undefined ? null : pairLinkView(from, pair) };
    }),
    comparisons: compareLinks(from, entry),
    otherPairs: family.pairs
      .filter(({ a, b }) => a.entry !== entry && b.entry !== entry)
      .map((pair) => pairLinkView(from, pair)),
    models: entries.filter((other) =>
      other !== entry && other.scan.id === scan.id && other.family !== family
    ).map((other) => ({ href: relativeUrl(from, other.url), title: other.scan.model.name })),
    image,
    stage: {
      src: relativeUrl(from, `/${scan.frames.path}`),
      lens: relativeUrl(from, `/${scan.lens.path}`),
      poster: image.src,
      label: `${scan.title}: “${oneLine(scan.text)}”`,
    },
    layers: layerViews(site, scan),
    lastLayer: scan.layers.at(-1) ?? "",
    quality: readQuality(scan.quality),
    projection: scan.parameters.projection === "pca" ? "PCA" : "UMAP",
    facts: factsOf(scan),
    parameters: Object.entries(scan.parameters).map(([name, value]) => [name, String(value)]),
    downloads: [
      {
        href: relativeUrl(from, `/${scan.frames.path}`),
        name: "Frames",
        size: bytes(scan.frames.bytes),
        what: "every layer's particles, guesses and measures",
      },
      {
        href: relativeUrl(from, `/${scan.lens.path}`),
        name: "Lens grid",
        size: bytes(scan.lens.bytes),
        what: "every layer's guesses at every token",
      },
      {
        href: image.src,
        name: "Still",
        size: bytes(scan.thumbnail.bytes),
        what: "the picture on the gallery",
      },
    ],
    permalink: relativeUrl(from, from),
    permalinkText,
    citation: citationOf(scan, permalinkText),
    author: scan.author,
    licence: scan.licence,
    date: scan.date.slice(0, 10),
    day: longDay(scan.date),
    previous: link(entries[at - 1]),
    next: link(entries[at + 1]),
  };
}

function layerViews(site: SiteData, scan: ScanEntry): LayerView[] {
  const layers = site.frames.get(scan.frames.path)?.layers ?? [];
  return layers.map(({ name, guesses: [best], measures }) => ({
    name,
    guess: showToken(best?.text ?? ""),
    p: percent(best?.p ?? 0),
    meanNorm: measures.meanNorm.toFixed(2),
    lensEntropy: measures.lensEntropy.toFixed(2),
    cosineToPrevious: ratio(measures.cosineToPrevious),
    meanDisplacement: measures.meanDisplacement.toFixed(3),
  }));
}

function factsOf(scan: ScanEntry): [string, string][] {
  const { model, run } = scan;
  return [
    ["Model", `${model.name}, revision ${model.revision}`],
    ["Weights", model.digest],
    ["Shape", `${model.nLayers} layers, ${model.dModel} wide, ${model.dVocab} tokens known`],
    ["Scanned", `${longDay(run.date)}, on ${run.provider}, in ${duration(run.durationMs)}`],
    ["Written by", run.writer],
    ["Address of the scan", scan.key],
  ];
}

function citationOf(scan: ScanEntry, permalink: string): string {
  const seed = scan.parameters.seed === undefined ? "" : `, seed ${scan.parameters.seed}`;
  return `${byline(scan)}“${shorten(scan.title, 120)}”, scan of ${scan.model.name}${seed}. ` +
    `${scan.run.writer}, ${scan.run.date.slice(0, 10)}. ${permalink} (scan ${
      scan.key.slice(0, 16)
    })`;
}
