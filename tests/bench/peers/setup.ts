/** `deno task bench:peers`: gets what the benchmark `peers` compares with. */
import { installPackages, thisAptMachine } from "../../browser/apt_get.ts";
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
    await installPackages(debianPackages, thisAptMachine(console.log));
  }
  const python = await findPython();
  const lack = describeLack(python);
  if (lack === null) console.log(`The peers run on ${python!.path}: "deno task bench peers"`);
  else console.error(lack);
  return lack === null ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
