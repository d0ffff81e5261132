import type { RemoteFile } from "./client.ts";

/** Small files that a model is read with, where the repository has them. */
const smallFiles = ["tokenizer.json", "tokenizer_config.json", "config.json", "genai_config.json"];

/** Where the ONNX file lies in most repositories, the likeliest first. */
const usualPlaces = ["onnx/model.onnx", "model.onnx"];

/**
 * Finds the ONNX file of a repository.
 *
 * @param wanted the file that was asked for, or null for the usual one
 * @throws {RangeError} if there is none, or several and none of the usual name; the message lists them
 */
export function chooseModel(
  files: readonly RemoteFile[],
  wanted: string | null,
  repo: string,
): RemoteFile {
  const models = files.filter(({ path }) => path.endsWith(".onnx"));
  const found = wanted !== null
    ? models.find(({ path }) => path === wanted)
    : usualPlaces.map((place) => models.find(({ path }) => path === place)).find((f) => f) ??
      (models.length === 1 ? models[0] : undefined);
  if (found) return found;
  if (models.length === 0) {
    throw new RangeError(
      `Cannot fetch the model "${repo}": expected an ONNX file in it, got none. Look for an export ` +
        "of it, often by onnx-community, or make one with Optimum.",
    );
  }
  const list = models.map(({ path, sizeBytes }) => `${path} (${(sizeBytes / 1e6).toFixed(1)} MB)`);
  throw new RangeError(
    `Cannot fetch the model "${repo}": expected ${wanted ?? "one ONNX file"}, got ${
      list.join(", ")
    }. ` +
      `Name one, as in ${repo}:${models[0].path}`,
  );
}

/**
 * The small files that belong to an ONNX file: beside it, or else in the folders above.
 *
 * @throws {RangeError} if there is no tokenizer or no description
 */
export function chooseSmallFiles(
  files: readonly RemoteFile[],
  model: RemoteFile,
  repo: string,
): RemoteFile[] {
  const folders: string[] = [];
  for (let at = model.path.lastIndexOf("/"); at >= 0; at = model.path.lastIndexOf("/", at - 1)) {
    folders.push(model.path.slice(0, at + 1));
    if (at === 0) break;
  }
  folders.push("");
  const chosen = smallFiles.flatMap((name) => {
    const paths = folders.map((folder) => folder + name);
    const found = paths.map((path) => files.find((file) => file.path === path)).find((f) => f);
    return found ? [found] : [];
  });
  const has = (name: string) => chosen.some(({ path }) => path.endsWith(name));
  const lacking = !has("tokenizer.json")
    ? "tokenizer.json"
    : !has("config.json")
    ? "config.json"
    : null;
  if (lacking === null) return chosen;
  throw new RangeError(
    `Cannot fetch the model "${repo}": expected ${lacking} beside ${model.path} or above, got none`,
  );
}

/**
 * The files that hold a model's weights beside it.
 *
 * @param locations as the model names them, relative to its folder
 * @throws {RangeError} if the repository lacks one
 */
export function chooseWeights(
  files: readonly RemoteFile[],
  model: RemoteFile,
  locations: readonly string[],
  repo: string,
): RemoteFile[] {
  const folder = model.path.slice(0, model.path.lastIndexOf("/") + 1);
  return locations.map((location) => {
    const found = files.find(({ path }) => path === folder + location);
    if (found) return found;
    throw new RangeError(
      `Cannot fetch the model "${repo}": expected the weights ${folder}${location} of ${model.path}, ` +
        "got no such file in the repository",
    );
  });
}
