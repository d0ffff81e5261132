import assert from "node:assert/strict";
import { join } from "node:path";
import { check } from "../../scan/collection/check.ts";
import { readCollection } from "../../scan/collection/read.ts";
import { family } from "./fixtures.ts";

/** Runs a test in a folder of its own. */
async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "weightscan-" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readCollection() gives the texts of *.yml alone when other files are there", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "b.yml"), "b");
    await Deno.writeTextFile(join(folder, "a.yml"), "a");
    await Deno.writeTextFile(join(folder, "schema.json"), "{}");
    await Deno.writeTextFile(join(folder, ".hidden.yml"), "");
    const { files, nFiles, faults } = await readCollection(folder);
    assert.deepEqual(files.map(({ text }) => text), ["a", "b"]);
    assert.equal(nFiles, 2);
    assert.deepEqual(faults, []);
  }));

Deno.test("readCollection() tells of every file that it cannot take, and takes the others", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "good.yml"), "x");
    await Deno.writeFile(join(folder, "latin.yml"), new Uint8Array([0x61, 0xe4, 0x62]));
    await Deno.writeTextFile(join(folder, "long.yml"), "x".repeat(70_000));
    await Deno.writeTextFile(join(folder, "other.yaml"), "y");
    await Deno.mkdir(join(folder, "inner.yml"));
    await Deno.symlink(join(folder, "good.yml"), join(folder, "link.yml"));
    const { files, nFiles, faults } = await readCollection(folder);
    assert.deepEqual(files.map(({ text }) => text), ["x", "y"]);
    assert.equal(nFiles, 6);
    assert.deepEqual(faults.map(({ path, message }) => `${path.slice(folder.length)} ${message}`), [
      "/inner.yml expected a plain file, got a folder",
      "/latin.yml the file is not UTF-8",
      "/link.yml expected a plain file, got a link",
      "/long.yml the file is too large: expected at most 64 KB, got 69 KB",
      "/other.yaml expected a name that ends in .yml, got .yaml",
    ]);
  }));

Deno.test("readCollection() tells of the folder when it is missing, a file or empty", () =>
  inFolder(async (folder) => {
    const path = join(folder, "file");
    await Deno.writeTextFile(path, "");
    const messages = [];
    for (const place of [join(folder, "gone"), path, folder]) {
      const { files, faults } = await readCollection(place);
      assert.deepEqual(files, []);
      assert.equal(faults.length, 1);
      assert.match(faults[0].mend, /name the folder/);
      messages.push(faults[0].message);
    }
    assert.deepEqual(messages, [
      "the folder cannot be read: there is none",
      "the folder cannot be read: it is a file",
      "the folder holds no prompt: expected files named *.yml",
    ]);
  }));

Deno.test("readCollection() wants a prompt when only the defaults are there", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "_defaults.yml"), "models: [bundled]\n");
    const { faults } = await readCollection(folder);
    assert.deepEqual(faults.map(({ code }) => code), ["folder"]);
  }));

Deno.test("check() ends with 0 and a count when the collection is sound", () =>
  inFolder(async (folder) => {
    const variants = "variants:\n  one: { text: a b, change: c }";
    await Deno.writeTextFile(join(folder, "day.yml"), family({ variants }));
    const { out, error, code } = await check([folder], false);
    assert.equal(code, 0);
    assert.match(out, /2 prompts in 1 family: sound/);
    assert.equal(error, "");
    const json = await check([folder, "--json"], false);
    assert.deepEqual(JSON.parse(json.out), { ok: true, prompts: ["day", "day/one"], faults: [] });
  }));

Deno.test("check() ends with 2 and the report when the collection is not sound", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "day.yml"), family({ date: "date: soon" }));
    const { error, code } = await check([folder], false);
    assert.equal(code, 2);
    assert.match(error, /day\.yml:8:7: error: the value of "date"/);
    assert.match(error, /1 error in 1 of 1 file\n$/);
    const json = await check([folder, "--json"], false);
    assert.equal(json.code, 2);
    assert.equal(JSON.parse(json.out).faults[0].line, 8);
  }));

Deno.test("check() ends with 2 and its usage when the command line is wrong", async () => {
  const { error, code } = await check(["--colour"], false);
  assert.equal(code, 2);
  assert.match(error, /--colour[\s\S]*Usage: deno task prompts/);
  assert.equal((await check(["a", "b"], false)).code, 2);
  const help = await check(["--help"], false);
  assert.equal(help.code, 0);
  assert.match(help.out, /Exit codes/);
});
