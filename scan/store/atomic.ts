import { dirname, join } from "node:path";

/** Prefix of files that are being written; what a killed scan leaves behind carries it. */
export const partPrefix = ".part-";

/**
 * Writes a file so that a reader, or a kill at any moment, sees the old content or the new one and
 * nothing between: the bytes go to a neighbouring file first, which is then renamed.
 *
 * @throws {Deno.errors.NotFound | Deno.errors.PermissionDenied | …} if the folder cannot be written
 */
export async function writeAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  await Deno.mkdir(folder, { recursive: true });
  const part = join(folder, `${partPrefix}${crypto.randomUUID()}`);
  try {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const file = await Deno.open(part, { write: true, createNew: true });
    try {
      const writer = file.writable.getWriter();
      await writer.write(bytes);
      await file.sync();
      await writer.close();
    } catch (error) {
      try {
        file.close();
      } catch { /* the writer has closed it */ }
      throw error;
    }
    await Deno.rename(part, path);
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    throw error;
  }
}

/**
 * Removes what killed writers left in `folder`. Files younger than `minAgeMs` stay: another process
 * may be writing them.
 */
export async function removeStaleParts(folder: string, minAgeMs = 60_000): Promise<number> {
  let removed = 0;
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isFile || !entry.name.startsWith(partPrefix)) continue;
      const path = join(folder, entry.name);
      const { mtime } = await Deno.stat(path);
      if (mtime && Date.now() - mtime.getTime() < minAgeMs) continue;
      await Deno.remove(path);
      removed++;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return removed;
}
