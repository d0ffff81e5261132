import assert from "node:assert/strict";
import { join } from "node:path";
import { bytesPath, compileKernel, kernels } from "../scan/build_kernels.ts";
import { root, typescriptFiles } from "./ground/files.ts";

for (const source of kernels) {
  Deno.test(`compileKernel() gives the committed bytes of ${source}`, async () => {
    const committed = await Deno.readTextFile(join(root, bytesPath(source)));
    assert.equal(await compileKernel(source), committed, 'run "deno task kernels"');
  });
}

Deno.test("kernels lists every kernel of the repository", () => {
  const sources = typescriptFiles(["scan", "site"]).filter((path) => path.endsWith(".as.ts"));
  assert.deepEqual(sources.sort(), [...kernels].sort());
});
