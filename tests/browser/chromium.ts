/** A headless Chromium for the browser tests. */
import "./no_wsl.ts";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";
import { findChromium, missingChromium } from "./find_chromium.ts";

export { findChromium, missingChromium } from "./find_chromium.ts";

/** Flags that keep a test browser quiet, offline and alive in a container. */
export const chromiumArgs: readonly string[] = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A busy machine draws slowly without a graphics card: no reason to take the context away.
  "--disable-gpu-watchdog",
  // A container's /dev/shm is often 64 MB, too little for a page with textures.
  "--disable-dev-shm-usage",
];

/**
 * Starts a headless Chromium. The caller closes it.
 *
 * @param options Playwright's own, merged over the project's
 * @throws {Error} if there is no Chromium, with the mend
 */
export function launch(options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = options.executablePath ?? findChromium();
  if (executablePath === null) throw new Error(missingChromium);
  return chromium.launch({
    ...options,
    executablePath,
    args: [...chromiumArgs, ...options.args ?? []],
  });
}
