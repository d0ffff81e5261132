/**
 * Addresses inside the site. Pages link to each other and to their files by relative addresses
 * only, so that the same folder works at a domain's root, under any sub-path and on any host.
 */

/**
 * The relative address that leads from one page to another page or file.
 *
 * @param from site-absolute address of the page that links, e.g. `/p/weekdays/`
 * @param to site-absolute address of the target, e.g. `/assets/site.css`
 * @throws {SyntaxError} if either does not start with a slash
 */
export function relativeUrl(from: string, to: string): string {
  for (const url of [from, to]) {
    if (!url.startsWith("/")) {
      throw new SyntaxError(`Cannot relate the address "${url}": expected a leading "/"`);
    }
  }
  const [path, hash = ""] = splitHash(to);
  const fromFolders = from.split("/").slice(1, -1);
  const toFolders = path.split("/").slice(1, -1);
  const file = path.slice(path.lastIndexOf("/") + 1);
  let shared = 0;
  while (shared < fromFolders.length && fromFolders[shared] === toFolders[shared]) shared++;
  const up = "../".repeat(fromFolders.length - shared);
  const down = toFolders.slice(shared).map((folder) => `${folder}/`).join("");
  // Without "./" an address such as "a:b" would be taken for a scheme, and "" for the page itself.
  return `${up || "./"}${down}${file}${hash}`;
}

function splitHash(url: string): [string, string?] {
  const at = url.indexOf("#");
  return at < 0 ? [url] : [url.slice(0, at), url.slice(at)];
}

/** A name as one folder of an address: lower case letters, digits and single hyphens. */
export function slugOf(name: string): string {
  const slug = name.normalize("NFKD").toLowerCase()
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return slug || "x";
}

/**
 * Checks the site's address as given on the command line.
 *
 * @returns the address with a trailing slash, without query and hash
 * @throws {SyntaxError} if it is no http(s) address
 */
export function parseLocation(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new SyntaxError(
      `Cannot use the location "${text}": expected an address such as https://example.org/gallery/`,
    );
  }
  url.search = "";
  url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}
