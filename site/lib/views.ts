import type { ScanEntry } from "../../scan/store/manifest.ts";
import { type Entry, type Family, tagsOf } from "./catalogue.ts";
import { count, percent, plural } from "./numbers.ts";
import type { SiteData } from "./site_data.ts";
import { oneLine, shorten } from "./text.ts";
import { relativeUrl } from "./urls.ts";
import { type Run, showToken, type VisibleToken } from "./words.ts";

/** What the model said, against what is right. */
export interface AnswerView {
  /** `open` where the prompt names no right answer. */
  readonly verdict: "right" | "wrong" | "open";
  readonly guess: VisibleToken;
  /** Probability of the guess, in percent. */
  readonly p: string;
  readonly expected: VisibleToken | null;
}

/** A still with all that an `<img>` needs. */
export interface ImageView {
  readonly src: string;
  readonly width: string;
  readonly height: string;
  readonly alt: string;
}

/** A link to another prompt of the same family. */
export interface SiblingView {
  readonly href: string;
  readonly label: string;
  readonly runs: readonly Run[];
  readonly change: string;
  readonly isControl: boolean;
  readonly isCurrent: boolean;
  readonly answer: AnswerView;
}

/** A link to the comparison with another prompt, named by that prompt's words. */
export interface CompareLinkView {
  readonly href: string;
  readonly label: string;
}

/** A family on the gallery. */
export interface CardView {
  /** Number on the contact sheet, e.g. `07`. */
  readonly number: string;
  readonly href: string;
  readonly title: string;
  readonly runs: readonly Run[];
  /** Shown where a card is large. */
  readonly lookFor: string;
  readonly frames: string;
  readonly image: ImageView;
  readonly answer: AnswerView;
  readonly variants: readonly SiblingView[];
  readonly comparisons: readonly CompareLinkView[];
  readonly tags: readonly string[];
  readonly model: string;
  /** What the search looks at besides what is seen on the card. */
  readonly keywords: string;
  readonly verdict: AnswerView["verdict"];
}

/** Author of a prompt before what is cited, nothing for a prompt that was only compared on this machine. */
export function byline({ author }: ScanEntry): string {
  return author === "" ? "" : `${author}: `;
}

export function answerView(scan: ScanEntry): AnswerView {
  const best = scan.answer[0];
  return {
    verdict: scan.correct === null ? "open" : scan.correct ? "right" : "wrong",
    guess: showToken(best?.text ?? ""),
    p: percent(best?.p ?? 0, 0),
    expected: scan.expected === "" ? null : showToken(scan.expected),
  };
}

export function imageView(site: SiteData, from: string, scan: ScanEntry): ImageView {
  const picture = site.pictures.get(scan.thumbnail.path) ?? { width: 640, height: 400 };
  const nParticles = site.frames.get(scan.frames.path)?.nParticles;
  const particles = nParticles === undefined ? "particles" : `${count(nParticles)} particles`;
  return {
    src: relativeUrl(from, `/${scan.thumbnail.path}`),
    width: String(picture.width),
    height: String(picture.height),
    alt: `A cloud of ${particles}: how ${scan.model.name} holds “${oneLine(scan.text)}”`,
  };
}

export function siblingViews(from: string, family: Family, current?: Entry): SiblingView[] {
  return family.entries.map((entry) => ({
    href: relativeUrl(from, entry.url),
    label: siblingLabel(entry),
    runs: entry.runs,
    change: entry.scan.change,
    isControl: entry.scan.control,
    isCurrent: entry === current,
    answer: answerView(entry.scan),
  }));
}

/** The comparisons of a prompt with the others of its family. */
export function compareLinks(from: string, entry: Entry): CompareLinkView[] {
  return entry.family.pairs.flatMap(({ a, b, url }) => {
    const other = a.entry === entry ? b : b.entry === entry ? a : null;
    return other === null ? [] : [{ href: relativeUrl(from, url), label: other.label }];
  });
}

/** The changed words say more than an id; a variant that only leaves words out keeps its id. */
export function siblingLabel(entry: Entry): string {
  return shorten(entry.crucial, 28) || entry.scan.variant || "original";
}

export function cardView(site: SiteData, from: string, family: Family, index: number): CardView {
  const [base] = family.entries;
  const { scan } = base;
  const answer = answerView(scan);
  return {
    number: String(index + 1).padStart(2, "0"),
    href: relativeUrl(from, base.url),
    title: scan.title,
    runs: base.runs,
    lookFor: scan.lookFor,
    frames: relativeUrl(from, `/${scan.frames.path}`),
    image: imageView(site, from, scan),
    answer,
    variants: siblingViews(from, family).slice(1),
    comparisons: compareLinks(from, base),
    tags: tagsOf(family),
    model: scan.model.name,
    keywords: oneLine(
      family.entries.flatMap((entry) => [entry.scan.id, entry.scan.text, entry.scan.change])
        .join(" "),
    ),
    verdict: answer.verdict,
  };
}

/** `4 layers`-style facts of the whole gallery, for its first lines. */
export function galleryFacts(site: SiteData): string {
  const { families, entries, models } = site.catalogue;
  const deepest = Math.max(0, ...entries.map((entry) => entry.scan.model.nLayers));
  return [
    plural(entries.length, "prompt"),
    families.length === 1 ? "1 family" : `${count(families.length)} families`,
    plural(deepest, "layer"),
    models.length === 1 ? models[0] : plural(models.length, "model"),
  ].join(" · ");
}
