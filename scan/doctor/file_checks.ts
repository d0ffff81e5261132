import { dirname, join, resolve } from "node:path";
import { cacheFolder, type Environment } from "../model/hub/cache.ts";
import { listCached } from "../model/hub/inspect.ts";
import { isMissing } from "../model/missing.ts";
import { readModelSource } from "../model/source.ts";
import { partPrefix } from "../store/atomic.ts";
import { formatBytes } from "../units.ts";
import { fault, type Finding, messageOf, note, ok } from "./finding.ts";

/** Files that are younger may be being written by a scan that runs. */
const staleMs = 60_000;

/** The bundled model's weights against the digest of its card. */
export async function checkBundled(read = () => readModelSource("bundled")): Promise<Finding> {
  try {
    const { identity, model } = await read();
    const { name, revision } = identity;
    const size = formatBytes(model.length);
    return ok(
      "bundled model",
      `${name}, revision ${revision}, ${size}, with the digest of its card`,
    );
  } catch (error) {
    return fault(
      "bundled model",
      messageOf(error),
      'Restore its folder with "git checkout scan/bundled".',
    );
  }
}

/** The cache of models that were fetched: where it is, what is in it, what was begun. */
export function checkCache(env: Environment): Finding[] {
  const topic = "model cache";
  let folder: string;
  try {
    folder = cacheFolder(env);
  } catch (error) {
    return [note(topic, messageOf(error), "Set HF_HOME to a folder for models.")];
  }
  let repos;
  try {
    repos = listCached(folder);
  } catch (error) {
    return [note(
      topic,
      `${folder} cannot be read: ${messageOf(error)}`,
      "Make it readable, or set HF_HOME to another folder.",
    )];
  }
  const total = repos.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const findings = [
    ok(
      topic,
      repos.length === 0
        ? `${folder}, with nothing in it`
        : `${folder}, ${formatBytes(total)} in ${repos.length} models`,
    ),
  ];
  for (const { repo, sizeBytes, models, incomplete } of repos) {
    const what = models.length > 0 ? models.join(", ") : "no ONNX file";
    findings.push(ok(topic, `${repo}, ${formatBytes(sizeBytes)}: ${what}`));
    if (incomplete.length === 0) continue;
    const bytes = incomplete.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    findings.push(note(
      topic,
      `${repo}: ${incomplete.length} files are fetched in part, ${formatBytes(bytes)}`,
      `Go on with "deno task model ${repo}", or delete ${
        incomplete.map(({ path }) => path).join(" ")
      }`,
    ));
  }
  return findings;
}

/**
 * The folder of results: whether it takes files, and what killed scans left in it.
 *
 * @param folder may be missing; it is then made by the first scan
 */
export async function checkData(folder: string): Promise<Finding[]> {
  const topic = "data folder";
  const path = resolve(folder);
  if (await isFile(path)) {
    return [fault(topic, `${path} is a file`, "Move it, or name another folder with --data.")];
  }
  const names = await listNames(path);
  const place = names === null ? await nearestFolder(path) : path;
  try {
    await Deno.remove(await Deno.makeTempFile({ dir: place, prefix: partPrefix }));
  } catch (error) {
    return [fault(
      topic,
      `${place} takes no file: ${messageOf(error)}`,
      "Make room and give yourself the right to write there, or name another folder with --data.",
    )];
  }
  if (names === null) return [ok(topic, `${path} is made by the first scan`)];

  const records = await listNames(join(path, "records")) ?? [];
  const nScans = records.filter((name) => name.endsWith(".json")).length;
  const findings = [ok(topic, `${path} can be written, ${nScans} scans`)];
  const left: string[] = [];
  for (const part of [path, ...["records", "frames", "thumbs"].map((name) => join(path, name))]) {
    for (const name of await listNames(part) ?? []) {
      if (name.startsWith(partPrefix) && await isStale(join(part, name))) left.push(name);
    }
  }
  if (left.length > 0) {
    findings.push(note(
      topic,
      `${left.length} files that a killed scan left half-written`,
      "Nothing reads them; the next scan deletes them.",
    ));
  }
  return findings;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** null where there is no such folder. */
async function listNames(folder: string): Promise<string[] | null> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function nearestFolder(path: string): Promise<string> {
  const above = dirname(path);
  return above === path || await listNames(above) !== null ? above : await nearestFolder(above);
}

async function isStale(path: string): Promise<boolean> {
  try {
    const { mtime } = await Deno.stat(path);
    return mtime !== null && Date.now() - mtime.getTime() >= staleMs;
  } catch (error) {
    // Its scan has finished it by now.
    if (isMissing(error)) return false;
    throw error;
  }
}
