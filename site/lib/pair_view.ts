import type { PairRecord } from "../../scan/store/manifest.ts";
import type { Family, PairEntry, PairSide } from "./catalogue.ts";
import { bytes, count, longDay, magnitude, plural } from "./numbers.ts";
import type { SiteData } from "./site_data.ts";
import { oneLine, shorten } from "./text.ts";
import { relativeUrl } from "./urls.ts";
import { type AnswerView, answerView, byline, type ImageView, imageView } from "./views.ts";
import type { Run } from "./words.ts";

/** A prompt of a comparison. */
export interface PairSideView {
  /** `A` or `B`. */
  readonly letter: string;
  readonly href: string;
  readonly label: string;
  readonly runs: readonly Run[];
  readonly isLong: boolean;
  readonly answer: AnswerView;
}

/** A comparison as other pages tell of it. */
export interface PairLinkView {
  readonly href: string;
  readonly a: PairSideView;
  readonly b: PairSideView;
  readonly sentence: string;
  readonly isControl: boolean;
}

/** Whether the states before the change agree. */
export interface SoundnessView {
  readonly verdict: "sound" | "unsound" | "open";
  readonly text: string;
  readonly detail: string;
}

interface FileView {
  readonly href: string;
  readonly name: string;
  readonly size: string;
  readonly what: string;
}

/** Everything that a comparison's page shows without a script. */
export interface PairView {
  readonly title: string;
  readonly a: PairSideView;
  readonly b: PairSideView;
  readonly sentence: string;
  readonly isControl: boolean;
  readonly change: string;
  readonly soundness: SoundnessView;
  readonly image: ImageView;
  readonly stage: {
    readonly a: string;
    readonly b: string;
    readonly pair: string;
    /** "" where there are no frames in the difference's space. */
    readonly differenceA: string;
    readonly differenceB: string;
    readonly label: string;
  };
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly downloads: readonly FileView[];
  readonly others: readonly PairLinkView[];
  readonly compare: string;
  readonly about: string;
  readonly permalink: string;
  readonly permalinkText: string;
  readonly citation: string;
}

/** A prompt longer than this is set smaller. */
const longText = 60;

/** The later of the two days on which the prompts were added. */
export function dayOf({ a, b }: PairEntry): string {
  return [a.entry.scan.date, b.entry.scan.date].sort()[1];
}

/** `The day after: Monday or Friday`. */
export function titleOf({ a, b }: PairEntry): string {
  return `${a.entry.scan.title}: ${a.label} or ${b.label}`;
}

export function soundnessView(
  { largest, nStates, tolerance }: PairRecord["soundness"],
): SoundnessView {
  if (nStates === 0) {
    return {
      verdict: "open",
      text: "The change stands in the first token: no state lies before it",
      detail: "There is nothing that would have to agree.",
    };
  }
  const sound = largest <= tolerance;
  return {
    verdict: sound ? "sound" : "unsound",
    text: `States before the change ${sound ? "agree" : "do not agree"}: largest deviation ${
      magnitude(largest)
    }`,
    detail: `${plural(nStates, "state")} compared, relative to the layer's mean norm; up to ${
      magnitude(tolerance)
    } passes.`,
  };
}

/** @param from address of the page that tells of it */
export function pairLinkView(from: string, pair: PairEntry): PairLinkView {
  return {
    href: relativeUrl(from, pair.url),
    a: sideView(from, pair.a, "A"),
    b: sideView(from, pair.b, "B"),
    sentence: pair.pair.finding.sentence,
    isControl: pair.pair.control,
  };
}

/** @param current left out */
export function pairLinkViews(
  from: string,
  { pairs }: Family,
  current?: PairEntry,
): PairLinkView[] {
  return pairs.filter((pair) => pair !== current).map((pair) => pairLinkView(from, pair));
}

function sideView(from: string, { entry, runs, label }: PairSide, letter: string): PairSideView {
  return {
    letter,
    href: relativeUrl(from, entry.url),
    label,
    runs,
    isLong: entry.scan.text.length > longText,
    answer: answerView(entry.scan),
  };
}

/** Gathers what a page shows; every value is text, ready for a template that escapes. */
export function pairView(site: SiteData, entry: PairEntry): PairView {
  const { pair, a, b, url: from, family } = entry;
  const address = new URL(from.slice(1), site.location);
  const permalinkText = site.isLocationKnown ? address.href : address.pathname;
  const file = (path: string) => relativeUrl(from, `/${path}`);
  const { difference } = pair;
  return {
    title: titleOf(entry),
    a: sideView(from, a, "A"),
    b: sideView(from, b, "B"),
    sentence: pair.finding.sentence,
    isControl: pair.control,
    // A variant says what it changes in the base prompt, and in nothing else.
    change: a.entry.scan.variant === "" ? b.entry.scan.change : "",
    soundness: soundnessView(pair.soundness),
    image: imageView(site, from, a.entry.scan),
    stage: {
      a: file(a.entry.scan.frames.path),
      b: file(b.entry.scan.frames.path),
      pair: file(pair.pair.path),
      differenceA: difference === null ? "" : file(difference.a.path),
      differenceB: difference === null ? "" : file(difference.b.path),
      label: `Two prompts compared: A “${oneLine(a.entry.scan.text)}”, B “${
        oneLine(b.entry.scan.text)
      }”`,
    },
    facts: factsOf(entry),
    downloads: downloadsOf(entry, file),
    others: pairLinkViews(from, family, entry),
    compare: `${relativeUrl(from, "/compare/")}#a=${compareKey(a.entry.url)}&b=${
      compareKey(b.entry.url)
    }`,
    about: relativeUrl(from, "/about/#comparison"),
    permalink: relativeUrl(from, from),
    permalinkText,
    citation: citationOf(entry, permalinkText),
  };
}

/** A scan as the compare page's address names it: `days/friday` for `/p/days/friday/`. */
export function compareKey(url: string): string {
  return url.replace(/^\/p\/|\/$/g, "");
}

function factsOf({ pair, a, b }: PairEntry): [string, string][] {
  const { model, run } = a.entry.scan;
  return [
    ["Model", `${model.name}, revision ${model.revision}`],
    ["Weights", model.digest],
    [
      "Prompts",
      `A ${plural(a.entry.scan.tokens.length, "token")}, B ${
        plural(b.entry.scan.tokens.length, "token")
      }`,
    ],
    ["Compared at", `${count(a.entry.scan.layers.length)} states of every token`],
    ["Scanned", `${longDay(run.date)}, on ${run.provider}`],
    ["Written by", run.writer],
    ["Address of the comparison", pair.key],
  ];
}

function downloadsOf({ pair, a, b }: PairEntry, file: (path: string) => string): FileView[] {
  const list: [name: string, { path: string; bytes: number }, what: string][] = [
    ["Comparison", pair.pair, "every measure of this page, layer by layer"],
    ["Frames of A", a.entry.scan.frames, "every layer's particles, guesses and measures"],
    ["Frames of B", b.entry.scan.frames, "the same of the other prompt, in the same space"],
  ];
  if (pair.difference !== null) {
    list.push(
      [
        "Difference, A",
        pair.difference.a,
        "frames along the three strongest directions of the difference",
      ],
      ["Difference, B", pair.difference.b, "the same of the other prompt"],
    );
  }
  return list.map(([name, { path, bytes: size }, what]) => ({
    href: file(path),
    name,
    size: bytes(size),
    what,
  }));
}

function citationOf(entry: PairEntry, permalink: string): string {
  const { scan } = entry.a.entry;
  return `${byline(scan)}“${
    shorten(titleOf(entry), 120)
  }”, comparison of two scans of ${scan.model.name}. ` +
    `${scan.run.writer}, ${scan.run.date.slice(0, 10)}. ${permalink} (comparison ${
      entry.pair.key.slice(0, 16)
    })`;
}
