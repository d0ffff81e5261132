import assert from "node:assert/strict";
import { join } from "node:path";
import { type EncoderName, encoders } from "../../scan/encoder/mod.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import { createRandom } from "../../scan/onnx/random.ts";
import { measureQuality } from "../../scan/projection/mod.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { serveFile } from "../../site/static_files.ts";
import { root } from "../ground/files.ts";
import { describe, samples } from "../runtime/echo.ts";
import { browserTest, openPage } from "./pages.ts";
import {
  runStages,
  stagesEncoder,
  type StagesInput,
  type StagesOutput,
  type StagesPage,
  stagesProjection,
} from "./stages.ts";

const nMembers = 2;
const nStates = 4;
const nTokens = 6;
const dModel = 16;

/** Members whose states wander along shared directions, as layers do. */
function makeInput(encoder: EncoderName): StagesInput {
  const shared = createRandom(7);
  const directions = Array.from({ length: 3 * dModel }, () => shared.next() - 0.5);
  const states = Array.from({ length: nMembers }, (_, member) => {
    const random = createRandom(100);
    return Array.from({ length: nStates * nTokens * dModel }, (_, i) => {
      const [state, column] = [Math.floor(i / (nTokens * dModel)), i % dModel];
      return Math.fround(
        Math.cos(state) * directions[column] + Math.sin(state) * directions[dModel + column] +
          member * state / 5 * directions[2 * dModel + column] + 0.3 * (random.next() - 0.5),
      );
    });
  });
  return { encoder, states, nTokens, dModel };
}

/** A page with its scripts and, under /runtime/, what onnxruntime-web fetches. */
async function servePage() {
  const folder = await Deno.makeTempDir({ prefix: "weightscan-" });
  const scripts = ["stages_page.ts", "stages_worker.ts"];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=browser", `--outdir=${folder}`, ...scripts],
    cwd: join(root, "tests", "browser"),
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  await Deno.writeTextFile(
    join(folder, "index.html"),
    '<!doctype html><link rel="icon" href="data:,"><title>Stages</title>' +
      '<script type="module" src="stages_page.js"></script>',
  );
  const runtime = join(root, "node_modules", "onnxruntime-web", "dist");
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    ({ url, method, headers }) => {
      const address = new URL(url);
      const isRuntime = address.pathname.startsWith("/runtime/");
      if (isRuntime) address.pathname = address.pathname.slice("/runtime".length);
      return serveFile(new Request(address, { method, headers }), isRuntime ? runtime : folder);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

browserTest(
  "every encoder and the projection run in a browser's worker as they are",
  async (browser) => {
    await using served = await servePage();
    await using opened = await openPage(browser, served.url);
    const { page, requests } = opened;
    await page.waitForFunction(() => "runInWorker" in globalThis);
    assert.equal(await page.evaluate(() => crossOriginIsolated), false);

    const echoes = await page.evaluate(() =>
      (globalThis as unknown as StagesPage).runInWorker("echo")
    );
    assert.deepEqual(echoes, Object.values(samples).map(describe));

    const native = await createEngine("cpu", { nThreads: 1 });
    for (const encoder of Object.keys(encoders) as EncoderName[]) {
      const input = makeInput(encoder);
      const web = await page.evaluate(
        (input) => (globalThis as unknown as StagesPage).runInWorker(input),
        input,
      );
      await compare(encoder, web, await runStages(native, input), native);
    }
    // Those of the worker are among them: its script and the runtime.
    assert.deepEqual(
      requests.map((address) => new URL(address).pathname),
      ["/", "/stages_page.js", "/stages_worker.js", "/runtime/ort-wasm-simd-threaded.wasm"],
    );
  },
);

/** Sums are added up in another order there: training stays close, a picture keeps neighbours. */
async function compare(name: string, web: StagesOutput, node: StagesOutput, native: Engine) {
  const { dCode } = node;
  const n = nMembers * nStates * (name === "tokens" ? nTokens : stagesEncoder.particles);
  const near = (a: number, b: number, by: number, what: string) =>
    assert.ok(Math.abs(a - b) <= by, `${name}: ${what} is ${a}, expected ${b} ± ${by}`);

  near(web.explainedVariance, node.explainedVariance, 0.01, "explained variance");
  assert.equal(web.nSteps, node.nSteps, name);
  assert.equal(web.codes.length, n * dCode, name);
  const size = Math.hypot(...node.codes);
  near(Math.hypot(...web.codes.map((x, i) => x - node.codes[i])) / size, 0, 0.02, "codes' error");

  assert.equal(web.positions.length, n * 3, name);
  assert.ok(web.positions.every(Number.isFinite), `${name}: a position is not finite`);
  near(web.trustworthiness, node.trustworthiness, 0.03, "trustworthiness");
  // The browser's picture of the codes that the native runtime made.
  const { trustworthiness } = await measureQuality(
    native,
    Float32Array.from(node.codes),
    n,
    dCode,
    Float32Array.from(web.positions),
    3,
    stagesProjection.metric,
  );
  near(trustworthiness, node.trustworthiness, 0.03, "trustworthiness against native codes");
}
