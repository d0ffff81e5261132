import { htmlPage, type PageData } from "../lib/page.ts";
import type { SiteData } from "../lib/site_data.ts";
import { contributeView } from "../lib/text_views.ts";

/** How a prompt gets into the gallery. */
export default function* ({ site }: { site: SiteData }): Generator<PageData> {
  yield htmlPage(site, {
    url: "/contribute/",
    layout: "layouts/contribute.vto",
    date: site.catalogue.date,
    title: "Contribute",
    description: "How to add a prompt to the gallery: one small file and a pull request.",
    view: contributeView(),
  });
}
