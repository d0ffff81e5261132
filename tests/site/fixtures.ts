import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { type Assets, type SiteData, siteDataOf } from "../../site/lib/site_data.ts";
import { renderPages } from "../../site/writer.ts";
import type { Manifest, PairRecord, ScanEntry } from "../../scan/store/manifest.ts";
import { writeSyntheticData } from "../fixtures/synthetic_scan.ts";

export const projectFolder = fileURLToPath(new URL("../../", import.meta.url));
export const siteSource = new URL("../../site/", import.meta.url);

/** A scan's list entry, sound in every respect, with some fields changed. */
export function makeEntry(changes: Partial<ScanEntry> = {}): ScanEntry {
  const { family = "days", variant = "" } = changes;
  const id = changes.id ?? (variant === "" ? family : `${family}/${variant}`);
  const key = id.replace(/\W/g, "-");
  return {
    id,
    family,
    variant,
    title: "The day after",
    text: "Monday comes before",
    change: "",
    control: false,
    tags: ["cycle"],
    lookFor: "A ring.",
    expected: " Tuesday",
    author: "Somebody",
    licence: "CC0-1.0",
    date: "2026-11-23",
    correct: true,
    key,
    model: {
      name: "tiny",
      revision: "1",
      digest: `sha256:${"0".repeat(64)}`,
      nLayers: 2,
      dModel: 8,
      dVocab: 64,
    },
    parameters: { encoder: "pooled", projection: "umap", particles: 16, seed: 1 },
    quality: { explainedVariance: 0.9, trustworthiness: 0.98, neighbourRecall: 0.5 },
    tokens: [{ id: 1, text: "Monday" }, { id: 2, text: " comes" }, { id: 3, text: " before" }],
    answer: [{ id: 4, text: " Tuesday", p: 0.8 }, { id: 5, text: " a", p: 0.1 }],
    layers: ["embedding", "layer 1", "layer 2"],
    frames: { path: `frames/${key}.msgpack`, bytes: 1000 },
    lens: { path: `frames/${key}.lens.msgpack`, bytes: 100 },
    thumbnail: { path: `thumbs/${key}.webp`, bytes: 10 },
    run: { provider: "cpu", durationMs: 1234, writer: "weightscan 0.0.0", date: "2026-11-23" },
    ...changes,
  };
}

const assets: Assets = {
  style: "/assets/0/site.css",
  icon: "/assets/0/icon.svg",
  theme: "/assets/0/theme.js",
  gallery: "/assets/0/gallery.js",
  viewer: "/assets/0/viewer/main.js",
  pair: "/assets/0/viewer/pair_main.js",
  compare: "/assets/0/compare.js",
};

/** The site's data over entries whose files do not exist. */
export function makeSite(
  scans: readonly ScanEntry[],
  location?: string,
  pairs: readonly PairRecord[] = [],
): SiteData {
  return siteDataOf({ scans, pairs }, {
    location: new URL(location ?? "http://localhost:8000/"),
    isLocationKnown: location !== undefined,
    assets,
    pictures: new Map(scans.map((scan) => [scan.thumbnail.path, { width: 640, height: 400 }])),
    frames: new Map(scans.map((scan) => [scan.frames.path, {
      nParticles: 16,
      layers: scan.layers.map((name) => ({
        name,
        guesses: scan.answer,
        measures: { meanNorm: 1, lensEntropy: 2, cosineToPrevious: 0.5, meanDisplacement: 0 },
      })),
    }])),
    generator: "weightscan 0.0.0",
  });
}

/** A comparison's list entry, sound in every respect, with some fields changed. */
export function makePair(
  a: ScanEntry,
  b: ScanEntry,
  changes: Partial<PairRecord> = {},
): PairRecord {
  const key = `${a.key}-${b.key}`;
  return {
    key,
    model: a.model.name,
    family: a.family,
    a: a.id,
    b: b.id,
    aKey: a.key,
    bKey: b.key,
    control: b.control,
    soundness: { largest: 3e-7, nStates: 6, tolerance: 1e-4 },
    finding: { kind: "turns", sentence: "The answer turns at layer 2.", turnsAt: 2 },
    pair: { path: `frames/${key}.pair.msgpack`, bytes: 5000 },
    difference: {
      a: { path: `frames/${key}.a.msgpack`, bytes: 1000 },
      b: { path: `frames/${key}.b.msgpack`, bytes: 1000 },
    },
    ...changes,
  };
}

/** All pages by path. */
export async function renderAll(site: SiteData): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  for await (const { path, text } of renderPages(siteSource, site)) pages.set(path, text);
  return pages;
}

/** An element of a parsed page. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Text of everything inside. */
  readonly text: string;
}

/** Every element of a page in document order, as a browser's parser sees them. */
export function elementsOf(html: string): Element[] {
  const elements: Element[] = [];
  const visit = (node: DefaultTreeAdapterTypes.ChildNode): string => {
    if (node.nodeName === "#text" && "value" in node) return node.value;
    if (!("childNodes" in node)) return "";
    const at = elements.length;
    const isElement = "attrs" in node;
    if (isElement) elements.push({ name: node.nodeName, attributes: new Map(), text: "" });
    const text = node.childNodes.map(visit).join("");
    if (isElement) {
      const attributes = new Map(node.attrs.map(({ name, value }) => [name, value]));
      elements[at] = { name: node.nodeName, attributes, text };
    }
    return text;
  };
  parse(html).childNodes.forEach(visit);
  return elements;
}

/** Runs with a folder that is gone afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "weightscan-site-" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes a small data folder with real files, whose list may be changed. @param pairs whether it has comparisons */
export async function writeData(
  folder: string,
  change: (manifest: Manifest) => unknown = (manifest) => manifest,
  pairs = false,
): Promise<string> {
  const data = join(folder, "_data");
  const manifest = await writeSyntheticData(data, {
    families: 3,
    members: 2,
    particles: 16,
    frames: 3,
    pairs,
  });
  await Deno.writeTextFile(join(data, "scans.json"), JSON.stringify(change(manifest)));
  return data;
}

/** Every file below a folder with its bytes as text, by path with forward slashes. */
export async function readTree(folder: string, below = ""): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const decoder = new TextDecoder("latin1");
  for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    if (isDirectory) {
      for (const [key, value] of await readTree(folder, path)) files.set(key, value);
    } else files.set(path, decoder.decode(await Deno.readFile(join(folder, path))));
  }
  return files;
}

/** Runs a script of the site in a program of its own. */
export async function runScript(
  script: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", fileURLToPath(new URL(script, siteSource)), ...args],
    cwd: projectFolder,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
