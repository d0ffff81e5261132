import { compareView } from "../lib/compare_view.ts";
import { htmlPage, type PageData } from "../lib/page.ts";
import type { SiteData } from "../lib/site_data.ts";

/** Any two scans beside each other; without a script, the list of all comparisons. */
export default function* ({ site }: { site: SiteData }): Generator<PageData> {
  const url = "/compare/";
  yield htmlPage(site, {
    url,
    layout: "layouts/compare.vto",
    date: site.catalogue.date,
    title: "Compare",
    description: "Put two prompts beside each other and see where in the model they part.",
    script: "compare",
    view: compareView(site, url),
  });
}
