import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { probeLume } from "../../site/lume.ts";
import { writeSyntheticData } from "../fixtures/synthetic_scan.ts";
import { type Bench, race } from "./harness.ts";

const buildProgram = fileURLToPath(new URL("../../site/build.ts", import.meta.url));
const eleventyProgram = fileURLToPath(new URL("./site_bench_eleventy.ts", import.meta.url));
const projectFolder = fileURLToPath(new URL("../../", import.meta.url));

/** A way to build the whole site, from a program's start to its end. */
interface Builder {
  readonly name: string;
  readonly args: readonly string[];
}

async function run({ name, args }: Builder, data: string, out: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, `--data=${data}`, `--out=${out}`],
    cwd: projectFolder,
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  if (!success) {
    throw new Error(
      `Cannot build the site with ${name}: ${new TextDecoder().decode(stderr).trim()}`,
    );
  }
}

const ours: Builder = {
  name: "npm writer",
  args: ["run", "--quiet", "-A", buildProgram, "--builder=npm"],
};

/** Lume where it can be had; else Eleventy, the best known generator that comes from npm alone. */
async function chooseRival(): Promise<Builder> {
  if ((await probeLume()).isThere) {
    return { name: "Lume 3.3.1", args: ["run", "--quiet", "-A", buildProgram, "--builder=lume"] };
  }
  return {
    name: "Eleventy 3.1.8",
    // Kept out of the project's own packages and lock file.
    args: ["run", "--quiet", "-A", "--no-lock", "--node-modules-dir=none", eleventyProgram],
  };
}

/** Writes a list of `nPrompts` scans over a few real files. */
async function writeScans(folder: string, nPrompts: number, seed: number): Promise<void> {
  const { scans } = await writeSyntheticData(folder, {
    families: 6,
    members: 1,
    particles: 64,
    seed,
  });
  const many = Array.from({ length: nPrompts }, (_, i) => {
    const family = `family-${i >> 1}`;
    const variant = i % 2 === 0 ? "" : "variant";
    const id = variant === "" ? family : `${family}/${variant}`;
    return { ...scans[i % scans.length], id, family, variant };
  });
  await Deno.writeTextFile(
    join(folder, "scans.json"),
    JSON.stringify({ version: 1, scans: many }),
  );
}

const siteBuild: Bench = {
  name: "site",
  async *run({ quick, seed }) {
    const rival = await chooseRival();
    for (const nPrompts of quick ? [10, 100] : [10, 100, 1000]) {
      const folder = await Deno.makeTempDir({ prefix: "weightscan-bench-" });
      try {
        const data = join(folder, "_data");
        await writeScans(data, nPrompts, seed);
        yield await race({
          name: "site build",
          size: `${nPrompts} prompts`,
          rivalName: rival.name,
          ours: () => run(ours, data, join(folder, "ours")),
          rival: () => run(rival, data, join(folder, "rival")),
        }, nPrompts < 1000 ? 5 : 3);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }
  },
};

export const benches: readonly Bench[] = [siteBuild];
