import assert from "node:assert/strict";
import { findChromium, type Machine, missingChromium } from "./find_chromium.ts";

function machine(
  os: Machine["os"],
  env: Record<string, string>,
  files: readonly string[],
  folders: Record<string, readonly string[]> = {},
): Machine {
  return {
    os,
    env: (name) => env[name],
    isFile: (path) => files.includes(path),
    list: (folder) => folders[folder] ?? [],
  };
}

Deno.test("findChromium() takes CHROMIUM first when it names a file", () => {
  const found = findChromium(
    machine("linux", { CHROMIUM: "/own/chrome", PATH: "/usr/bin" }, [
      "/usr/bin/chromium",
      "/own/chrome",
    ]),
  );
  assert.equal(found, "/own/chrome");
});

Deno.test("findChromium() throws with the mend when CHROMIUM names no file", () => {
  assert.throws(
    () => findChromium(machine("linux", { CHROMIUM: "/gone" }, [])),
    /Cannot use the browser "\/gone": expected a file at the path in CHROMIUM.*unset it/,
  );
});

Deno.test("findChromium() searches PATH in the order of names when no variable is set", () => {
  const found = findChromium(
    machine("linux", { PATH: "/a:/b" }, ["/a/google-chrome", "/b/chromium"]),
  );
  assert.equal(found, "/b/chromium");
});

Deno.test("findChromium() takes Playwright's newest build when PATH has none", () => {
  const cache = "/homes/ada/.cache/ms-playwright";
  const found = findChromium(machine(
    "linux",
    { PATH: "/usr/bin", HOME: "/homes/ada" },
    [`${cache}/chromium-99/chrome-linux/chrome`, `${cache}/chromium-1200/chrome-linux64/chrome`],
    { [cache]: ["chromium-99", "ffmpeg-1011", "chromium-1200"] },
  ));
  assert.equal(found, `${cache}/chromium-1200/chrome-linux64/chrome`);
});

Deno.test("findChromium() looks into the application folders when on macOS", () => {
  const path = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
  assert.equal(findChromium(machine("darwin", { HOME: "/Users/x" }, [path])), path);
});

Deno.test("findChromium() gives null when there is no browser, and the message says what to do", () => {
  assert.equal(findChromium(machine("linux", {}, [])), null);
  assert.match(missingChromium, /apt-get install chromium/);
});
