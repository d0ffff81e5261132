import { imageDimensionsFromData } from "image-dimensions";
import { join } from "node:path";
import * as v from "valibot";
import { decodeScan } from "../scan/format/decode.ts";
import {
  type Manifest,
  manifestSchema,
  type PairRecord,
  type ScanEntry,
} from "../scan/store/manifest.ts";
import type { FrameFacts, Picture } from "./lib/site_data.ts";

/** Wrong input to a build: told in one line, with the mend, and exit code 2. */
export class InputError extends Error {
  override name = "InputError";
}

/** What the builders read from the data folder. */
export interface ScanData {
  readonly scans: readonly ScanEntry[];
  readonly pairs: readonly PairRecord[];
  readonly pictures: ReadonlyMap<string, Picture>;
  readonly frames: ReadonlyMap<string, FrameFacts>;
}

/** Files read at the same time. */
const nReaders = 16;

/**
 * Reads the manifest and looks into every file that it names, so that no page is written for a scan
 * that a reader could not open.
 *
 * @throws {InputError} if the manifest or one of its files is missing or broken
 */
export async function loadScans(dataFolder: string): Promise<ScanData> {
  const { scans, pairs } = await readManifest(dataFolder);
  const pictures = new Map<string, Picture>();
  const frames = new Map<string, FrameFacts>();
  let next = 0;
  const read = async () => {
    while (next < scans.length) {
      const scan = scans[next++];
      await readFile(dataFolder, scan.lens.path, scan.id);
      pictures.set(scan.thumbnail.path, await readPicture(dataFolder, scan));
      frames.set(scan.frames.path, await readFrames(dataFolder, scan));
    }
  };
  await Promise.all(Array.from({ length: nReaders }, read));
  for (const pair of pairs) {
    for (const { path } of filesOfPair(pair)) await checkFile(dataFolder, path, pair.a);
  }
  return { scans, pairs, pictures, frames };
}

/** The files of a comparison: its side file, and the frames in the difference's space where it has them. */
export function filesOfPair({ pair, difference }: PairRecord): PairRecord["pair"][] {
  return difference === null ? [pair] : [pair, difference.a, difference.b];
}

/** Reads the list of scans. @throws {InputError} if it is missing or broken */
export async function readManifest(dataFolder: string): Promise<Manifest> {
  const path = join(dataFolder, "scans.json");
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new InputError(
      `Cannot build the site: expected scans in "${path}", got no such file. Run "deno task scan" first.`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `Cannot read "${path}": expected JSON, got ${
        error instanceof Error ? error.message : error
      }. Run "deno task scan" to write it anew.`,
    );
  }
  const parsed = v.safeParse(manifestSchema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new InputError(
      `Cannot read "${path}": expected ${issue.expected} at ${
        v.getDotPath(issue) ?? "its top"
      }, got ${issue.received}. Run "deno task scan" to write it anew.`,
    );
  }
  return parsed.output;
}

/** @throws {InputError} naming the scan and the mend */
function broken(path: string, id: string, got: string): InputError {
  return new InputError(
    `Cannot show the scan "${id}": expected a whole file "${path}", got ${got}. Run "deno task scan ${
      id.split("/")[0]
    } --force".`,
  );
}

async function readFile(
  folder: string,
  path: string,
  id: string,
): Promise<Uint8Array<ArrayBuffer>> {
  checkPath(path, id);
  try {
    return await Deno.readFile(join(folder, path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw broken(path, id, "no such file");
  }
}

/** A comparison's files are only looked for: what is in them is for the page's script to read. */
async function checkFile(folder: string, path: string, id: string): Promise<void> {
  checkPath(path, id);
  const found = await Deno.stat(join(folder, path)).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return null;
  });
  if (!found?.isFile) throw broken(path, id, "no such file");
  if (found.size === 0) throw broken(path, id, "an empty file");
}

/** A manifest is data: it must not make a build publish files from elsewhere. */
function checkPath(path: string, id: string): void {
  if (!/^(?:frames|thumbs)\/[\w.-]+$/.test(path)) throw broken(path, id, "a path out of place");
}

async function readPicture(folder: string, { id, thumbnail }: ScanEntry): Promise<Picture> {
  const size = imageDimensionsFromData(await readFile(folder, thumbnail.path, id));
  if (size === undefined) throw broken(thumbnail.path, id, "no picture");
  return { width: size.width, height: size.height };
}

async function readFrames(folder: string, { id, frames }: ScanEntry): Promise<FrameFacts> {
  const bytes = await readFile(folder, frames.path, id);
  try {
    const scan = await decodeScan(bytes, { source: frames.path });
    return {
      nParticles: scan.header.nParticles,
      layers: scan.frames.map(({ guesses, measures }, i) => ({
        name: scan.header.layers[i],
        guesses,
        measures,
      })),
    };
  } catch (error) {
    throw broken(frames.path, id, error instanceof Error ? error.message : String(error));
  }
}
