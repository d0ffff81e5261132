import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, findCached, repoFolder } from "./hub/cache.ts";
import { type ModelId, parseModelId } from "./hub/model_id.ts";
import { isMissing } from "./missing.ts";

/** Name of the model that ships with the project. */
export const bundledName = "bundled";

/** Where a model's files are. */
export interface ModelFiles {
  /** What the model is called. */
  readonly name: string;
  readonly model: string;
  readonly tokenizer: string;
  /** May be missing. */
  readonly tokenizerConfig: string;
  /** `config.json`, or `genai_config.json` where that is all there is. */
  readonly config: string;
  /** The commit of a model that was fetched from the hub. */
  readonly commit?: string;
}

const bundledFolder = fileURLToPath(new URL("../bundled/", import.meta.url));

/** Where the ONNX file may lie in a folder: beside the others, or as the hub's repositories have it. */
const places = ["model.onnx", "onnx/model.onnx"];

const wanted = 'expected "bundled" or a folder with model.onnx, tokenizer.json and config.json';

/**
 * Finds the files of a model. Reads synchronously and no file's contents, because a collection of
 * prompts is checked in one go.
 *
 * @param name `bundled`; a folder; an ONNX file, whose other files lie beside it or above; or a hub's id,
 *   which is looked up in the cache and nowhere else
 * @throws {RangeError} if a file is missing; the message names it
 */
export function locateModel(name: string): ModelFiles {
  if (name === bundledName) {
    const tokenizer = join(bundledFolder, "tokenizer");
    const files = {
      name,
      model: join(bundledFolder, "model.onnx"),
      tokenizer: join(tokenizer, "tokenizer.json"),
      tokenizerConfig: join(tokenizer, "tokenizer_config.json"),
      config: join(bundledFolder, "card.json"),
    };
    for (const path of [files.model, files.tokenizer, files.config]) {
      if (isFile(path)) continue;
      throw new RangeError(
        `Cannot find the model "bundled": expected its weights, got no file ${path}. Restore ` +
          "scan/bundled, or run deno task train",
      );
    }
    return files;
  }
  const id = parseModelId(name);
  return id && !exists(name) ? locateFetched(name, id) : locateFiles(name);
}

/** How a model of the hub comes onto a machine without a network; "" for any other name. */
export function howToBring(name: string): string {
  const id = parseModelId(name);
  if (id === null || exists(name)) return "";
  const folder = repoFolder(ownCacheFolder(), id.repo);
  return `. Without a network here, fetch it on another machine and copy its folder ` +
    `${basename(folder)} to ${folder}`;
}

/** The cache's folder on this machine. */
function ownCacheFolder(): string {
  return cacheFolder((variable) => Deno.env.get(variable));
}

/** A model of the hub, in the cache. */
function locateFetched(name: string, id: ModelId): ModelFiles {
  const cached = findCached(ownCacheFolder(), id);
  const isHere = cached && (id.file === null || isFile(join(cached.folder, id.file)));
  if (!isHere) {
    throw new RangeError(
      `Cannot find the model "${name}": ${wanted}, or a model of the hub that was fetched, got no file ` +
        `${join(name, places[0])} and none in the cache, ${ownCacheFolder()}. Fetch it with: ` +
        `deno task model ${name}`,
    );
  }
  const place = id.file === null ? cached.folder : join(cached.folder, id.file);
  const files = locateFiles(place);
  const short = id.file === null || places.includes(id.file) ? id.repo : `${id.repo}:${id.file}`;
  return { ...files, name: short, commit: cached.commit };
}

function locateFiles(name: string): ModelFiles {
  const isModel = name.endsWith(".onnx") && isFile(name);
  const model = isModel ? name : findModel(name);
  const above = (path: string, n: number): string[] =>
    n === 0 ? [] : [dirname(path), ...above(dirname(path), n - 1)];
  const folders = isModel ? above(name, 3) : [name, dirname(model)];
  const find = (...files: string[]) => {
    const paths = files.flatMap((file) => folders.map((folder) => join(folder, file)));
    const found = paths.find(isFile);
    if (found !== undefined) return found;
    throw new RangeError(`Cannot find the model "${name}": ${wanted}, got no file ${paths[0]}`);
  };
  const tokenizer = find("tokenizer.json");
  return {
    name: nameOf(name, dirname(tokenizer), model),
    model,
    tokenizer,
    tokenizerConfig: join(dirname(tokenizer), "tokenizer_config.json"),
    config: find("config.json", "genai_config.json"),
  };
}

/** The folder's name; of a file that is not the usual one, with the file. */
function nameOf(name: string, folder: string, model: string): string {
  const file = relative(folder, model).replaceAll("\\", "/");
  const short = basename(folder) || basename(name);
  return places.includes(file) ? short : `${short}:${file}`;
}

function findModel(folder: string): string {
  const usual = places.map((place) => join(folder, place)).find(isFile);
  if (usual !== undefined) return usual;
  const others = [folder, join(folder, "onnx")].flatMap((place) =>
    listFiles(place).filter((file) => file.endsWith(".onnx")).map((file) => join(place, file))
  );
  if (others.length === 1) return others[0];
  throw new RangeError(
    `Cannot find the model "${folder}": ${wanted}, got no file ${join(folder, places[0])}` +
      (others.length > 1 ? `. Name one of ${others.toSorted().join(", ")}` : ""),
  );
}

function listFiles(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
