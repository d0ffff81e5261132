/** Which names may become a path, a URL and a key of the manifest. */

/** Names that a system, the site or the collection itself has taken. */
const reserved = new Set([
  "con",
  "prn",
  "aux",
  "nul",
  ...Array.from({ length: 10 }, (_, i) => [`com${i}`, `lpt${i}`]).flat(),
  "schema",
  "index",
  "constructor",
  "prototype",
]);

export const idPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
export const idLengthMax = 64;

/** What is wrong with an id and what would do, or null. */
export function findIdFault(id: string): { message: string; mend: string } | null {
  const safe = toSafeId(id);
  const mend = safe !== id && safe !== "" && !reserved.has(safe)
    ? `name it "${safe}"`
    : "choose another name, such as word-order";
  if (id.length > idLengthMax) {
    return {
      message: `the id is too long: expected at most ${idLengthMax} characters, got ${id.length}`,
      mend: "shorten it",
    };
  }
  if (!idPattern.test(id)) {
    return {
      message: `the id "${id}" is not safe: expected lower-case letters and digits, ` +
        "joined by single hyphens",
      mend,
    };
  }
  if (reserved.has(id)) return { message: `the id "${id}" is reserved`, mend };
  return null;
}

function toSafeId(id: string): string {
  return id.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, idLengthMax);
}
