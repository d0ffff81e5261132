import assert from "node:assert/strict";
import { modelFolder } from "../fixtures/models.ts";
import { familyFile, makeCollection, readManifest, scan } from "./collection.ts";

Deno.test("deno task scan takes models that others exported", async () => {
  await using collection = await makeCollection({ "cat.yml": familyFile("cat") });
  // A 4-bit file with caches, weights in com.microsoft operators; and one that Optimum wrote.
  const models = ["phi3-genai-int4", "gpt2-optimum"].map(modelFolder);
  const run = await scan(collection, ...models.flatMap((folder) => ["--model", folder]));
  assert.equal(run.code, 0, run.err);
  const { scans } = await readManifest(collection);
  assert.deepEqual(
    scans.map(({ model }) => model.name).toSorted(),
    ["gpt2-optimum", "gpt2-optimum", "gpt2-optimum", ...Array(3).fill("phi3-genai-int4")],
  );
});
