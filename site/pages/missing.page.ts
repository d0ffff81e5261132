import { htmlPage, type PageData } from "../lib/page.ts";
import type { SiteData } from "../lib/site_data.ts";

/**
 * The page that hosts show for an address that does not exist. It is shown at any depth, so it is
 * the one page whose links start at the site's root: under a sub-path it needs `--location`.
 */
export default function* ({ site }: { site: SiteData }): Generator<PageData> {
  yield htmlPage(site, {
    url: "/404.html",
    layout: "layouts/missing.vto",
    date: site.catalogue.date,
    title: "Not found",
    description: "There is no page at this address.",
    root: site.location.pathname,
    view: { home: site.location.pathname },
  });
}
