/** What a reader asks of the gallery. */
export interface GalleryQuery {
  readonly text: string;
  /** A card has to carry all of them. */
  readonly tags: readonly string[];
}

/** Reads `?q=…&tag=…&tag=…`; unknown keys are left out. */
export function readQuery(search: string): GalleryQuery {
  const parameters = new URLSearchParams(search);
  return {
    text: parameters.get("q") ?? "",
    tags: [...new Set(parameters.getAll("tag").filter((tag) => tag !== ""))],
  };
}

/** The query as an address's search part, "" where nothing is asked for. */
export function writeQuery({ text, tags }: GalleryQuery): string {
  const parameters = new URLSearchParams();
  if (text.trim() !== "") parameters.set("q", text);
  for (const tag of tags) parameters.append("tag", tag);
  const written = parameters.toString();
  return written === "" ? "" : `?${written}`;
}
