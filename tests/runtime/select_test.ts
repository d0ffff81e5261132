import assert from "node:assert/strict";
import type { Engine } from "../../scan/onnx/engine.ts";
import { mendOf, seePlatform } from "../../scan/runtime/mend.ts";
import { createEngine, type NodeProvider } from "../../scan/runtime/node_engine.ts";
import { selectEngine } from "../../scan/runtime/select.ts";

/** Engines of which all but the CPU's fail, each in its own way. */
async function onlyCpu(provider: NodeProvider): Promise<Engine> {
  if (provider === "cuda") throw new Error("\n  no CUDA here\nand a long stack");
  const engine = await createEngine("cpu", { nThreads: 1 });
  if (provider === "cpu") return engine;
  return { provider, load: () => Promise.reject(new Error("no adapter")) };
}

Deno.test("selectEngine() takes the CPU and says why nothing better when only that works", async () => {
  const { engine, refused } = await selectEngine("auto", onlyCpu);
  assert.equal(engine.provider, "cpu");
  assert.deepEqual(refused.map(({ provider }) => provider), ["cuda", "webgpu"]);
  assert.equal(refused[0].reason, "no CUDA here");
});

Deno.test("selectEngine() does not fall back when a device is asked for by name", async () => {
  await assert.rejects(selectEngine("cuda", onlyCpu), {
    name: "RangeError",
    message: /Cannot use the device "cuda": expected one that works, got cuda: no CUDA here/,
  });
});

Deno.test("selectEngine() refuses an engine that computes wrongly", async () => {
  const wrong: Engine = {
    provider: "cpu",
    load: () =>
      Promise.resolve({
        inputNames: ["x"],
        outputNames: ["y"],
        run: () =>
          Promise.resolve({ y: { dtype: "float32", shape: [1, 1], data: Float32Array.of(8) } }),
        release: () => Promise.resolve(),
      }),
  };
  await assert.rejects(selectEngine("cpu", () => Promise.resolve(wrong)), /3 × 3 came out as 8/);
});

Deno.test("selectEngine() gives the command that installs CUDA with the reason why it is not used", async () => {
  const { refused } = await selectEngine("auto", onlyCpu);
  const here = mendOf("cuda", seePlatform());
  assert.equal(refused[0].mend, here);
  await assert.rejects(
    selectEngine("cuda", onlyCpu),
    (error: Error) => error.message.includes(here),
  );
});

Deno.test("mendOf() names the command where there is CUDA's provider to install, and nowhere else", () => {
  const linux = { os: "linux", arch: "x86_64", hasCudaLibrary: false };
  const command = RegExp('"deno install --allow-scripts=npm:onnxruntime-node"');
  assert.match(mendOf("cuda", linux), command);
  assert.match(mendOf("cuda", { ...linux, hasCudaLibrary: null }), command);
  assert.match(mendOf("cuda", { ...linux, hasCudaLibrary: true }), /is installed: .* cuDNN 9/);
  assert.match(mendOf("cuda", { ...linux, arch: "aarch64" }), /on Linux x64 only/);
  assert.match(mendOf("cuda", { ...linux, os: "darwin" }), /on Linux x64 only/);
  assert.match(mendOf("webgpu", linux), /apt-get install libvulkan1/);
  assert.doesNotMatch(mendOf("webgpu", { ...linux, os: "windows" }), /apt-get/);
  assert.match(mendOf("cpu", linux), /deno install/);
});

Deno.test("selectEngine() finds one on this machine", async () => {
  const { engine, refused } = await selectEngine("auto");
  for (const { provider, reason } of refused) assert.ok(reason.length > 0, provider);
  assert.ok(["cuda", "webgpu", "cpu"].includes(engine.provider));
});
