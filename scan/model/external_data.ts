import { createHash } from "node:crypto";
import { basename, dirname, isAbsolute, join, normalize } from "node:path";
import { readTensorHead } from "../onnx/declarations.ts";
import { relocateWeights } from "../onnx/relocate.ts";
import type { ModelView } from "../onnx/read_model.ts";
import { isMissing } from "./missing.ts";

/** A file with weights beside the model. */
export interface ExternalFile {
  /** Path relative to the model's folder, as it stands in the model. */
  readonly location: string;
  /** The least that the file must hold. */
  readonly sizeBytes: number;
}

/**
 * The files that hold a model's weights, in the order of their paths.
 *
 * @param path of the model, for messages
 * @throws {RangeError} if one lies outside of the model's folder
 */
export function listExternalFiles({ initializers }: ModelView, path: string): ExternalFile[] {
  const sizes = new Map<string, number>();
  for (const { bytes } of initializers) {
    const { external } = readTensorHead(bytes);
    if (!external) continue;
    const { location, offsetBytes, lengthBytes } = external;
    sizes.set(location, Math.max(sizes.get(location) ?? 0, offsetBytes + lengthBytes));
  }
  return [...sizes].map(([location, sizeBytes]) => {
    if (isAbsolute(location) || normalize(location).startsWith("..")) {
      throw new RangeError(
        `Cannot load "${path}": expected weights in the model's folder, got "${location}"`,
      );
    }
    return { location, sizeBytes };
  }).toSorted((a, b) => a.location < b.location ? -1 : 1);
}

/**
 * Checks that the files are there and whole.
 *
 * @param path of the model
 * @throws {RangeError} if one is missing or cut off
 */
export async function checkExternalFiles(
  files: readonly ExternalFile[],
  path: string,
): Promise<void> {
  for (const { location, sizeBytes } of files) {
    const file = join(dirname(path), location);
    let actualBytes = -1;
    try {
      actualBytes = (await Deno.stat(file)).size;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    if (actualBytes >= sizeBytes) continue;
    throw new RangeError(
      `Cannot load "${path}": expected its weights in ${file}, ${sizeBytes} bytes or more, got ` +
        `${actualBytes < 0 ? "no such file" : `${actualBytes} bytes, a file that is cut off`}. ` +
        "Fetch it anew and put it beside the model under that name.",
    );
  }
}

/** A model's bytes and the folder that its weights are found in. */
export interface Placed {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly dataFolder: string | null;
}

/**
 * Makes a model that the runtime will load. It refuses weights behind a link that leads out of the
 * folder, which is how the hub's clients lay out their cache: such a model is told the files' real
 * places instead.
 *
 * @param path of the model
 * @throws {RangeError} if the links lead to several folders
 */
export async function placeExternalFiles(
  model: Uint8Array<ArrayBuffer>,
  files: readonly ExternalFile[],
  path: string,
): Promise<Placed> {
  if (files.length === 0) return { model, dataFolder: null };
  const folder = await Deno.realPath(dirname(path));
  const paths = await Promise.all(
    files.map(async ({ location }) => await Deno.realPath(join(dirname(path), location))),
  );
  if (paths.every((real, i) => real === join(folder, files[i].location))) {
    return { model, dataFolder: folder };
  }
  const dataFolder = dirname(paths[0]);
  if (paths.some((real) => dirname(real) !== dataFolder)) {
    throw new RangeError(
      `Cannot load "${path}": expected its weights in one folder, got links to ${
        paths.join(", ")
      }. ` +
        "Copy the files themselves beside the model.",
    );
  }
  const places = new Map(files.map(({ location }, i) => [location, basename(paths[i])]));
  return { model: relocateWeights(model, places), dataFolder };
}

/**
 * Digest of a model with all its weights: that of the model's own file where it holds them, else one
 * over the digests of all its files.
 *
 * @returns `sha256:` and 64 hex digits
 */
export async function digestModel(
  model: Uint8Array,
  files: readonly ExternalFile[],
  folder: string,
): Promise<string> {
  const own = createHash("sha256").update(model).digest("hex");
  if (files.length === 0) return `sha256:${own}`;
  const all = createHash("sha256").update(`${own}\n`);
  for (const { location } of files) {
    all.update(`${location} ${await digestFile(join(folder, location))}\n`);
  }
  return `sha256:${all.digest("hex")}`;
}

/** @returns hex digits; "missing" for a file that is not there, which loading will refuse */
async function digestFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(1 << 20);
  try {
    using file = await Deno.open(path);
    for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
      hash.update(buffer.subarray(0, n));
    }
  } catch (error) {
    if (isMissing(error)) return "missing";
    throw error;
  }
  return hash.digest("hex");
}
