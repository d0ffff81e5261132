import assert from "node:assert/strict";
import { join } from "node:path";
import { probeLume } from "../../site/lume.ts";
import { readTree, runScript, withFolder, writeData } from "./fixtures.ts";

Deno.test("build.ts writes the same bytes with Lume and with the npm writer", async () => {
  const lume = await probeLume();
  if (!lume.isThere) {
    console.log(
      `skipped: Lume cannot be had here (${lume.why}); WEIGHTSCAN_LUME_IMPORT_MAP may name an import map of its sources`,
    );
    return;
  }
  await withFolder(async (folder) => {
    // Text that templates, HTML and addresses could each stumble over.
    const data = await writeData(folder, (manifest) => ({
      ...manifest,
      scans: manifest.scans.map((scan, i) => ({
        ...scan,
        title: i === 0 ? `"><script>alert('x')</script>&amp;{{ 1 + 1 }}` : scan.title,
      })),
    }));
    for (const location of [[], ["--location=https://example.org/some/where/"]]) {
      for (const builder of ["npm", "lume"]) {
        const { code, stderr } = await runScript("build.ts", [
          `--builder=${builder}`,
          `--data=${data}`,
          `--out=${join(folder, builder)}`,
          ...location,
        ]);
        assert.equal(code, 0, stderr);
      }
      const [ours, theirs] = await Promise.all(
        ["npm", "lume"].map((builder) => readTree(join(folder, builder))),
      );
      assert.deepEqual([...theirs.keys()].sort(), [...ours.keys()].sort());
      for (const [path, bytes] of ours) assert.ok(theirs.get(path) === bytes, `${path} differs`);
    }
  });
});
