import { basename, dirname, join, resolve } from "node:path";

/** Age after which a neighbour that a killed build left behind is taken for dead. */
const deadMs = 15 * 60_000;

/**
 * Fills a folder as a whole or not at all: `fill` gets an empty neighbour, which then takes the
 * folder's place. If it throws, the folder stays as it was.
 */
export async function fillFolder<T>(
  folder: string,
  fill: (part: string) => Promise<T>,
): Promise<T> {
  const target = resolve(folder);
  const neighbour = (kind: string) =>
    join(dirname(target), `.${basename(target)}.${kind}-${crypto.randomUUID().slice(0, 8)}`);
  await Deno.mkdir(dirname(target), { recursive: true });
  await removeDead(target);
  const part = neighbour("part");
  try {
    await Deno.mkdir(part);
    const result = await fill(part);
    const old = neighbour("old");
    // A folder cannot be replaced in one step: for an instant there is none, never a mixed one.
    const hadOld = await Deno.rename(target, old).then(() => true, (error) => {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    });
    await Deno.rename(part, target).catch(async (error) => {
      if (hadOld) await Deno.rename(old, target);
      throw error;
    });
    if (hadOld) await Deno.remove(old, { recursive: true });
    return result;
  } catch (error) {
    await Deno.remove(part, { recursive: true }).catch(() => {});
    throw error;
  }
}

async function removeDead(target: string): Promise<void> {
  const folder = dirname(target);
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const isOurs = [".part-", ".old-"].some((kind) =>
      name.startsWith(`.${basename(target)}${kind}`)
    );
    if (!isDirectory || !isOurs) continue;
    const { mtime } = await Deno.stat(join(folder, name));
    if (mtime && Date.now() - mtime.getTime() > deadMs) {
      await Deno.remove(join(folder, name), { recursive: true }).catch(() => {});
    }
  }
}
