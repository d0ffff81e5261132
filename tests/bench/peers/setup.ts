/** `deno task bench:peers`: gets what the benchmark `peers` compares with. */
import { canInstall } from "../../browser/install_chromium.ts";
import { describeLack, findPython, packages, pythonVariable } from "./python.ts";

const debianPackages = packages.map(({ debian }) => debian);

const usage = `Usage: deno task bench:peers

Sets up the Python packages that "deno task bench peers" compares with. As root on Debian it installs
${debianPackages.join(", ")}
(about 500 MB) with apt-get; elsewhere it says what to install. Does nothing where they are there.

  --help

Exit codes: 0 they are there · 1 they are not, and what to do about it`;

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    return 0;
  }
  const osRelease = await Deno.readTextFile("/etc/os-release").catch(() => "");
  const userId = Deno.build.os === "windows" ? null : Deno.uid();
  // Debian's packages do not reach a Python of one's own choice.
  const mayInstall = canInstall(osRelease, userId) && !Deno.env.get(pythonVariable);
  if (mayInstall && describeLack(await findPython()) !== null) {
    console.log(`Installing ${debianPackages.join(", ")} with apt-get`);
    await aptGet("update");
    await aptGet("install", "--yes", "--no-install-recommends", ...debianPackages);
  }
  const python = await findPython();
  const lack = describeLack(python);
  if (lack === null) console.log(`The peers run on ${python!.path}: "deno task bench peers"`);
  else console.error(lack);
  return lack === null ? 0 : 1;
}

/** Runs apt-get without questions; what it prints is shown. */
async function aptGet(...args: string[]): Promise<void> {
  const { success, code } = await new Deno.Command("apt-get", {
    args: ["-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3", "--quiet", ...args],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) {
    throw new Error(
      `Cannot install the peers: expected apt-get ${args[0]} to work, got exit code ${code}`,
    );
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
