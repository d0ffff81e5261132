import assert from "node:assert/strict";
import { join } from "node:path";
import {
  contents,
  familyFile,
  makeCollection,
  readManifest,
  scan,
  snapshot,
  writeBrokenModel,
  writePrompt,
} from "./collection.ts";

Deno.test("deno task scan ends with 2 and writes nothing when its input is bad", async (t) => {
  await using collection = await makeCollection({ "cat.yml": familyFile("cat") });
  const { data, folder } = collection;
  assert.equal((await scan(collection)).code, 0);
  const before = await snapshot(data);

  const lines: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [["dgo"], /Cannot scan "dgo": expected .*cat/],
    [["cat/walked"], /Cannot scan "cat\/walked"/],
    [["../cat"], /Cannot scan "\.\.\/cat"/],
    [["--model", join(folder, "none")], /Cannot use --model ".*none": .*model\.onnx/],
    [["--device", "abacus"], /--device "abacus": expected one of auto, cuda, webgpu, cpu/],
    [["--particles", "3"], /--particles "3": expected a whole number from 16/],
    [["--seed", "-1"], /--seed|-1/],
    [["--seed", "1.5"], /--seed "1\.5": expected a whole number/],
    [["--colour"], /--colour.*--help/s],
    [["--data"], /--data.*--help/s],
  ];
  for (const [args, says] of lines) {
    await t.step(args.join(" "), async () => {
      const run = await scan(collection, ...args);
      assert.equal(run.code, 2, run.err);
      assert.match(run.err, says);
      assert.equal(run.out, "");
      assert.deepEqual(await snapshot(data), before);
    });
  }

  await t.step("a collection with faults: all of them are told, each with its place", async () => {
    await writePrompt(collection, "one.yml", familyFile("dog").replace("title:", "titel:"));
    await writePrompt(collection, "two.yml", familyFile("hen").replace("2026-03-04", "yesterday"));
    await writePrompt(collection, "long.yml", familyFile("a".repeat(70)));
    await writePrompt(collection, "tabs.yml", "title: [\n\tx");
    const run = await scan(collection, "--force");
    assert.equal(run.code, 2, run.err);
    assert.match(run.err, /one\.yml:1:1\b.*titel/);
    assert.match(run.err, /two\.yml:8:7\b/);
    assert.match(run.err, /long\.yml:2:\d+/);
    assert.match(run.err, /tabs\.yml:2:\d+/);
    assert.match(run.err, /Nothing was scanned/);
    assert.deepEqual(await snapshot(data), before);
    for (const name of ["one", "two", "long", "tabs"]) {
      await Deno.remove(join(collection.prompts, `${name}.yml`));
    }
  });

  await t.step("no folder of prompts at all", async () => {
    const run = await scan({ ...collection, prompts: join(folder, "nowhere") });
    assert.equal(run.code, 2, run.err);
    assert.match(run.err, /nowhere/);
    assert.deepEqual(await snapshot(data), before);
  });
});

Deno.test("deno task scan ends with 1 and keeps the rest when a family fails", async () => {
  await using collection = await makeCollection({
    "ant.yml": familyFile("ant"),
    "dog.yml": familyFile("dog"),
  });
  const broken = await writeBrokenModel(collection);
  await writePrompt(
    collection,
    "bee.yml",
    familyFile("bee", `models: [${JSON.stringify(broken)}]\n`),
  );
  const run = await scan(collection, "--json");
  assert.equal(run.code, 1, run.err);
  const summary = JSON.parse(run.out);
  assert.deepEqual([summary.scanned, summary.failed], [6, 3]);
  const failed = summary.scans.filter((one: { status: string }) => one.status === "failed");
  assert.deepEqual(failed.map((one: { id: string }) => one.id), ["bee", "bee/ran", "bee/control"]);
  assert.ok(failed.every((one: { reason: string }) => one.reason.length > 10));
  assert.match(run.err, /✗ bee/);
  const listed = (await readManifest(collection)).scans.map((entry) => entry.id);
  assert.deepEqual(listed, ["ant", "ant/ran", "ant/control", "dog", "dog/ran", "dog/control"]);

  // The mend: with a sound model the family comes in at its place, and the others are left alone.
  const before = contents(await snapshot(collection.data));
  await Deno.copyFile(join(collection.model, "model.onnx"), join(broken, "model.onnx"));
  const mended = await scan(collection, "--json");
  assert.equal(mended.code, 0, mended.err);
  assert.equal(JSON.parse(mended.out).scanned, 3);
  const after = contents(await snapshot(collection.data));
  for (const [path, digest] of Object.entries(before)) assert.equal(after[path], digest);
  assert.equal((await readManifest(collection)).scans[3].id, "bee");
});
