import { dirname, join, relative } from "node:path";
import { isMissing } from "../missing.ts";
import { type ModelId, requireInside } from "./model_id.ts";

/**
 * The cache on this disk, laid out as the hub's own clients do, so that what one of them fetched the
 * others find:
 *
 *     models--org--name/refs/main              the commit that the branch is at
 *     models--org--name/blobs/<digest>         contents
 *     models--org--name/snapshots/<commit>/…   links by the names that the files have
 */

/** Variables that say where the cache is, as the hub's own clients read them. */
export type Environment = (name: string) => string | undefined;

/** Folder of the cache. @throws {RangeError} if there is neither such a variable nor a home folder */
export function cacheFolder(env: Environment): string {
  const named = env("HF_HUB_CACHE") ?? env("HUGGINGFACE_HUB_CACHE");
  if (named) return named;
  const root = env("HF_HOME");
  if (root) return join(root, "hub");
  const caches = env("XDG_CACHE_HOME");
  if (caches) return join(caches, "huggingface", "hub");
  const home = env("HOME") ?? env("USERPROFILE");
  if (home) return join(home, ".cache", "huggingface", "hub");
  throw new RangeError(
    "Cannot find the cache of models: expected HF_HOME or HOME to be set, got neither",
  );
}

/** Folder of one repository. */
export function repoFolder(cache: string, repo: string): string {
  return join(cache, `models--${repo.replaceAll("/", "--")}`);
}

/** Folder of one commit's files. */
export function snapshotFolder(cache: string, repo: string, commit: string): string {
  return join(repoFolder(cache, repo), "snapshots", requireInside(commit));
}

/** Place of contents by their digest. */
export function blobPath(cache: string, repo: string, digest: string): string {
  return join(repoFolder(cache, repo), "blobs", requireInside(digest));
}

/** A model's files in the cache. */
export interface Cached {
  readonly folder: string;
  readonly commit: string;
}

/** Finds what was fetched of a model; null if nothing was. */
export function findCached(cache: string, { repo, revision }: ModelId): Cached | null {
  const folder = repoFolder(cache, repo);
  const commit = readRef(join(folder, "refs", revision)) ?? revision;
  const snapshot = join(folder, "snapshots", requireInside(commit));
  try {
    return Deno.statSync(snapshot).isDirectory ? { folder: snapshot, commit } : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function readRef(path: string): string | null {
  try {
    return Deno.readTextFileSync(path).trim();
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Remembers which commit a branch or tag is at. */
export async function writeRef(
  cache: string,
  { repo, revision }: ModelId,
  commit: string,
): Promise<void> {
  if (revision === commit) return;
  const path = join(repoFolder(cache, repo), "refs", requireInside(revision));
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, commit);
}

/** Gives contents a name in a snapshot: by a link, or by a copy where the system has no links. */
export async function linkBlob(snapshot: string, path: string, blob: string): Promise<void> {
  const place = join(snapshot, requireInside(path));
  await Deno.mkdir(dirname(place), { recursive: true });
  try {
    await Deno.remove(place);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    await Deno.symlink(relative(dirname(place), blob), place);
  } catch {
    await Deno.copyFile(blob, place);
  }
}
