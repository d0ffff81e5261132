import { htmlPage, type PageData } from "../lib/page.ts";
import type { SiteData } from "../lib/site_data.ts";
import { aboutView } from "../lib/text_views.ts";

/** What the pictures show, how they are made and what they are not. */
export default function* ({ site }: { site: SiteData }): Generator<PageData> {
  const url = "/about/";
  yield htmlPage(site, {
    url,
    layout: "layouts/about.vto",
    date: site.catalogue.date,
    title: "About",
    description: "What a weightscan picture shows, how it is made, and what it is not.",
    view: aboutView(site, url),
  });
}
