import assert from "node:assert/strict";
import { root } from "../ground/files.ts";
import { diff, makeCollection, readManifest, scan } from "./collection.ts";

Deno.test("deno task diff tells where two prompts part", async (t) => {
  await using collection = await makeCollection();

  await t.step("it scans what is missing and prints finding and numbers", async () => {
    const run = await diff(collection, "cat", "cat/ran");
    assert.equal(run.code, 0, run.err);
    assert.match(run.err, /✓ 1\/1 cat/);
    assert.match(run.out, /A {2}One cat sat on the mat\nB {2}One cat ran on the mat/);
    assert.match(run.out, /embedding[\s\S]*layer 1[\s\S]*layer 2/);
    assert.match(run.out, /of control/);
    assert.match(run.out, /states before the change agree/);
  });

  await t.step("a family gives all its comparisons as JSON, without scanning again", async () => {
    const run = await diff(collection, "cat", "--json");
    assert.equal(run.code, 0, run.err);
    assert.equal(run.err.includes("✓"), false);
    const pairs = JSON.parse(run.out);
    assert.deepEqual(pairs.map(({ a, b }: Ends) => [a.promptId, b.promptId]), [
      ["cat", "cat/ran"],
      ["cat", "cat/control"],
      ["cat/ran", "cat/control"],
    ]);
    for (const { layers, ladder } of pairs) {
      assert.equal(layers.length, 3);
      for (const layer of layers) assert.equal(layer.relative.length, ladder.length);
    }
  });

  await t.step("two texts become a family of their own that later scans keep", async () => {
    const run = await diff(collection, "A cat sat", "A big cat sat", "--json");
    assert.equal(run.code, 0, run.err);
    const [{ a, b, ladder, key }] = JSON.parse(run.out);
    assert.deepEqual([a.text, b.text], ["A cat sat", "A big cat sat"]);
    assert.ok(ladder.some(({ a }: Rung) => a === null), "what is inserted stands on a rung alone");
    const again = await diff(collection, "A cat sat", "A big cat sat", "--json");
    assert.deepEqual(JSON.parse(again.out), JSON.parse(run.out));
    assert.equal((await scan(collection, "cat")).code, 0);
    const kept = await readManifest(collection);
    assert.ok(kept.pairs.some((pair) => pair.key === key));
    assert.equal((await scan(collection, "--prune")).code, 0);
    const pruned = await readManifest(collection);
    assert.ok(!pruned.pairs.some((pair) => pair.key === key));
  });

  await t.step(
    "--open builds the gallery and serves the comparison's page until it is stopped",
    async () => {
      const site = `${collection.folder}/site`;
      const flags = ["--prompts", collection.prompts, "--data", collection.data, "--site", site];
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "-P=diff", "scan/diff/main.ts", "cat/ran", ...flags, "--open"],
        cwd: root,
        // Nothing here opens a browser.
        env: { NO_COLOR: "1", PATH: "" },
        stdout: "piped",
        stderr: "null",
      }).spawn();
      let said = "";
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
        said += text;
        const [, url] = /The comparison is at (http\S+)/.exec(said) ?? [];
        if (url === undefined) continue;
        assert.match(await (await fetch(url)).text(), /<weightscan-pair/);
        child.kill("SIGTERM");
      }
      assert.match(said, /The comparison is at http:.*\/p\/cat\/vs\/ran\//);
      assert.equal((await child.status).code, 0);
    },
  );

  await t.step("what names nothing is refused before anything is scanned", async () => {
    const run = await diff(collection, "cow", "cat");
    assert.equal(run.code, 2);
    assert.match(run.err, /Cannot compare "cow".*Known are cat, cat\/ran/);
  });
});

type Ends = Record<"a" | "b", { promptId: string }>;
type Rung = Record<"a" | "b", number | null>;
