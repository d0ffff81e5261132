import { htmlPage, type PageData } from "../lib/page.ts";
import { dayOf, pairView, titleOf } from "../lib/pair_view.ts";
import type { SiteData } from "../lib/site_data.ts";
import { shorten } from "../lib/text.ts";

/** A page for every comparison: two prompts of a family, and where the change between them matters. */
export default function* ({ site }: { site: SiteData }): Generator<PageData> {
  for (const entry of site.catalogue.pairs) {
    yield htmlPage(site, {
      url: entry.url,
      layout: "layouts/pair.vto",
      date: dayOf(entry),
      title: titleOf(entry),
      description: shorten(entry.pair.finding.sentence, 200),
      script: "pair",
      picture: entry.a.entry.scan,
      view: pairView(site, entry),
    });
  }
}
