import assert from "node:assert/strict";
import { join } from "node:path";
import { checkBundled, checkCache, checkData } from "../../scan/doctor/file_checks.ts";
import { readModelSource } from "../../scan/model/source.ts";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "weightscan-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("checkBundled() finds fault with weights that are not those of the card", async () => {
  const sound = await checkBundled();
  assert.equal(sound.level, "ok");
  assert.match(sound.says, /^weightscan-mini, revision \d+, 5\.\d MB/);
  const wrong = await checkBundled(() =>
    Promise.reject(new SyntaxError("Cannot load the bundled model: expected weights with sha256:1"))
  );
  assert.equal(wrong.level, "fault");
  assert.match(wrong.says, /sha256:1/);
  assert.match(wrong.mend ?? "", /git checkout scan\/bundled/);
  assert.equal((await checkBundled(() => readModelSource("bundled"))).level, "ok");
});

Deno.test("checkCache() tells models, sizes and downloads that are not finished", () =>
  withFolder((folder) => {
    const env = (name: string) => name === "HF_HUB_CACHE" ? folder : undefined;
    assert.match(checkCache(env)[0].says, /with nothing in it/);
    const repo = join(folder, "models--org--tiny");
    Deno.mkdirSync(join(repo, "blobs"), { recursive: true });
    Deno.mkdirSync(join(repo, "snapshots", "abc", "onnx"), { recursive: true });
    Deno.writeFileSync(join(repo, "blobs", "d1"), new Uint8Array(1500));
    Deno.writeFileSync(join(repo, "blobs", "d2.incomplete"), new Uint8Array(200));
    Deno.symlinkSync("../../../blobs/d1", join(repo, "snapshots", "abc", "onnx", "model.onnx"));
    const [whole, tiny, begun] = checkCache(env);
    assert.match(whole.says, /1\.7 KB in 1 models/);
    assert.equal(tiny.says, "org/tiny, 1.7 KB: onnx/model.onnx");
    assert.equal(begun.level, "note");
    assert.match(begun.says, /1 files are fetched in part, 200 B/);
    assert.match(begun.mend ?? "", /deno task model org\/tiny".*d2\.incomplete/);
    return Promise.resolve();
  }));

Deno.test("checkCache() says what to set when there is no home", () => {
  const [found] = checkCache(() => undefined);
  assert.equal(found.level, "note");
  assert.match(found.mend ?? "", /HF_HOME/);
});

Deno.test("checkData() leaves the folder as it is and tells what a killed scan left", () =>
  withFolder(async (folder) => {
    const data = join(folder, "a", "data");
    const [missing] = await checkData(data);
    assert.match(missing.says, /is made by the first scan/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);

    await Deno.mkdir(join(data, "records"), { recursive: true });
    await Deno.mkdir(join(data, "frames"));
    await Deno.writeTextFile(join(data, "records", "k.json"), "{}");
    const part = join(data, "frames", ".part-1");
    await Deno.writeTextFile(part, "half");
    const [young, ...others] = await checkData(data);
    assert.match(young.says, /can be written, 1 scans/);
    assert.deepEqual(others, []);
    const before = new Date(Date.now() - 3_600_000);
    await Deno.utime(part, before, before);
    const [, left] = await checkData(data);
    assert.equal(left.level, "note");
    assert.match(left.says, /^1 files that a killed scan left/);
    assert.equal(await Deno.readTextFile(part), "half");
    assert.deepEqual([...Deno.readDirSync(data)].map(({ name }) => name).toSorted(), [
      "frames",
      "records",
    ]);
  }));

Deno.test("checkData() finds fault with a file where the folder should be", () =>
  withFolder(async (folder) => {
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "kept");
    const [found, ...others] = await checkData(file);
    assert.deepEqual(others, []);
    assert.equal(found.level, "fault");
    assert.match(found.says, /is a file$/);
    assert.match(found.mend ?? "", /--data/);
    assert.equal(await Deno.readTextFile(file), "kept");
  }));
