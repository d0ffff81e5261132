/**
 * WebGPU against the CPU, where it can be had: on a graphics card, or in software on the Vulkan driver
 * that comes with Chromium (SwiftShader), which wants Vulkan's loader (`libvulkan1` on Debian) besides.
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium } from "../browser/find_chromium.ts";
import { root } from "../ground/files.ts";
import type { WebgpuCheck } from "./webgpu_check.ts";

/** The software driver beside Chromium, unless the machine says which driver it wants. */
function softwareDriver(): Record<string, string> {
  if (Deno.env.has("VK_DRIVER_FILES") || Deno.env.has("VK_ICD_FILENAMES")) return {};
  const chromium = findChromium();
  const folders = ["/usr/lib/chromium", ...chromium ? [dirname(chromium)] : []];
  const found = folders.map((folder) => join(folder, "vk_swiftshader_icd.json")).find((file) => {
    try {
      return Deno.statSync(file).isFile;
    } catch {
      return false;
    }
  });
  return found ? { VK_DRIVER_FILES: found, VK_ICD_FILENAMES: found } : {};
}

Deno.test("WebGPU gives the CPU's hidden states, guesses and particles", async () => {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "-P=scan",
      fileURLToPath(new URL("webgpu_check.ts", import.meta.url)),
    ],
    cwd: root,
    env: { NO_COLOR: "1", ...softwareDriver() },
  }).output();
  const [said, told] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.ok(said.startsWith("{"), told);
  const { skipped, errors, explainedVariance, nSteps }: WebgpuCheck = JSON.parse(said);
  if (skipped !== undefined) {
    console.log(`skipped: ${skipped}`);
    return;
  }
  assert.ok(errors && explainedVariance && nSteps);
  console.log(`largest errors, of the largest number: ${JSON.stringify(errors)}`);
  for (const key of ["states", "normed", "lastLogits"] as const) {
    assert.ok(errors[key] < 1e-4, `${key}: ${errors[key]}`);
  }
  assert.equal(nSteps[0], nSteps[1]);
  assert.ok(errors.codes < 1e-2, `codes: ${errors.codes}`);
  assert.ok(Math.abs(explainedVariance[0] - explainedVariance[1]) < 1e-3);
});
