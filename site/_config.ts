/**
 * The site as Lume builds it. `deno task build` runs it; so does Lume's own command line.
 *
 * What the pages are is decided by our own generators alone (`pages/*.page.ts`), feed, site map and
 * robots.txt included, and their links are relative from the start. So Lume and the npm writer
 * (`writer.ts`) give the same bytes, and Lume's plugins are left to check:
 *
 * - vento, with `autoescape` switched on: no text of a prompt can become markup;
 * - check_urls: a link that leads nowhere fails the build.
 *
 * base_path, sitemap, feed, metas and search would each write into pages (or parse them and write
 * them anew) on one of the two ways only; they are not used.
 */
import { parseArgs } from "@std/cli/parse-args";
import { existsSync } from "node:fs";
import lume from "lume/mod.ts";
import { log } from "lume/core/utils/log.ts";
import checkUrls from "lume/plugins/check_urls.ts";
import { assembleSite, writeFiles } from "./build_site.ts";
import { parseLocation } from "./lib/urls.ts";
import { loadScans } from "./load.ts";

// Lume's own flags stand before "--", ours behind it.
const lumeFlags = parseArgs(Deno.args, { "--": true, string: ["location"] });
const flags = parseArgs(lumeFlags["--"], {
  string: ["data", "assets"],
  default: { data: "_data" },
});

const site = lume(
  { src: "site", emptyDest: false },
  { vento: { options: { autoescape: true } } },
);

const data = await loadScans(flags.data);
const assets = flags.assets
  ? JSON.parse(flags.assets)
  : await writeFiles(data, flags.data, site.dest());
const location = lumeFlags.location ? parseLocation(lumeFlags.location) : null;
site.data("site", assembleSite(data, assets, location));

// check_urls reads a page through its parsed document, and Lume would write that out in its own
// spelling. The text is put aside before and put back after.
const texts = new Map<unknown, string>();
site.process([".html"], (pages) => {
  for (const page of pages) texts.set(page, page.text);
});
site.use(checkUrls({
  output: (lost: Map<string, Set<string>>) => {
    for (const [url, pages] of lost) {
      if (isBelowBase(url)) continue;
      log.error(`Nothing is at ${url}, which ${[...pages].join(", ")} links to`);
    }
  },
}));
site.process([".html"], (pages) => {
  for (const page of pages) page.text = texts.get(page) ?? page.text;
});

/** Full addresses carry the location's path, under which the plugin looks for them in vain. */
function isBelowBase(url: string): boolean {
  const base = location?.pathname ?? "/";
  if (base === "/" || !url.startsWith(base)) return false;
  const path = site.dest(url.slice(base.length), url.endsWith("/") ? "index.html" : "");
  return existsSync(path);
}

// Lume only logs what fails and exits with 0.
site.addEventListener("afterBuild", () => {
  if (log.hasErrors) Deno.exitCode = 1;
});

export default site;
