/** Gets a Chromium for the tests where that needs nobody's consent: as root on Debian. */
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
  say(`There is no Chromium: installing ${packages.join(" and ")} with apt-get`);
  await aptGet(["update"], "reading the package lists", say);
  await aptGet(
    ["install", "--yes", "--no-install-recommends", ...packages],
    "installing (about 100 MB to fetch)",
    say,
  );
  const installed = findChromium();
  if (installed !== null) return installed;
  throw new Error(missingChromium);
}

const attemptsMax = 3;

/** Runs apt-get without questions, again when the network lets it down. */
async function aptGet(
  args: readonly string[],
  what: string,
  say: (line: string) => void,
): Promise<void> {
  for (let attempt = 1;; attempt++) {
    const start = performance.now();
    const seconds = () => Math.round((performance.now() - start) / 1000);
    const timer = setInterval(() => say(`  ${what}, ${seconds()} s`), 10_000);
    let result;
    try {
      result = await new Deno.Command("apt-get", {
        args: ["-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3", "--quiet", ...args],
        env: { DEBIAN_FRONTEND: "noninteractive" },
        stdin: "null",
      }).output();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) throw new Error(missingChromium);
      throw error;
    } finally {
      clearInterval(timer);
    }
    if (result.code === 0) {
      say(`  ${what}: done in ${seconds()} s`);
      return;
    }
    const reason = new TextDecoder().decode(result.stderr).trim().split("\n").slice(-3).join("\n");
    if (attempt === attemptsMax) {
      throw new Error(
        `Cannot install Chromium: apt-get ${args[0]} ended with ${result.code}.\n${reason}\n` +
          missingChromium,
      );
    }
    say(`  apt-get ${args[0]} failed, trying again: ${reason}`);
    await new Promise((resolve) => setTimeout(resolve, attempt * 5000));
  }
}
