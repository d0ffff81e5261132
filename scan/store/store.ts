import { join } from "node:path";
import * as v from "valibot";
import { removeStaleParts, writeAtomic } from "./atomic.ts";
import {
  type Manifest,
  manifestSchema,
  type PairRecord,
  pairRecordSchema,
  type ScanRecord,
  scanRecordSchema,
} from "./manifest.ts";

/** The files of one scan. */
export interface ScanFiles {
  readonly frames: Uint8Array;
  readonly lens: Uint8Array;
  /** WebP. */
  readonly thumbnail: Uint8Array;
}

/** Everything of a record that the store does not know by itself. */
export type ScanFacts = Omit<ScanRecord, "key" | "frames" | "lens" | "thumbnail">;

/** The files of one comparison. */
export interface PairFiles {
  /** All measures. */
  readonly pair: Uint8Array;
  /** Frames of both in the space of their difference. */
  readonly difference: { readonly a: Uint8Array; readonly b: Uint8Array } | null;
}

/** Everything of a pair's record that the store does not know by itself. */
export type PairFacts = Omit<PairRecord, "key" | "pair" | "difference">;

/** What the site lists: scans, and comparisons of scans that are listed. */
export type Listing = Pick<Manifest, "scans" | "pairs">;

/** Records come first: what is removed from front to back leaves no record whose files are gone. */
const folders = ["records", "frames", "thumbs"] as const;

/** Paths of a scan's files, relative to the data folder, with forward slashes. */
function pathsOf(key: string) {
  return {
    frames: `frames/${key}.msgpack`,
    lens: `frames/${key}.lens.msgpack`,
    thumbnail: `thumbs/${key}.webp`,
  };
}

/**
 * The data folder: scans by address, and the list that the site reads.
 *
 * A scan's three files are written first and its record last, each atomically, so that a record
 * that can be read stands for a whole scan, whenever a writer was killed. Files never change once
 * written: their names are digests of all that they depend on.
 */
export class Store {
  private constructor(readonly folder: string) {}

  /**
   * Opens the folder and clears away what killed scans left behind. A folder that is missing is made
   * when something is written.
   */
  static async open(folder: string): Promise<Store> {
    for (const name of folders) await removeStaleParts(join(folder, name));
    await removeStaleParts(folder);
    return new Store(folder);
  }

  /** The scan's record, or null where there is none or one of its files is missing or cut. */
  async readRecord(key: string): Promise<ScanRecord | null> {
    const text = await readTextOrNull(join(this.folder, "records", `${key}.json`));
    if (text === null) return null;
    const parsed = v.safeParse(scanRecordSchema, parseJsonOrNull(text));
    if (!parsed.success) return null;
    const record = parsed.output;
    for (const file of [record.frames, record.lens, record.thumbnail]) {
      if (await sizeOrNull(join(this.folder, file.path)) !== file.bytes) return null;
    }
    return record;
  }

  /** Writes a scan's files, then its record. A kill in between leaves a scan that is not there yet. */
  async writeScan(key: string, files: ScanFiles, facts: ScanFacts): Promise<ScanRecord> {
    const paths = pathsOf(key);
    for (const kind of ["frames", "lens", "thumbnail"] as const) {
      await writeAtomic(join(this.folder, paths[kind]), files[kind]);
    }
    const record: ScanRecord = {
      key,
      ...facts,
      frames: { path: paths.frames, bytes: files.frames.length },
      lens: { path: paths.lens, bytes: files.lens.length },
      thumbnail: { path: paths.thumbnail, bytes: files.thumbnail.length },
    };
    await writeAtomic(join(this.folder, "records", `${key}.json`), JSON.stringify(record));
    return record;
  }

  /** The record of a comparison, or null where there is none or one of its files is missing or cut. */
  async readPairRecord(key: string): Promise<PairRecord | null> {
    const text = await readTextOrNull(join(this.folder, "records", `${key}.pair.json`));
    if (text === null) return null;
    const parsed = v.safeParse(pairRecordSchema, parseJsonOrNull(text));
    if (!parsed.success) return null;
    const { pair, difference } = parsed.output;
    for (const file of [pair, ...difference ? [difference.a, difference.b] : []]) {
      if (await sizeOrNull(join(this.folder, file.path)) !== file.bytes) return null;
    }
    return parsed.output;
  }

  /** Writes a comparison's files, then its record. */
  async writePair(key: string, files: PairFiles, facts: PairFacts): Promise<PairRecord> {
    const write = async (name: string, bytes: Uint8Array) => {
      const path = `frames/${key}.${name}.msgpack`;
      await writeAtomic(join(this.folder, path), bytes);
      return { path, bytes: bytes.length };
    };
    const record: PairRecord = {
      key,
      ...facts,
      pair: await write("pair", files.pair),
      difference: files.difference && {
        a: await write("a", files.difference.a),
        b: await write("b", files.difference.b),
      },
    };
    await writeAtomic(join(this.folder, "records", `${key}.pair.json`), JSON.stringify(record));
    return record;
  }

  /** What the site lists now; empty where nothing readable is there. */
  async readManifest(): Promise<Listing> {
    const text = await readTextOrNull(join(this.folder, "scans.json"));
    const parsed = v.safeParse(manifestSchema, text === null ? null : parseJsonOrNull(text));
    return parsed.success ? parsed.output : { scans: [], pairs: [] };
  }

  /** Writes the list, unless it stands there already. @returns whether it was written */
  async writeManifest({ scans, pairs }: Listing): Promise<boolean> {
    const manifest: Manifest = { version: 1, scans, pairs };
    const text = JSON.stringify(manifest, null, 1) + "\n";
    const path = join(this.folder, "scans.json");
    if (await readTextOrNull(path) === text) return false;
    await writeAtomic(path, text);
    return true;
  }

  /** Removes every scan and comparison whose key is not in `keep`. @returns how many there were, and their bytes */
  async prune(keep: ReadonlySet<string>): Promise<{ files: number; bytes: number }> {
    const removed = { files: 0, bytes: 0 };
    for (const name of folders) {
      if (await sizeOrNull(join(this.folder, name)) === null) continue;
      for await (const entry of Deno.readDir(join(this.folder, name))) {
        const key = entry.name.split(".")[0];
        if (!entry.isFile || key === "" || keep.has(key)) continue;
        const path = join(this.folder, name, entry.name);
        removed.bytes += (await Deno.stat(path)).size;
        removed.files++;
        await Deno.remove(path);
      }
    }
    return removed;
  }
}

async function readTextOrNull(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function sizeOrNull(path: string): Promise<number | null> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function parseJsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
