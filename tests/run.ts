/** `deno task test`: sets up what the tests need, runs them, and closes with one plain line. */
import { ensureChromium } from "./browser/install_chromium.ts";
import { root } from "./ground/files.ts";

const usage = `Runs the tests. Finds a Chromium for those in tests/browser, or, as root on Debian,
installs one.

Usage: deno task test [path…] [options]

  path           files and folders of tests (default: tests)

Options
  --no-browser   leave out tests/browser, and do not look for a Chromium
  --help         this text

Other options go to "deno test", e.g. --filter "parse" or --fail-fast.

Exit codes: 0 all passed · 1 a test failed · 2 there is no Chromium, and what to do about it`;

/** What a command line asks for. */
export interface Plan {
  /** Arguments of `deno test`. */
  readonly args: readonly string[];
  readonly needsBrowser: boolean;
}

/** Sorts the command line into what is ours and what is `deno test`'s. */
export function plan(args: readonly string[]): Plan {
  const rest = args.filter((arg) => arg !== "--no-browser");
  const paths = rest.filter((arg) => /^(\.\/)?tests(\/|$)/.test(arg));
  const browser = args.length === rest.length;
  const named = paths.length === 0 ||
    paths.some((path) => /^(\.\/)?tests(\/?$|\/browser(\/|$))/.test(path));
  return {
    args: [
      ...browser ? [] : ["--ignore=tests/browser"],
      ...rest,
      ...paths.length === 0 ? ["tests"] : [],
    ],
    needsBrowser: browser && named,
  };
}

/** Counts of the line that `deno test` closes with, or null where it did not come that far. */
export function parseClosingLine(output: string): { nPassed: number; nFailed: number } | null {
  // deno-lint-ignore no-control-regex
  const plain = output.replace(/\x1b\[[\d;]*m/g, "");
  const match = [...plain.matchAll(/^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed/gm)].at(-1);
  return match ? { nPassed: Number(match[1]), nFailed: Number(match[2]) } : null;
}

async function main(): Promise<number> {
  if (Deno.args.includes("--help")) {
    console.log(usage);
    return 0;
  }
  const { args, needsBrowser } = plan(Deno.args);
  const env: Record<string, string> = {};
  if (needsBrowser) {
    try {
      env.CHROMIUM = await ensureChromium(console.log);
      console.log(`Browser: ${env.CHROMIUM}`);
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
      console.error('Without the browser tests: "deno task test --no-browser"');
      return 2;
    }
  }
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-P=test", ...args],
    cwd: root,
    env,
    stdout: "piped",
  }).spawn();
  let output = "";
  const decoder = new TextDecoder();
  for await (const bytes of child.stdout) {
    await Deno.stdout.write(bytes);
    output = (output + decoder.decode(bytes, { stream: true })).slice(-2000);
  }
  const { code } = await child.status;
  const counts = parseClosingLine(output);
  if (counts === null) {
    console.log("FAILED | the tests did not run to their end");
    return code || 1;
  }
  const { nPassed, nFailed } = counts;
  console.log(`${code === 0 ? "ok" : "FAILED"} | ${nPassed} passed | ${nFailed} failed`);
  return code;
}

if (import.meta.main) Deno.exitCode = await main();
