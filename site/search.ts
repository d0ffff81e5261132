import MiniSearch from "minisearch";
import type { GalleryQuery } from "./gallery_query.ts";

/** A card as the search sees it. */
export interface SearchDocument {
  readonly title: string;
  readonly text: string;
  readonly keywords: string;
  readonly tags: readonly string[];
}

/** Index of a matching document. */
export type Match = number;

/**
 * Indexes the cards and returns a function that finds them: every word has to match, by its start
 * or with a slip in longer words; a card has to carry every tag asked for.
 */
export function createSearch(
  documents: readonly SearchDocument[],
): (query: GalleryQuery) => Match[] {
  const index = new MiniSearch<SearchDocument & { id: number }>({
    fields: ["title", "text", "keywords"],
    searchOptions: {
      combineWith: "AND",
      prefix: true,
      fuzzy: (term) => term.length > 4 ? 0.25 : false,
    },
  });
  index.addAll(documents.map((document, id) => ({ ...document, id })));
  return ({ text, tags }) => {
    const found: number[] = text.trim() === ""
      ? documents.map((_, i) => i)
      : index.search(text).map(({ id }: { id: number }) => id);
    return found
      .filter((i) => tags.every((tag) => documents[i].tags.includes(tag)))
      .sort((a, b) => a - b);
  };
}
