/** Gets a Chromium for the tests where that needs nobody's consent: as root on Debian. */
import { installPackages, thisAptMachine } from "./apt_get.ts";
import { findChromium, missingChromium } from "./find_chromium.ts";

/** Packages that are asked for: the browser, and a font for its text. */
const packages = ["chromium", "fonts-liberation"];

/** Whether this is a Debian on which packages may be installed, from its `/etc/os-release`. */
export function canInstall(osRelease: string, userId: number | null): boolean {
  // Ubuntu's package of the same name only points to a snap, which does not run in containers.
  return userId === 0 && /^ID=["']?(debian|raspbian)["']?\s*$/m.test(osRelease);
}

/**
 * Path of a Chromium, which is installed before where it can be.
 *
 * @param say told every line of progress
 * @throws {Error} if there is none and it cannot be installed, with the mend
 */
export async function ensureChromium(say: (line: string) => void): Promise<string> {
  const found = findChromium();
  if (found !== null) return found;
  const osRelease = await Deno.readTextFile("/etc/os-release").catch(() => "");
  if (!canInstall(osRelease, Deno.build.os === "windows" ? null : Deno.uid())) {
    throw new Error(missingChromium);
  }
  say(
    "The browser tests need a Chromium and there is none: installing Debian's with apt-get. " +
      "It fetches about 100 MB, once.",
  );
  try {
    await installPackages(packages, thisAptMachine(say));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof Deno.errors.NotFound) throw new Error(missingChromium);
    throw new Error(`${error.message}\n${missingChromium}`);
  }
  const installed = findChromium();
  if (installed !== null) return installed;
  throw new Error(missingChromium);
}
