/** A built site with a page whose panels are filled from a made-up comparison. */
import { join } from "node:path";
import type { SyntheticOptions } from "../fixtures/synthetic_scan.ts";
import { projectFolder } from "../site/fixtures.ts";
import { buildTestSite, type TestSite } from "./site.ts";

/**
 * Builds a site and, beside the page of each of its comparisons, `panels.html`: the same page with the
 * script of `pair_panels_page.ts`.
 */
export async function buildPanelSite(options: SyntheticOptions): Promise<TestSite> {
  const site = await buildTestSite({ ...options, pairs: true });
  const script = join(site.folder, "assets", "panels.js");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      `--output=${script}`,
      "tests/browser/pair_panels_page.ts",
    ],
    cwd: projectFolder,
    stdout: "null",
  }).output();
  if (code !== 0) {
    throw new Error(
      `Cannot bundle the panels: expected exit code 0, got ${code}\n${
        new TextDecoder().decode(stderr)
      }`,
    );
  }
  for (const path of site.pairPages) {
    const html = await Deno.readTextFile(join(site.folder, path, "index.html"));
    const up = "../".repeat(path.split("/").length - 1);
    await Deno.writeTextFile(
      join(site.folder, path, "panels.html"),
      html.replace(/(<script type="module" src=")[^"]*/, `$1${up}assets/panels.js`),
    );
  }
  return site;
}
