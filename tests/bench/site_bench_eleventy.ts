/**
 * The rival of the site benchmark: all that `site/build.ts` does, with the same pages and templates, but
 * the pages go through Eleventy.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { assembleSite, siteSource, writeFiles } from "../../site/build_site.ts";
import type { PageData } from "../../site/lib/page.ts";
import { loadScans } from "../../site/load.ts";
import { fillFolder } from "../../site/swap.ts";
import { listPages, makeEngine, pathOf } from "../../site/writer.ts";

/** What is used of Eleventy. */
interface EleventyModule {
  readonly Eleventy: new (
    input: string,
    output: string,
    options: {
      quietMode: boolean;
      config(eleventy: { addGlobalData(name: string, value: unknown): void }): void;
    },
  ) => { write(): Promise<unknown> };
}

/** One page for each entry of `pages`; Eleventy's own way to make pages from data. */
const template = `export const data = {
  pagination: { data: "pages", size: 1, alias: "item" },
  permalink: (data) => "/" + data.item.path,
};
export const render = (data) => data.item.render();
`;

const { values: { data: dataFolder = "", out = "" } } = parseArgs({
  options: { data: { type: "string" }, out: { type: "string" } },
});
// A variable keeps the rival out of the project's type check and lock file.
const specifier = "npm:@11ty/eleventy@3.1.8";
const { Eleventy }: EleventyModule = await import(specifier);
const scans = await loadScans(dataFolder);

await fillFolder(out, async (dest) => {
  const site = assembleSite(scans, await writeFiles(scans, dataFolder, dest), null);
  const engine = makeEngine(siteSource);
  const pages: { path: string; render(): Promise<string> }[] = [];
  const renderPage = async (page: PageData) =>
    page.layout === undefined
      ? page.content ?? ""
      : (await engine.run(page.layout, { ...page, site })).content;
  for await (const page of listPages(siteSource, site)) {
    pages.push({ path: pathOf(page), render: () => renderPage(page) });
  }
  const input = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(input, "pages.11ty.js"), template);
    const eleventy = new Eleventy(input, dest, {
      quietMode: true,
      config: (config) => config.addGlobalData("pages", pages),
    });
    await eleventy.write();
  } finally {
    await Deno.remove(input, { recursive: true });
  }
});
