import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import type { Assets } from "./lib/site_data.ts";

/**
 * Lume comes over https, and its own imports from further hosts: whether it can be had depends on
 * the machine. It runs as a program of its own, so that nothing here imports it.
 */
const projectFolder = fileURLToPath(new URL("../", import.meta.url));
const configFile = fileURLToPath(new URL("./_config.ts", import.meta.url));

/** How long a host may take to answer before it counts as out of reach. */
const probeMs = 3000;

/** How long Lume's download may take once its hosts answered. */
const downloadMs = 120_000;

/** What Lume's core asks for when it loads. Writing is granted to a build alone. */
const lumePermissions = ["--allow-read", "--allow-env"];

export type LumeState =
  | { readonly isThere: true }
  /** `why` completes the sentence "Lume cannot be had: …". */
  | { readonly isThere: false; readonly why: string };

/**
 * Import map that stands in for `deno.json`'s imports when Lume runs, for machines that keep Lume's
 * sources on disk. The tests that compare both builders use it too.
 */
function importMapFlags(): string[] {
  const path = Deno.env.get("WEIGHTSCAN_LUME_IMPORT_MAP");
  return path ? [`--import-map=${resolve(path)}`] : [];
}

/** Whether Lume is cached or can be fetched; never takes longer than its time-outs. */
export async function probeLume(): Promise<LumeState> {
  if (await loadsLume(["--cached-only"])) return { isThere: true };
  const hosts = [`${config.imports["lume/"]}mod.ts`, "https://jsr.io/@std/cli/meta.json"];
  for (const url of hosts) {
    try {
      const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(probeMs) });
      await answer.body?.cancel();
      if (!answer.ok) {
        return { isThere: false, why: `${new URL(url).host} answers ${answer.status}` };
      }
    } catch {
      return { isThere: false, why: `${new URL(url).host} is out of reach` };
    }
  }
  if (await loadsLume([])) return { isThere: true };
  return { isThere: false, why: "its modules do not all arrive" };
}

/** Imports all that a build needs of Lume and does nothing with it. */
const probeModule = [
  "lume/mod.ts",
  "lume/core/utils/log.ts",
  "lume/plugins/check_urls.ts",
  "lume/cli/build.ts",
  "lume/deps/cliffy.ts",
  "@std/cli/parse-args",
].map((specifier) => `import "${specifier}";`).join("\n");

/** @returns whether Lume's modules all load, from Deno's cache alone or with fetching what lacks */
async function loadsLume(flags: readonly string[]): Promise<boolean> {
  const { success } = await runDeno(
    [
      "run",
      "--quiet",
      "--no-lock",
      "--no-prompt",
      ...lumePermissions,
      ...importMapFlags(),
      ...flags,
      "-",
    ],
    { stdin: probeModule, timeoutMs: downloadMs },
  );
  return success;
}

/**
 * Runs Lume's own command line.
 *
 * @throws {Error} with what Lume printed, if it fails
 */
export async function runLume(request: {
  readonly dest: string;
  readonly dataFolder: string;
  readonly assets: Assets;
  readonly location: URL | null;
}): Promise<void> {
  const { dest, dataFolder, assets, location } = request;
  const { success, output } = await runDeno([
    "run",
    "--quiet",
    "--no-lock",
    "--no-prompt",
    ...lumePermissions,
    `--allow-write=${resolve(dest)}`,
    ...importMapFlags(),
    "-",
    `--config=${configFile}`,
    // Lume joins even an absolute path to the folder that it runs in.
    `--dest=${relative(projectFolder, resolve(dest))}`,
    ...(location ? [`--location=${location.href}`] : []),
    "--",
    `--data=${resolve(dataFolder)}`,
    `--assets=${JSON.stringify(assets)}`,
  ], { stdin: `import "lume/cli.ts";`, timeoutMs: 600_000 });
  if (!success) {
    throw new Error(`Cannot build with Lume: expected it to succeed, got\n${output.trim()}`);
  }
}

async function runDeno(
  args: readonly string[],
  { stdin, timeoutMs }: { stdin: string; timeoutMs: number },
): Promise<{ success: boolean; output: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: projectFolder,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(timeoutMs),
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
  await writer.close().catch(() => {});
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { success, output: decoder.decode(stdout) + decoder.decode(stderr) };
}
