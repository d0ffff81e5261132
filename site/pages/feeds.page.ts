import { atomFeed, sitemap } from "../lib/feeds.ts";
import type { PageData } from "../lib/page.ts";
import { dayOf } from "../lib/pair_view.ts";
import type { SiteData } from "../lib/site_data.ts";

/** `feed.xml`, `sitemap.xml`, `robots.txt`: for programs, hence with full addresses. */
export default function* ({ site }: { site: SiteData }): Generator<PageData> {
  const { date: latest, entries, pairs } = site.catalogue;
  const date = new Date(`${latest.slice(0, 10)}T00:00:00Z`);
  const pages = [
    ...["/", "/compare/", "/about/", "/contribute/"].map((url) => ({ url, date: latest })),
    ...entries.map(({ url, scan }) => ({ url, date: scan.date })),
    ...pairs.map((pair) => ({ url: pair.url, date: dayOf(pair) })),
  ];
  const map = new URL("sitemap.xml", site.location).href;
  yield { url: "/feed.xml", date, content: atomFeed(site) };
  yield { url: "/sitemap.xml", date, content: sitemap(site, pages) };
  yield { url: "/robots.txt", date, content: `User-agent: *\nAllow: /\n\nSitemap: ${map}\n` };
}
