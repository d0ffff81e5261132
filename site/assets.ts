import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Assets } from "./lib/site_data.ts";
import { filesOfPair, type ScanData } from "./load.ts";

/** Style sheets in the order of the cascade. */
const styles = [
  "tokens",
  "base",
  "gallery",
  "stage",
  "prompt",
  "pair",
  "text",
  "viewer",
  "pair_stage",
  "print",
];

/** Entry points of the browser's scripts, relative to `site/`. */
const scripts = {
  theme: "theme.ts",
  gallery: "gallery.ts",
  viewer: "viewer/main.ts",
  pair: "viewer/pair_main.ts",
  compare: "compare.ts",
} as const;

/**
 * Bundles the browser's scripts with `deno bundle`, joins the style sheets, and writes both below
 * `dest/assets/<digest>/`: a name that changes with the content may be cached for ever.
 *
 * @param source the folder `site/`
 * @throws {Error} if the bundler fails, with its message
 */
export async function writeAssets(source: URL, dest: string): Promise<Assets> {
  const folder = join(dest, "assets");
  const part = join(folder, "part");
  await Deno.mkdir(part, { recursive: true });
  await bundleScripts(source, part);
  await Deno.writeTextFile(join(part, "site.css"), await joinStyles(source));
  await Deno.copyFile(new URL("icon.svg", source), join(part, "icon.svg"));
  const digest = await digestFolder(part);
  await Deno.rename(part, join(folder, digest));
  const address = (file: string) => `/assets/${digest}/${file}`;
  return {
    style: address("site.css"),
    icon: address("icon.svg"),
    theme: address("theme.js"),
    gallery: address("gallery.js"),
    viewer: address("viewer/main.js"),
    pair: address("viewer/pair_main.js"),
    compare: address("compare.js"),
  };
}

async function bundleScripts(source: URL, outdir: string): Promise<void> {
  const cwd = fileURLToPath(source);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      "--minify",
      "--code-splitting",
      `--outdir=${outdir}`,
      ...Object.values(scripts),
    ],
    cwd,
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  if (code !== 0) {
    throw new Error(
      `Cannot bundle the browser's scripts: expected deno bundle to succeed, got exit code ${code}\n${
        new TextDecoder().decode(stderr).trim()
      }`,
    );
  }
}

async function joinStyles(source: URL): Promise<string> {
  const sheets = await Promise.all(
    styles.map((name) => Deno.readTextFile(new URL(`styles/${name}.css`, source))),
  );
  return sheets.join("\n");
}

/** Digest of every file's name and content, in order of the names. 12 hex digits */
async function digestFolder(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const path of listFiles(folder)) {
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(join(folder, path)));
    lines.push(`${path} ${new Uint8Array(digest).toHex()}`);
  }
  const whole = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(lines.join("\n")));
  return new Uint8Array(whole).toHex().slice(0, 12);
}

/** Paths of all files below a folder, relative to it with forward slashes, in order. */
export function listFiles(folder: string): string[] {
  const paths: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (!isDirectory) paths.push(name);
    else paths.push(...listFiles(join(folder, name)).map((path) => `${name}/${path}`));
  }
  return paths.sort();
}

/** Copies the scans' and comparisons' files as they are: their names are digests already. */
export async function copyScans(
  { scans, pairs }: Pick<ScanData, "scans" | "pairs">,
  dataFolder: string,
  dest: string,
): Promise<void> {
  const paths = new Set([
    ...scans.flatMap((scan) => [scan.frames.path, scan.lens.path, scan.thumbnail.path]),
    ...pairs.flatMap((pair) => filesOfPair(pair).map(({ path }) => path)),
  ]);
  for (const folder of new Set([...paths].map(dirname))) {
    await Deno.mkdir(join(dest, folder), { recursive: true });
  }
  // Synchronously, as the pages are written.
  for (const path of paths) Deno.copyFileSync(join(dataFolder, path), join(dest, path));
}
