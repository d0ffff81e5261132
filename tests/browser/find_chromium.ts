/**
 * Where the browser tests get their Chromium from. Nothing is downloaded here: `tests/run.ts`
 * installs one where it may. Apart from `chromium.ts`, so that the search does not load Playwright.
 */
import { join } from "node:path";

/** Names under which distributions put a Chromium on PATH. */
const commandNames = [
  "chromium",
  "chromium-browser",
  "google-chrome-stable",
  "google-chrome",
  "chrome",
  "microsoft-edge-stable",
  "microsoft-edge",
];

/** What the search looks at, handed in so that it is tested without touching the machine. */
export interface Machine {
  readonly os: typeof Deno.build.os;
  env(name: string): string | undefined;
  isFile(path: string): boolean;
  /** Names in a folder, empty where there is none. */
  list(folder: string): readonly string[];
}

/** The machine this runs on. */
export const thisMachine: Machine = {
  os: Deno.build.os,
  env: (name) => Deno.env.get(name),
  isFile(path) {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  },
  list(folder) {
    try {
      return [...Deno.readDirSync(folder)].map((entry) => entry.name);
    } catch {
      return [];
    }
  },
};

/**
 * Path of a Chromium, Chrome or Edge, or null where there is none. In this order: the variables
 * CHROMIUM and PUPPETEER_EXECUTABLE_PATH, the usual names on PATH, the default folders of macOS
 * and Windows, Playwright's cache (the newest build).
 *
 * @throws {Error} if one of the two variables is set but names no file: a wish that cannot be met
 * is not quietly replaced by another browser
 */
export function findChromium(machine: Machine = thisMachine): string | null {
  for (const name of ["CHROMIUM", "PUPPETEER_EXECUTABLE_PATH"]) {
    const path = machine.env(name);
    if (!path) continue;
    if (machine.isFile(path)) return path;
    throw new Error(
      `Cannot use the browser "${path}": expected a file at the path in ${name}, got none. ` +
        `Correct ${name}, or unset it to let the usual places be searched.`,
    );
  }
  const candidates = [
    ...pathCandidates(machine),
    ...defaultCandidates(machine),
    ...playwrightCandidates(machine),
  ];
  return candidates.find((path) => machine.isFile(path)) ?? null;
}

/** What to do where no browser was found. */
export const missingChromium =
  "Cannot run the browser tests: expected a Chromium, Chrome or Edge, got none. " +
  'Install one (Debian and Ubuntu: "apt-get install chromium"; macOS: "brew install --cask chromium"; ' +
  'Windows: "winget install Google.Chrome"; anywhere: "npx playwright install chromium"), ' +
  "or set CHROMIUM to the path of one.";

function pathCandidates({ os, env }: Machine): string[] {
  const windows = os === "windows";
  const folders = (env("PATH") ?? "").split(windows ? ";" : ":").filter(Boolean);
  return commandNames.flatMap((name) =>
    folders.map((folder) => join(folder, windows ? `${name}.exe` : name))
  );
}

function defaultCandidates({ os, env }: Machine): string[] {
  if (os === "darwin") {
    const apps = ["/Applications", join(env("HOME") ?? "", "Applications")];
    const names = ["Chromium", "Google Chrome", "Microsoft Edge"];
    return apps.flatMap((folder) =>
      names.map((name) => join(folder, `${name}.app`, "Contents", "MacOS", name))
    );
  }
  if (os === "windows") {
    const folders = ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"]
      .map((name) => env(name)).filter((folder) => folder !== undefined);
    return folders.flatMap((folder) => [
      join(folder, "Chromium", "Application", "chrome.exe"),
      join(folder, "Google", "Chrome", "Application", "chrome.exe"),
      join(folder, "Microsoft", "Edge", "Application", "msedge.exe"),
    ]);
  }
  return ["/snap/bin/chromium", "/opt/google/chrome/chrome"];
}

function playwrightCandidates({ os, env, list }: Machine): string[] {
  const home = env("HOME") ?? "";
  const cache = env("PLAYWRIGHT_BROWSERS_PATH") ||
    (os === "darwin"
      ? join(home, "Library", "Caches", "ms-playwright")
      : os === "windows"
      ? join(env("LOCALAPPDATA") ?? "", "ms-playwright")
      : join(home, ".cache", "ms-playwright"));
  const inside = [
    ["chrome-linux", "chrome"],
    ["chrome-linux64", "chrome"],
    ["chrome-mac", "Chromium.app", "Contents", "MacOS", "Chromium"],
    ["chrome-mac-arm64", "Chromium.app", "Contents", "MacOS", "Chromium"],
    ["chrome-win", "chrome.exe"],
    ["chrome-win64", "chrome.exe"],
  ];
  return list(cache)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
    .flatMap((name) => inside.map((parts) => join(cache, name, ...parts)));
}
