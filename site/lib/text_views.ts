import { count, inWords, percent } from "./numbers.ts";
import type { SiteData } from "./site_data.ts";
import { relativeUrl } from "./urls.ts";
import { type ImageView, imageView } from "./views.ts";

/** Figures of this very gallery that the about page names. */
export interface AboutView {
  readonly hasScans: boolean;
  readonly model: string;
  readonly nLayers: string;
  readonly nFrames: string;
  readonly dModel: string;
  readonly nParticles: string;
  readonly projection: string;
  readonly nPrompts: string;
  /** Prompts with a known answer, and how many of them the model gets right. */
  readonly nAsked: string;
  readonly nRight: string;
  readonly variance: string;
  readonly recall: string;
  readonly contribute: string;
  readonly image: ImageView | null;
}

export function aboutView(site: SiteData, from: string): AboutView {
  const { entries } = site.catalogue;
  const scan = entries[0]?.scan;
  const asked = entries.filter((entry) => entry.scan.correct !== null);
  const worst = (figure: (entry: typeof entries[number]) => number) =>
    percent(Math.max(0, Math.min(...entries.map(figure))), 0);
  return {
    hasScans: scan !== undefined,
    model: scan?.model.name ?? "",
    nLayers: inWords(scan?.model.nLayers ?? 0),
    nFrames: inWords(scan?.layers.length ?? 0),
    dModel: count(scan?.model.dModel ?? 0),
    nParticles: count(scan ? site.frames.get(scan.frames.path)?.nParticles ?? 1024 : 1024),
    projection: scan?.parameters.projection === "pca" ? "PCA" : "UMAP",
    nPrompts: count(entries.length),
    nAsked: count(asked.length),
    nRight: count(asked.filter((entry) => entry.scan.correct).length),
    variance: scan ? worst((entry) => entry.scan.quality.explainedVariance) : "",
    recall: scan ? worst((entry) => entry.scan.quality.neighbourRecall) : "",
    contribute: relativeUrl(from, "/contribute/"),
    image: scan ? imageView(site, from, scan) : null,
  };
}

/** A prompt file that the collection's parser accepts as it stands; a test sees to it. */
const examplePrompt = `# yaml-language-server: $schema=./schema.json
title: The next month
text: "Which month comes after May?"
expected: " June"
lookFor: >-
  The two prompts differ in one word. Watch for the layer
  at which their guesses part.
tags: [calendar, direction]
author: Your Name
licence: CC0-1.0
date: 2026-11-23
variants:
  before:
    text: "Which month comes before May?"
    expected: " April"
    change: "after → before: the same month, the other direction."
`;

export function contributeView(): { readonly example: string } {
  return { example: examplePrompt };
}
