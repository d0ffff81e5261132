/**
 * A small collection in a folder of its own, and `deno task scan` and `deno task build` on it: real
 * command lines, real processes, a model that is tiny but whole.
 */
import { join } from "node:path";
import * as v from "valibot";
import { type Manifest, manifestSchema } from "../../scan/store/manifest.ts";
import { tinyModelFiles, writeTinyModel } from "../fixtures/tiny_model.ts";
import { root } from "../ground/files.ts";

/** Folders of a collection that is made anew for a test. */
export interface Collection extends AsyncDisposable {
  readonly folder: string;
  readonly prompts: string;
  readonly data: string;
  /** The tiny model's folder. */
  readonly model: string;
}

/** Few particles, few steps: a family takes well under a second. */
const quick = { particles: 32, code: 4, hidden: 16, maxSteps: 8, neighbours: 6, epochs: 30 };

/** Makes many epochs of many points: a family that outlasts any test, to be interrupted. */
export const endless = "parameters: { particles: 2048, epochs: 5000 }\n";

/** A family's YAML. @param extra further lines */
export function familyFile(word: string, extra = ""): string {
  return `title: "About a ${word}"
text: "One ${word} sat on the mat"
expected: "x"
lookFor: Where the ${word} goes.
tags: [animals, ${word}]
author: weightscan
licence: CC0-1.0
date: 2026-03-04
${extra}variants:
  ran:
    text: "One ${word} ran on the mat"
    change: "sat → ran"
  control:
    text: "One ${word} sat on the rug"
    change: "mat → rug"
    control: true
`;
}

/** Two families of three members, unless `files` says otherwise; removed when it is disposed of. */
export async function makeCollection(
  files: Readonly<Record<string, string>> = {
    "cat.yml": familyFile("cat"),
    "dog.yml": familyFile("dog"),
  },
): Promise<Collection> {
  const folder = await Deno.makeTempDir({ prefix: "weightscan-" });
  const collection: Collection = {
    folder,
    prompts: join(folder, "prompts"),
    data: join(folder, "data"),
    model: join(folder, "tiny"),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
  await writeTinyModel(collection.model);
  await Deno.mkdir(collection.prompts);
  await writePrompt(
    collection,
    "_defaults.yml",
    `models: [${JSON.stringify(collection.model)}]\nparameters: ${JSON.stringify(quick)}\n`,
  );
  for (const [name, text] of Object.entries(files)) await writePrompt(collection, name, text);
  return collection;
}

/** Writes a file of the collection. */
export async function writePrompt(
  { prompts }: Collection,
  name: string,
  text: string,
): Promise<void> {
  await Deno.writeTextFile(join(prompts, name), text);
}

/** Writes a model whose small files are sound and whose graph is not one. @returns its folder */
export async function writeBrokenModel({ folder }: Collection): Promise<string> {
  const broken = join(folder, "broken");
  await Deno.mkdir(broken);
  const files = { ...tinyModelFiles(), "model.onnx": new Uint8Array(64).fill(0xff) };
  for (const [name, content] of Object.entries(files)) {
    if (typeof content === "string") await Deno.writeTextFile(join(broken, name), content);
    else await Deno.writeFile(join(broken, name), content);
  }
  return broken;
}

/** How a process ended. */
export interface Run {
  readonly code: number;
  /** Set where a signal ended it. */
  readonly signal: Deno.Signal | null;
  readonly out: string;
  readonly err: string;
}

/** Nothing here takes a minute; what hangs must not hang the tests. */
const patienceMs = 240_000;

/** A process whose standard error can be waited for. */
export interface Running {
  readonly child: Deno.ChildProcess;
  readonly ended: Promise<Run>;
  /** Resolves when standard error holds a match, false where the process ends before it does. */
  says(pattern: RegExp): Promise<boolean>;
}

function start(args: readonly string[]): Running {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let err = "";
  let over = false;
  const waiting = new Set<() => void>();
  const readErr = async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      err += text;
      waiting.forEach((look) => look());
    }
  };
  const ended = (async (): Promise<Run> => {
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    const [{ code, signal }, out] = await Promise.all([
      child.status,
      new Response(child.stdout).text(),
      readErr(),
    ]);
    clearTimeout(timer);
    over = true;
    waiting.forEach((look) => look());
    return { code, signal, out, err };
  })();
  return {
    child,
    ended,
    says: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          const found = pattern.test(err);
          if (!found && !over) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Starts a scan, without the task around it: what is to be killed is the process itself. */
export function startScan(
  { prompts, data }: Collection,
  ...args: readonly string[]
): Running {
  const folders = ["--prompts", prompts, "--data", data, "--device", "cpu"];
  return start(["run", "-P=scan", "scan/main.ts", ...folders, ...args]);
}

/** Runs `deno task scan` to its end. */
export function scan({ prompts, data }: Collection, ...args: readonly string[]): Promise<Run> {
  const folders = ["--prompts", prompts, "--data", data, "--device", "cpu"];
  return start(["task", "--quiet", "scan", ...folders, ...args]).ended;
}

/** Runs `deno task diff` to its end. */
export function diff({ prompts, data }: Collection, ...args: readonly string[]): Promise<Run> {
  const folders = ["--prompts", prompts, "--data", data, "--device", "cpu"];
  return start(["task", "--quiet", "diff", ...folders, ...args]).ended;
}

/** Runs `deno task build --builder=npm` to its end. */
export function build({ data }: Collection, out: string, ...args: readonly string[]): Promise<Run> {
  const flags = ["--builder=npm", "--data", data, "--out", out, ...args];
  return start(["task", "--quiet", "build", ...flags]).ended;
}

/** A folder's files: content, and when each was written. */
export interface Snapshot {
  readonly [path: string]: { readonly digest: string; readonly writtenMs: number };
}

/** Reads a folder; empty where there is none. What killed writers left behind is passed over. */
export async function snapshot(folder: string, prefix = ""): Promise<Snapshot> {
  const files: Record<string, Snapshot[string]> = {};
  let entries: Deno.DirEntry[] = [];
  try {
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(folder, name);
    if (name.startsWith(".part-")) continue;
    if (isDirectory) Object.assign(files, await snapshot(path, `${prefix}${name}/`));
    else {
      const bytes = new Uint8Array(
        await crypto.subtle.digest("SHA-256", await Deno.readFile(path)),
      );
      const { mtime } = await Deno.stat(path);
      files[prefix + name] = { digest: bytes.toHex(), writtenMs: mtime?.getTime() ?? NaN };
    }
  }
  return files;
}

/** Digests of what has to be the same whenever and however often it is scanned: not of records, which say when. */
export function contents(files: Snapshot): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files)
      .filter(([path]) => /^(frames|thumbs)\//.test(path))
      .map(([path, { digest }]) => [path, digest]),
  );
}

/** The list that the site reads. @throws where it does not fit its schema */
export async function readManifest({ data }: Collection): Promise<Manifest> {
  return v.parse(manifestSchema, JSON.parse(await Deno.readTextFile(join(data, "scans.json"))));
}

/** The list without what says when and where a scan was made. */
export async function readManifestFacts(collection: Collection): Promise<unknown> {
  const { scans, pairs } = await readManifest(collection);
  return { scans: scans.map(({ run: _, ...facts }) => facts), pairs };
}
