/**
 * `deno task check:browser`: type-checks what must run in a browser with the types of a browser
 * alone, so that a `Deno.` or a `process.` in it is an error.
 */
import { join } from "node:path";
import { portable } from "./ground/imports.ts";
import { root } from "./ground/files.ts";

const usage = `Type-checks the portable stages and the viewer against a browser's types alone.

Usage: deno task check:browser [path…]

  path           files and folders to check instead`;

/** Checks paths relative to the root. Gives the exit code and what the checker says. */
export async function checkBrowser(
  paths: readonly string[],
): Promise<{ code: number; output: string }> {
  const folder = await Deno.makeTempDir({ prefix: "weightscan-" });
  try {
    // Under another config the lock file would be rewritten: that of the project is only read.
    const lock = join(folder, "deno.lock");
    await Deno.copyFile(join(root, "deno.lock"), lock);
    const config = join(root, "tests", "browser.json");
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", config, "--lock", lock, "--frozen=false", ...paths],
      cwd: root,
    }).output();
    return { code, output: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  if (Deno.args.includes("--help")) {
    console.log(usage);
  } else {
    const paths = Deno.args.length > 0 ? Deno.args : [
      ...portable.map((stage) => `scan/${stage}`),
      "scan/runtime/web_engine.ts",
      "scan/collection/parse.ts",
      "site/viewer",
    ];
    const { code, output } = await checkBrowser(paths);
    if (output !== "") console.error(output.trimEnd());
    if (code === 0) console.log(`${paths.join(", ")}: run in a browser`);
    Deno.exitCode = code;
  }
}
