import { createHash, type Hash } from "node:crypto";
import { dirname } from "node:path";
import type { OnProgress } from "../../onnx/engine.ts";
import { isMissing } from "../missing.ts";
import type { HubClient, RemoteFile } from "./client.ts";

/** Attempts in a row that bring no new byte before it is given up. */
const nFruitless = 3;

/**
 * Fetches a file to a place, goes on where an earlier try stopped, and checks its digest. The file
 * appears under its name when it is whole; until then it is called `….incomplete`.
 *
 * @param onProgress in bytes
 * @throws {RangeError} if what came is not what the hub announced; if the disk is full
 * @throws {Error} if the connection dies again and again; the next call goes on from there
 */
export async function downloadFile(
  client: HubClient,
  repo: string,
  commit: string,
  file: RemoteFile,
  place: string,
  onProgress: OnProgress = () => {},
): Promise<void> {
  if (await sizeOf(place) === file.sizeBytes) return;
  const partial = `${place}.incomplete`;
  await Deno.mkdir(dirname(place), { recursive: true });
  let fruitless = 0;
  let furthestBytes = 0;
  let hash = createHash("sha1");
  while (true) {
    // What is there is read again rather than believed; the digest covers it.
    let doneBytes = Math.max(0, await sizeOf(partial));
    if (doneBytes > file.sizeBytes) {
      await Deno.remove(partial);
      doneBytes = 0;
    }
    hash = await startHash(file, doneBytes > 0 ? partial : null);
    if (doneBytes === file.sizeBytes && doneBytes > 0) break;
    furthestBytes = Math.max(furthestBytes, doneBytes);
    const reason = await append(client, repo, commit, file, partial, doneBytes, hash, onProgress);
    if (reason === null) break;
    doneBytes = Math.max(0, await sizeOf(partial));
    // Where a server begins anew each time, the same bytes again are no progress.
    fruitless = doneBytes > furthestBytes ? 0 : fruitless + 1;
    if (fruitless === nFruitless) {
      throw new Error(
        `Cannot fetch "${repo}: ${file.path}": expected ${file.sizeBytes} bytes, got ${doneBytes} ` +
          `(${reason}). Run the command again: it goes on from there.`,
      );
    }
  }
  await finish(file, partial, place, hash, repo);
}

/** @returns why it stopped early, or null when the file is whole */
async function append(
  client: HubClient,
  repo: string,
  commit: string,
  file: RemoteFile,
  partial: string,
  offsetBytes: number,
  hash: Hash,
  onProgress: OnProgress,
): Promise<string | null> {
  const response = await client.open(repo, commit, file.path, offsetBytes);
  const start = Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? 0);
  if (response.status === 416 || start !== offsetBytes) {
    // The server has no such range, or sends the whole: begin anew.
    await response.body?.cancel();
    if (offsetBytes === 0) return `the answer ${response.status}`;
    await Deno.remove(partial);
    return "a range that cannot be had";
  }
  let doneBytes = offsetBytes;
  using out = await Deno.open(partial, { append: true, create: true });
  try {
    for await (const bytes of response.body ?? []) {
      await writeAll(out, bytes, partial);
      hash.update(bytes);
      doneBytes += bytes.length;
      onProgress(doneBytes, file.sizeBytes);
    }
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return error instanceof Error ? error.message : String(error);
  }
  return doneBytes < file.sizeBytes ? "the connection ended early" : null;
}

/**
 * Writes bytes to the end.
 *
 * @param path for messages
 * @throws {RangeError} if the file does not take them: the disk is full, or may not be written
 */
export async function writeAll(
  out: Pick<Deno.FsFile, "write">,
  bytes: Uint8Array,
  path: string,
): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await out.write(bytes.subarray(at));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(
      `Cannot write "${path}": expected room on the disk, got "${reason}". Make room, or set ` +
        "HF_HOME to a folder on another disk, and run the command again.",
      { cause },
    );
  }
}

async function finish(
  file: RemoteFile,
  partial: string,
  place: string,
  hash: Hash,
  repo: string,
): Promise<void> {
  const actual = hash.digest("hex");
  const sizeBytes = await sizeOf(partial);
  if (sizeBytes === file.sizeBytes && actual === file.digest) {
    await Deno.rename(partial, place);
    return;
  }
  await Deno.remove(partial);
  throw new RangeError(
    `Cannot use "${repo}: ${file.path}": expected ${file.sizeBytes} bytes with the digest ` +
      `${file.digest}, got ${sizeBytes} with ${actual}. What came was deleted: run the command again; ` +
      "if it stays so, a server on the way changes the file.",
  );
}

/** Git hashes a file with its size in front of it. */
async function startHash({ kind, sizeBytes }: RemoteFile, path: string | null): Promise<Hash> {
  const hash = createHash(kind === "sha256" ? "sha256" : "sha1");
  if (kind === "git") hash.update(`blob ${sizeBytes}\0`);
  if (path === null) return hash;
  using file = await Deno.open(path);
  const buffer = new Uint8Array(1 << 20);
  for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
    hash.update(buffer.subarray(0, n));
  }
  return hash;
}

/** -1 where there is no such file. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return -1;
    throw error;
  }
}
