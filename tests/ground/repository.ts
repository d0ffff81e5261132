/** What a file of the repository must not hold, as pure functions of its text. */
import { posix } from "node:path";

/** A line that must not be, as `line: what is wrong`. */
type Complaint = string;

const rules: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  {
    // A path below the home or the checkout of whoever wrote it; a URL's path has a host before it.
    pattern: /(?<![\w.~$})\]-])\/(?:root|work|home\/[\w.-]+|Users\/[\w.-]+)\/[\w.-]+/,
    what: "a path of one machine",
  },
  {
    pattern: /[A-Z]:\\{1,2}Users\\{1,2}\w+/,
    what: "a path of one machine",
  },
  {
    pattern:
      /\/\/[^\s/"'`]*(?:registry|artifactory|nexus|verdaccio|jfrog|npmmirror|npmjs|pkg\.dev|pypi)[^\s/"'`]*/i,
    what: "the host of a package registry",
  },
  {
    pattern: new RegExp(`\\b(?:${["TO" + "DO", "FIX" + "ME"].join("|")})\\b`),
    what: "a note to self",
  },
  { pattern: /^(?:<{7}|>{7}|={7})(?: |$)/, what: "a conflict's marker" },
];

/** Lines that hold what only one machine or one moment understands. */
export function findForeign(text: string): Complaint[] {
  return text.split("\n").flatMap((line, i) =>
    rules.filter(({ pattern }) => pattern.test(line)).map(({ what }) => `${i + 1}: ${what}`)
  );
}

/** A link of a Markdown file. */
export interface Link {
  readonly line: number;
  /** Path and fragment as written. */
  readonly target: string;
}

/** Relative links of a Markdown text, images included, code left out. */
export function findLinks(markdown: string): Link[] {
  const blank = (code: string) => code.replace(/[^\n]/g, " ");
  const text = markdown
    .replace(/^([ ]*)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2[ ]*$/gm, blank)
    .replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, blank);
  const lineAt = (index: number) => text.slice(0, index).split("\n").length;
  const inline = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const reference = [...text.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
  const html = [...text.matchAll(/\b(?:href|src)="([^"]+)"/g)];
  return [...inline, ...reference, ...html]
    .map((match) => ({ line: lineAt(match.index), target: match[1] }))
    .filter(({ target }) => !/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(target))
    .sort((a, b) => a.line - b.line);
}

/** Anchors of a Markdown text's headings, as code forges make them. */
export function findAnchors(markdown: string): Set<string> {
  const anchors = new Set<string>();
  const text = markdown.replace(/^([ ]*)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2[ ]*$/gm, "");
  for (const [, heading] of text.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "").replaceAll(" ", "-");
    let anchor = slug;
    for (let i = 1; anchors.has(anchor); i++) anchor = `${slug}-${i}`;
    anchors.add(anchor);
  }
  for (const [, id] of text.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

/**
 * Relative links that lead nowhere, as `file:line: target`.
 *
 * @param read text of a tracked file, null where there is none at a path
 * @param isFolder whether tracked files are below a path
 */
export function findBrokenLinks(
  path: string,
  read: (path: string) => string | null,
  isFolder: (path: string) => boolean,
): Complaint[] {
  return findLinks(read(path) ?? "").flatMap(({ line, target }) => {
    const [file, fragment] = target.split("#", 2);
    const goal = file === "" ? path : posix.normalize(
      file.startsWith("/") ? file.slice(1) : posix.join(posix.dirname(path), decodeURI(file)),
    );
    const complaint = [`${path}:${line}: ${target}`];
    const text = read(goal);
    if (text === null) return isFolder(goal.replace(/\/$/, "")) ? [] : complaint;
    if (fragment === undefined || fragment === "" || !goal.endsWith(".md")) return [];
    return findAnchors(text).has(decodeURIComponent(fragment)) ? [] : complaint;
  });
}
