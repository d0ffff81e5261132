import type { SiteData } from "./site_data.ts";
import { oneLine } from "./text.ts";

const entities: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text for XML, without the control characters that XML cannot hold at all. */
export function escapeXml(text: string): string {
  return text
    // deno-lint-ignore no-control-regex -- exactly these are what XML 1.0 forbids
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd")
    .replace(/[<>&"']/g, (character) => entities[character]);
}

/** Most entries that the feed lists: the newest ones. */
const nFeedEntries = 50;

/** The Atom feed: one entry per prompt, newest first. */
export function atomFeed(site: SiteData): string {
  const { catalogue, location } = site;
  const home = location.href;
  // What was only compared on this machine has no author, and nobody waits for it.
  const newest = catalogue.entries.filter(({ scan }) => scan.author !== "")
    .toSorted((a, b) => (a.scan.date < b.scan.date ? 1 : a.scan.date > b.scan.date ? -1 : 0))
    .slice(0, nFeedEntries);
  const entries = newest.map(({ scan, url }) => {
    const address = escapeXml(new URL(url.slice(1), location).href);
    return `
  <entry>
    <title>${escapeXml(scan.title)}</title>
    <id>${address}</id>
    <link href="${address}"/>
    <updated>${instant(scan.date)}</updated>
    <author><name>${escapeXml(scan.author)}</name></author>
    <summary>${escapeXml(`“${oneLine(scan.text)}” ${scan.lookFor}`)}</summary>
  </entry>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
  <title>weightscan</title>
  <subtitle>How a language model transforms a prompt, layer by layer</subtitle>
  <id>${escapeXml(home)}</id>
  <link href="${escapeXml(home)}"/>
  <link rel="self" type="application/atom+xml" href="${
    escapeXml(new URL("feed.xml", location).href)
  }"/>
  <updated>${instant(catalogue.date)}</updated>
  <author><name>The weightscan contributors</name></author>${entries.join("")}
</feed>
`;
}

/** `sitemap.xml`: every page that a reader may land on. */
export function sitemap(site: SiteData, pages: readonly { url: string; date: string }[]): string {
  const rows = pages.map(({ url, date }) => `
  <url><loc>${escapeXml(new URL(url.slice(1), site.location).href)}</loc><lastmod>${
    date.slice(0, 10)
  }</lastmod></url>`);
  return `<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${rows.join("")}
</urlset>
`;
}

/** Midnight of an ISO day, as Atom wants it. */
function instant(isoDay: string): string {
  return `${isoDay.slice(0, 10)}T00:00:00Z`;
}
