import { htmlPage, type PageData } from "../lib/page.ts";
import { promptView } from "../lib/prompt_view.ts";
import type { SiteData } from "../lib/site_data.ts";
import { shorten } from "../lib/text.ts";

/** A page for every scan: one prompt as one model sees it. */
export default function* ({ site }: { site: SiteData }): Generator<PageData> {
  for (const entry of site.catalogue.entries) {
    const { scan, url } = entry;
    yield htmlPage(site, {
      url,
      layout: "layouts/prompt.vto",
      date: scan.date,
      title: scan.title,
      description: shorten(`“${scan.text}” ${scan.lookFor}`, 200),
      script: "viewer",
      picture: scan,
      view: promptView(site, entry),
    });
  }
}
