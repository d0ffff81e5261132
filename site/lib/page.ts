import type { ScanEntry } from "../../scan/store/manifest.ts";
import type { SiteData } from "./site_data.ts";
import { relativeUrl } from "./urls.ts";
import { type ImageView, imageView } from "./views.ts";

/** What a `*.page.ts` generator yields: a page in Lume's own sense, which both builders read. */
export interface PageData {
  /** Site-absolute; a trailing slash stands for `index.html`. */
  readonly url: string;
  /** Fixed, never the clock's, so that every build gives the same bytes. */
  readonly date: Date;
  /** Template below `_includes/`; a page without one is its `content`. */
  readonly layout?: string;
  readonly content?: string;
  readonly title?: string;
  /** What surrounds every page: head, navigation, footer. */
  readonly chrome?: Chrome;
  /** What this page alone shows. */
  readonly view?: unknown;
}

/** Addresses and texts of a page's frame. */
export interface Chrome {
  readonly title: string;
  readonly description: string;
  /** Full address, "" where it is not known. */
  readonly canonical: string;
  readonly style: string;
  readonly theme: string;
  readonly icon: string;
  readonly feed: string;
  readonly home: string;
  readonly about: string;
  readonly contribute: string;
  readonly nav: readonly {
    readonly href: string;
    readonly name: string;
    readonly isCurrent: boolean;
  }[];
  /** Module that this page alone loads, "" for none. */
  readonly script: string;
  /** The page's still, its `src` a full address where that is known. */
  readonly image: ImageView | null;
  readonly kind: string;
  readonly generator: string;
}

/** A page with a layout, before its frame is known. */
export interface HtmlPage {
  readonly url: string;
  readonly layout: string;
  readonly date: string;
  readonly title: string;
  readonly description: string;
  readonly view: unknown;
  readonly script?: "gallery" | "viewer" | "pair" | "compare";
  /** Scan whose still stands for the page where it is shared. */
  readonly picture?: ScanEntry;
  /** Path that links start with instead of being relative: for the one page shown at any depth. */
  readonly root?: string;
}

const name = "weightscan";

/** Surrounds a page with its frame. */
export function htmlPage(site: SiteData, page: HtmlPage): PageData {
  const { url, root, picture, script } = page;
  const link = (to: string) => root === undefined ? relativeUrl(url, to) : root + to.slice(1);
  const pages = [
    ["/", "Gallery"],
    ["/compare/", "Compare"],
    ["/about/", "About"],
    ["/contribute/", "Contribute"],
  ] as const;
  return {
    url,
    layout: page.layout,
    date: new Date(`${page.date.slice(0, 10)}T00:00:00Z`),
    title: page.title,
    chrome: {
      title: url === "/" ? page.title : `${page.title} · ${name}`,
      description: page.description,
      canonical: site.isLocationKnown ? new URL(url.slice(1), site.location).href : "",
      style: link(site.assets.style),
      theme: link(site.assets.theme),
      icon: link(site.assets.icon),
      feed: link("/feed.xml"),
      home: link("/"),
      about: link("/about/"),
      contribute: link("/contribute/"),
      nav: pages.map(([to, text]) => ({ href: link(to), name: text, isCurrent: to === url })),
      script: script === undefined ? "" : link(site.assets[script]),
      image: picture === undefined ? null : shared(site, imageView(site, url, picture), url),
      kind: url.startsWith("/p/") ? "article" : "website",
      generator: site.generator,
    },
    view: page.view,
  };
}

/** Those who fetch a page for its still want a full address; without one, a relative one must do. */
function shared(site: SiteData, image: ImageView, url: string): ImageView {
  if (!site.isLocationKnown) return image;
  return { ...image, src: new URL(image.src, new URL(url.slice(1), site.location)).href };
}
