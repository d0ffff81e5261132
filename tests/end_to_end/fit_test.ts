import assert from "node:assert/strict";
import { createFitCheck } from "../../scan/fit_check.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import type { Job } from "../../scan/plan.ts";
import { modelFolder } from "../fixtures/models.ts";
import { familyFile, makeCollection, readManifest, scan, snapshot } from "./collection.ts";

Deno.test("deno task scan refuses a family that does not fit into the memory it may take", async () => {
  await using collection = await makeCollection({ "cat.yml": familyFile("cat") });
  const model = ["--model", modelFolder("gpt2-optimum")];
  const small = await scan(collection, ...model, "--memory", "50MB", "--json");
  assert.equal(small.code, 1, small.err);
  const [{ reason, status }] = JSON.parse(small.out).scans;
  assert.equal(status, "failed");
  assert.match(
    reason,
    /^Cannot scan "cat" with the model .*: expected 3\d\d\.\d MB of free memory/,
  );
  assert.match(reason, /got 50\.0 MB\. Needed are .* for states of \d+ tokens/);
  assert.match(reason, /--memory/);
  assert.deepEqual(Object.keys(await snapshot(collection.data)), ["scans.json"]);

  const enough = await scan(collection, ...model, "--memory", "1GB");
  assert.equal(enough.code, 0, enough.err);
  assert.equal((await readManifest(collection)).scans.length, 3);
});

Deno.test("createFitCheck() refuses before the model is loaded when its description says its sizes", async () => {
  const job = {
    family: { id: "cat", members: [{ text: "the cat sat" }] },
    modelName: modelFolder("gpt2-optimum"),
    parameters: { particles: 1024 },
  } as unknown as Job;
  const engine: Engine = {
    provider: "cpu",
    load: () => Promise.reject(new Error("nothing is to be loaded")),
  };
  await createFitCheck(null, () => 1e9)(job, engine);
  await assert.rejects(createFitCheck(null, () => 1e8)(job, engine), /got 100\.0 MB\. Needed are/);
  // What may be taken is what the user says, whatever is free.
  await createFitCheck(1e9, () => 0)(job, engine);
});
