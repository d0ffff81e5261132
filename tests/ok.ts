/** `deno task ok`: everything that a pull request has to pass, one named step after the other. */
import { root } from "./ground/files.ts";

const usage = `Checks everything that a pull request has to pass, and stops at the first fault.

Usage: deno task ok [options]

Options
  --no-browser   leave out the browser tests
  --help         this text`;

interface Step {
  readonly name: string;
  readonly args: readonly string[];
  /** What to do where it fails. */
  readonly mend: string;
}

const steps: readonly Step[] = [
  { name: "format", args: ["fmt", "--check"], mend: 'run "deno fmt"' },
  { name: "lint", args: ["lint"], mend: "change what is named above" },
  { name: "type check", args: ["task", "check"], mend: "change what is named above" },
  {
    name: "browser check",
    args: ["task", "check:browser"],
    mend: "take what browsers lack out of the portable stages and the viewer",
  },
  { name: "prompt check", args: ["task", "prompts"], mend: "follow the mends above" },
  {
    name: "tests",
    args: ["task", "test", ...Deno.args.filter((arg) => arg === "--no-browser")],
    mend: 'run "deno task test <path>" on the failing file while you mend it',
  },
];

async function main(): Promise<number> {
  if (Deno.args.includes("--help")) {
    console.log(usage);
    return 0;
  }
  const done: string[] = [];
  for (const [i, { name, args, mend }] of steps.entries()) {
    console.log(`\n[${i + 1}/${steps.length}] ${name}: deno ${args.join(" ")}`);
    const start = performance.now();
    const { code } = await new Deno.Command(Deno.execPath(), { args: [...args], cwd: root })
      .spawn().status;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    done.push(`  ${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
    if (code === 0) continue;
    const left = steps.slice(i + 1).map((step) => `  left   ${step.name}`);
    console.log(`\n${[...done, ...left].join("\n")}\nNot ok: ${mend}`);
    return 1;
  }
  console.log(`\n${done.join("\n")}\nok`);
  return 0;
}

if (import.meta.main) Deno.exitCode = await main();
