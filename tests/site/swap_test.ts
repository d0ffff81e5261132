import assert from "node:assert/strict";
import { join } from "node:path";
import { fillFolder } from "../../site/swap.ts";
import { readTree, withFolder } from "./fixtures.ts";

const write = (folder: string, text: string) => Deno.writeTextFile(join(folder, "a.txt"), text);

Deno.test("fillFolder() replaces the folder as a whole", async () => {
  await withFolder(async (folder) => {
    const target = join(folder, "deep", "site");
    assert.equal(await fillFolder(target, async (part) => (await write(part, "one"), 1)), 1);
    await Deno.writeTextFile(join(target, "stale.txt"), "");
    await fillFolder(target, (part) => write(part, "two"));
    assert.deepEqual(await readTree(folder), new Map([["deep/site/a.txt", "two"]]));
  });
});

Deno.test("fillFolder() keeps the old folder when filling fails", async () => {
  await withFolder(async (folder) => {
    const target = join(folder, "site");
    await fillFolder(target, (part) => write(part, "old"));
    const fails = fillFolder(target, async (part) => {
      await write(part, "new");
      throw new Error("no");
    });
    await assert.rejects(fails, /^Error: no$/);
    assert.deepEqual(await readTree(folder), new Map([["site/a.txt", "old"]]));
  });
});

Deno.test("fillFolder() clears away what a killed build left behind, and nothing younger", async () => {
  await withFolder(async (folder) => {
    const [dead, young] = [".site.part-dead", ".site.part-young"].map((name) => join(folder, name));
    for (const path of [dead, young]) await Deno.mkdir(path);
    const longAgo = new Date(Date.now() - 3_600_000);
    await Deno.utime(dead, longAgo, longAgo);
    await fillFolder(join(folder, "site"), (part) => write(part, ""));
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(names, [".site.part-young", "site"]);
  });
});
