import { htmlPage, type PageData } from "../lib/page.ts";
import type { SiteData } from "../lib/site_data.ts";
import { cardView, galleryFacts } from "../lib/views.ts";

/** Tags that stand in the open; a button shows the others. The style sheet counts on it too. */
const nTags = 10;

/** The gallery: a card for every family. */
export default function* ({ site }: { site: SiteData }): Generator<PageData> {
  const url = "/";
  const { families, tags, models, date } = site.catalogue;
  yield htmlPage(site, {
    url,
    layout: "layouts/gallery.vto",
    date,
    title: "weightscan: watch a language model make up its mind",
    description: "Every layer of a language model as a cloud of particles: " +
      "see how a prompt becomes the next word, and what one changed word does to it.",
    script: "gallery",
    picture: families[0]?.entries[0].scan,
    view: {
      cards: families.map((family, i) => cardView(site, url, family, i)),
      tags: tags.map(({ name, count }) => ({ name, count: String(count) })),
      nMoreTags: tags.length > nTags + 1 ? String(tags.length - nTags) : "",
      facts: galleryFacts(site),
      hasModels: models.length > 1,
    },
  });
}
