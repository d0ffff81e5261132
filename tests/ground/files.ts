/** Which files the repository has. */
import { fileURLToPath } from "node:url";

/** The repository's root, with a slash at its end. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Paths of all files that git tracks and that are there, relative to the root; null where this is
 * no checkout (a source archive has no history), or there is no git.
 */
export async function trackedFiles(): Promise<string[] | null> {
  try {
    const { code, stdout } = await new Deno.Command("git", {
      args: ["ls-files", "-z"],
      cwd: root,
    }).output();
    if (code !== 0) return null;
    const paths = new TextDecoder().decode(stdout).split("\0").filter(Boolean);
    return paths.filter((path) => {
      try {
        return Deno.statSync(root + path).isFile;
      } catch {
        return false;
      }
    });
  } catch {
    return null;
  }
}

/** TypeScript files below some folders of the root, by walking them. */
export function typescriptFiles(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    const entries = [...Deno.readDirSync(root + folder)].sort((a, b) => a.name < b.name ? -1 : 1);
    return entries.flatMap(({ name, isDirectory }) => {
      const path = `${folder}/${name}`;
      if (isDirectory) return name === "node_modules" ? [] : typescriptFiles([path]);
      return /\.tsx?$/.test(name) ? [path] : [];
    });
  });
}
