/** A folder of YAML files → their texts: the only part of the collection that opens files. */
import { join } from "node:path";
import type { CollectionFile } from "./family.ts";
import type { Fault, FaultCode } from "./fault.ts";
import { defaultsFileName } from "./parse.ts";
import { bytesMax } from "./syntax.ts";

/** What a folder holds. */
export interface ReadCollection {
  readonly files: readonly CollectionFile[];
  /** Files that were meant to be read, those included that could not be. */
  readonly nFiles: number;
  /** Files that could not be read, and a folder that is missing or empty. */
  readonly faults: readonly Fault[];
}

/** Files in a collection; a folder with more is likely a wrong one. */
const filesMax = 10_000;

/**
 * Reads a collection's folder. Files other than `*.yml` are left alone, but for `*.yaml`, which
 * somebody meant to be read. Throws nothing: what cannot be read is a fault.
 *
 * @param folder path as it is to be shown in faults, e.g. `prompts`
 */
export async function readCollection(folder: string): Promise<ReadCollection> {
  const faults: Fault[] = [];
  const add = (path: string, code: FaultCode, message: string, mend: string) =>
    faults.push({
      path,
      line: 0,
      column: 0,
      length: 0,
      severity: "error",
      code,
      message,
      mend,
      source: "",
    });

  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    add(folder, "folder", `the folder cannot be read: ${reasonOf(error)}`, folderMend);
    return { files: [], nFiles: 0, faults };
  }
  entries.sort((a, b) => a.name < b.name ? -1 : 1);

  const files: CollectionFile[] = [];
  let nPrompts = 0;
  let nFiles = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name).replaceAll("\\", "/");
    const extension = /\.(ya?ml)$/i.exec(entry.name)?.[1];
    if (extension === undefined || entry.name.startsWith(".")) continue;
    if (entry.name !== defaultsFileName) nPrompts++;
    nFiles++;
    if (nFiles > filesMax) {
      add(folder, "folder", `the folder holds more than ${filesMax} files`, "split it up");
      break;
    }
    if (!entry.isFile) {
      // A link could point out of the collection and print what it finds there.
      const got = entry.isDirectory ? "a folder" : entry.isSymlink ? "a link" : "something else";
      add(path, "file", `expected a plain file, got ${got}`, "put the file itself here");
      continue;
    }
    if (extension !== "yml") {
      const name = entry.name.replace(/\.ya?ml$/i, ".yml");
      add(path, "file", `expected a name that ends in .yml, got .${extension}`, `name it ${name}`);
    }
    const text = await readText(path, (code, message, mend) => add(path, code, message, mend));
    if (text !== null) files.push({ path, text });
  }
  if (nPrompts === 0) {
    add(folder, "folder", "the folder holds no prompt: expected files named *.yml", folderMend);
  }
  return { files, nFiles, faults };
}

const folderMend = "run this in the root of the repository, or name the folder that holds them";

async function readText(
  path: string,
  add: (code: FaultCode, message: string, mend: string) => void,
): Promise<string | null> {
  try {
    const { size } = await Deno.stat(path);
    if (size > bytesMax) {
      add(
        "file",
        `the file is too large: expected at most ${bytesMax / 1024} KB, got ${
          Math.ceil(size / 1024)
        } KB`,
        "keep the prompt and its notes, and move the rest elsewhere",
      );
      return null;
    }
    const bytes = await Deno.readFile(path);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) {
      add("encoding", "the file is not UTF-8", 'save it with the encoding "UTF-8"');
    } else {
      add("file", `the file cannot be read: ${reasonOf(error)}`, "check its permissions");
    }
    return null;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is none";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotADirectory) return "it is a file";
  return error instanceof Error ? error.message : String(error);
}
