import assert from "node:assert/strict";
import { formatFindings } from "../../scan/doctor/finding.ts";
import { checkModel } from "../../scan/doctor/model_check.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { modelFolder } from "../fixtures/models.ts";

const engine = await createEngine("cpu", { nThreads: 1, spins: false });

for (
  const [name, scheme] of [["gpt2-int8", "optimum"], ["llama-optimum-fp16", "optimum"], [
    "qwen3-last-token",
    "torchscript",
  ]]
) {
  Deno.test(`checkModel() finds that the parts of ${name} agree`, async () => {
    const findings = await checkModel(modelFolder(name), engine, 8e9);
    assert.ok(findings.every(({ level }) => level === "ok"), formatFindings(findings));
    assert.match(findings[1].says, RegExp(`hidden states found by ${scheme}$`));
    assert.match(findings[2].says, /logits from states 0, 1, 3 differ by at most \d/);
  });
}

Deno.test("checkModel() finds fault when a part of the model comes to other logits", async () => {
  let nLoaded = 0;
  const wrong: Engine = {
    ...engine,
    async load(...args) {
      const session = await engine.load(...args);
      // The model, its lens, the tail from state 0; then the tail from the middle.
      if (++nLoaded !== 4) return session;
      return {
        ...session,
        async run(feeds, names) {
          const outputs = await session.run(feeds, names);
          for (const { data } of Object.values(outputs)) {
            (data as Float32Array)[data.length - 1] += 9;
          }
          return outputs;
        },
      };
    },
  };
  const findings = await checkModel(modelFolder("llama-genai"), wrong, 8e9);
  const last = findings[findings.length - 1];
  assert.equal(last.level, "fault");
  assert.match(last.says, /its parts do not agree/);
  assert.match(last.mend ?? "", /another export/);
});

Deno.test("checkModel() loads nothing when the model does not fit", async () => {
  const none: Engine = { ...engine, load: () => assert.fail("a model was loaded") };
  const [found, ...others] = await checkModel(modelFolder("gpt2-optimum"), none, 1e8);
  assert.deepEqual(others, []);
  assert.equal(found.level, "fault");
  assert.match(found.says, /needs 3\d\d\.\d MB of memory .*, 100\.0 MB are free/);
});

Deno.test("checkModel() tells what opening a model says", async () => {
  const [found] = await checkModel(modelFolder("bert-optimum"), engine, 8e9);
  assert.equal(found.level, "fault");
  assert.match(found.says, /expected a decoder-only language model/);
  const [missing] = await checkModel("org/nowhere", engine, 8e9);
  assert.match(missing.says, /Fetch it with: deno task model org\/nowhere/);
});
