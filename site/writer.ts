import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import vento from "ventojs";
import type { Environment } from "ventojs/core/environment.js";
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

/** The template engine as Lume sets it up in `_config.ts`. */
export function makeEngine(source: URL): Environment {
  const engine = vento({
    includes: fileURLToPath(new URL("_includes/", source)),
    dataVarname: "it",
    autoescape: true,
  });
  engine.use(autoTrim());
  return engine;
}

/**
 * Every page of the site before it is rendered, in a fixed order.
 *
 * @param source the folder `site/`
 * @throws {Error} if two pages want one address
 */
export async function* listPages(source: URL, site: SiteData): AsyncGenerator<PageData> {
  const seen = new Set<string>();
  for (const generate of await loadGenerators(new URL("pages/", source))) {
    for (const page of generate({ site })) {
      if (seen.has(page.url)) {
        throw new Error(`Cannot write the page "${page.url}": expected one page per address`);
      }
      seen.add(page.url);
      yield page;
    }
  }
}

/** Where a page is written, relative to the site's folder. */
export function pathOf({ url }: PageData): string {
  return `${url.slice(1)}${url.endsWith("/") ? "index.html" : ""}`;
}

/**
 * Renders the site as Lume does, with the same template engine and the same options, for machines
 * that reach an npm registry and nothing else.
 *
 * @throws {Error} if a template fails or two pages want one address
 */
export async function* renderPages(source: URL, site: SiteData): AsyncGenerator<WrittenPage> {
  const engine = makeEngine(source);
  for await (const page of listPages(source, site)) {
    const path = pathOf(page);
    if (page.layout === undefined) yield { path, text: page.content ?? "" };
    else yield { path, text: (await engine.run(page.layout, { ...page, site })).content };
  }
}

/**
 * Renders the site into a folder.
 *
 * Written synchronously: for a thousand small files that takes a fifth of the time, and nothing else
 * waits for this thread.
 *
 * @returns the number of pages
 */
export async function writePages(source: URL, site: SiteData, dest: string): Promise<number> {
  let nPages = 0;
  for await (const { path, text } of renderPages(source, site)) {
    const file = join(dest, path);
    Deno.mkdirSync(dirname(file), { recursive: true });
    Deno.writeTextFileSync(file, text);
    nPages++;
  }
  return nPages;
}
