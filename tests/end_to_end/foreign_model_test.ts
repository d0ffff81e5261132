import assert from "node:assert/strict";
import { join } from "node:path";
import { modelFolder } from "../fixtures/models.ts";
import { root } from "../ground/files.ts";
import { commit, startHub } from "../model/hub/local_hub.ts";
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

Deno.test("deno task model fetches what deno task scan --model takes by its name on the hub", async () => {
  await using collection = await makeCollection({ "cat.yml": familyFile("cat") });
  const files: Record<string, Uint8Array> = {};
  for (const name of ["model.onnx", "tokenizer.json", "genai_config.json"]) {
    files[name] = await Deno.readFile(join(modelFolder("qwen2-genai-int4"), name));
  }
  await using hub = startHub(files);
  const home = join(collection.folder, "home");
  const run = async (task: string, ...args: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", task, ...args],
      cwd: root,
      env: { NO_COLOR: "1", HF_HOME: home, HF_ENDPOINT: hub.endpoint, HF_TOKEN: "" },
    }).output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  };
  const folders = ["--prompts", collection.prompts, "--data", collection.data, "--device", "cpu"];
  const model = ["--model", "org/tiny"];

  const before = await run("scan", ...folders, ...model);
  assert.equal(before.code, 2);
  assert.match(before.err, /Fetch it with: deno task model org\/tiny/);
  const beforeOffline = await run("scan", ...folders, ...model, "--offline");
  assert.equal(beforeOffline.code, 2);
  assert.match(beforeOffline.err, /copy its folder models--org--tiny to .*hub.models--org--tiny/);
  assert.equal((await run("model", "--offline", "org/tiny")).code, 1);
  assert.deepEqual(hub.requests, []);

  const fetched = await run("model", "org/tiny");
  assert.equal(fetched.code, 0, fetched.err);
  assert.match(fetched.err, /org\/tiny: 3 files, .* KB/);
  const nRequests = hub.requests.length;
  const offline = await run("model", "--offline", "org/tiny");
  assert.match(offline.out, RegExp(`org/tiny is here, at commit ${commit}`));
  assert.match(offline.out, /3 files, .* all with the digests/);
  const listed = await run("model", "--offline");
  assert.match(listed.out, /^In .*hub\n {2}org\/tiny {2}.* KB {2}model\.onnx\n$/);

  const scanned = await run("scan", ...folders, ...model, "--offline");
  assert.equal(scanned.code, 0, scanned.err);
  assert.equal(hub.requests.length, nRequests);
  const { scans } = await readManifest(collection);
  assert.deepEqual(scans.map(({ model: { name, revision } }) => [name, revision]), [
    ["org/tiny", commit],
    ["org/tiny", commit],
    ["org/tiny", commit],
  ]);
  assert.equal((await run("model", "tiny")).code, 2);
});
