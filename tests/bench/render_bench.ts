import { chromium } from "playwright-core";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromiumArgs, findChromium } from "../browser/chromium.ts";
import { type Bench, type BenchOptions, median, type Row, row } from "./harness.ts";
import type { RenderSize, RenderTimes } from "./render_bench_page.ts";

/** Most draw calls that the viewer may make: one for particles, one for edges. */
const maxCalls = 2;
const turns = 15;

/** One picture of a frame with its edges, in a headless browser that renders in software. */
const renderFrame: Bench = {
  name: "render",
  async *run({ quick, seed }: BenchOptions): AsyncGenerator<Row> {
    const executablePath = findChromium();
    if (executablePath === null) {
      console.error("render: skipped, no Chromium was found (set CHROMIUM to one)");
      return;
    }
    const script = await bundlePage();
    const browser = await chromium.launch({ executablePath, args: [...chromiumArgs] });
    try {
      const kinds = [{ nParticles: 1024, mix: 0 }, { nParticles: 1024, mix: 0.5 }, {
        nParticles: 4096,
        mix: 0,
      }];
      for (const { nParticles, mix } of quick ? kinds.slice(0, 1) : kinds) {
        const size: RenderSize = { nParticles, mix, k: 3, width: 1280, height: 800, turns, seed };
        const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
        await page.setContent("<!doctype html><title>render</title>");
        await page.addScriptTag({ content: script, type: "module" });
        await page.waitForFunction("typeof measureRendering === 'function'");
        const times = await page.evaluate<RenderTimes>(`measureRendering(${JSON.stringify(size)})`);
        await page.close();
        if (times.oursCalls > maxCalls) {
          throw new Error(
            `Cannot accept the viewer's picture: expected at most ${maxCalls} draw calls, got ${times.oursCalls}`,
          );
        }
        yield row({
          name: mix === 0 ? "render a frame" : "render between frames",
          size: `${nParticles} particles, ${nParticles * 3} edges, 1280 × 800`,
          unit: "ms",
          ours: median(times.ours),
          rival: median(times.rival),
          rivalName: "one THREE.Line per edge",
        });
        if (mix !== 0) continue;
        yield row({
          name: "draw calls",
          size: `${nParticles} particles, ${nParticles * 3} edges`,
          unit: "calls",
          ours: times.oursCalls,
          rival: times.rivalCalls,
          rivalName: "one THREE.Line per edge",
        });
      }
    } finally {
      await browser.close();
    }
  },
};

/** The page's script with all that it imports. */
async function bundlePage(): Promise<string> {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const out = await Deno.makeTempFile({ suffix: ".js" });
  try {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "--platform=browser", "--minify", "--output", out].concat(
        join(folder, "render_bench_page.ts"),
      ),
      cwd: folder,
    }).output();
    if (code !== 0) {
      throw new Error(
        `Cannot bundle the page of the render benchmark: ${new TextDecoder().decode(stderr)}`,
      );
    }
    return await Deno.readTextFile(out);
  } finally {
    await Deno.remove(out);
  }
}

export const benches: readonly Bench[] = [renderFrame];
