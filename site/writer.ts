import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import vento from "ventojs";
import autoTrim from "ventojs/plugins/auto_trim.js";
import type { PageData } from "./lib/page.ts";
import type { SiteData } from "./lib/site_data.ts";

/** A page as it is written: `path` relative to the site's folder, with forward slashes. */
export interface WrittenPage {
  readonly path: string;
  readonly text: string;
}

type Generator = (data: { site: SiteData }) => Iterable<PageData>;

/** Reads every `pages/*.page.ts`: what each exports by default yields pages. */
async function loadGenerators(pagesFolder: URL): Promise<Generator[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(pagesFolder)) {
    if (name.endsWith(".page.ts")) names.push(name);
  }
  return await Promise.all(
    names.sort().map(async (name) => {
      const module: { default?: unknown } = await import(new URL(name, pagesFolder).href);
      if (typeof module.default !== "function") {
        throw new TypeError(
          `Cannot load the pages "${name}": expected a generator as default export, got ${typeof module
            .default}`,
        );
      }
      return module.default as Generator;
    }),
  );
}

/**
 * Renders the site as Lume does, with the same template engine and the same options, for machines
 * that reach an npm registry and nothing else.
 *
 * @param source the folder `site/`
 * @throws {Error} if a template fails or two pages want one address
 */
export async function* renderPages(source: URL, site: SiteData): AsyncGenerator<WrittenPage> {
  const includes = new URL("_includes/", source);
  const engine = vento({
    includes: fileURLToPath(includes),
    dataVarname: "it",
    autoescape: true,
  });
  engine.use(autoTrim());
  const seen = new Set<string>();
  for (const generate of await loadGenerators(new URL("pages/", source))) {
    for (const page of generate({ site })) {
      const path = `${page.url.slice(1)}${page.url.endsWith("/") ? "index.html" : ""}`;
      if (seen.has(path)) {
        throw new Error(`Cannot write the page "${page.url}": expected one page per address`);
      }
      seen.add(path);
      if (page.layout === undefined) yield { path, text: page.content ?? "" };
      else {
        const { content } = await engine.run(page.layout, { ...page, site });
        yield { path, text: content };
      }
    }
  }
}

/** Renders the site into a folder. @returns the number of pages */
export async function writePages(source: URL, site: SiteData, dest: string): Promise<number> {
  let nPages = 0;
  for await (const { path, text } of renderPages(source, site)) {
    const file = join(dest, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, text);
    nPages++;
  }
  return nPages;
}
