import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeLens, decodePair, decodeScan } from "../../scan/format/mod.ts";
import {
  contents,
  familyFile,
  makeCollection,
  readManifest,
  readManifestFacts,
  scan,
  snapshot,
  writePrompt,
} from "./collection.ts";

const idAndText = ({ id, text }: { id: number; text: string }) => [id, text];

const ids = ["cat", "cat/ran", "cat/control", "dog", "dog/ran", "dog/control"];

/** Of a family of three: three files each of three members, three each of three comparisons. */
const newFiles = 18;

Deno.test("deno task scan writes every prompt of the collection, once and for all", async (t) => {
  await using collection = await makeCollection();
  const { data } = collection;

  await t.step("a dry run tells the plan and writes no scan", async () => {
    const run = await scan(collection, "--dry-run", "--json");
    assert.equal(run.code, 0, run.err);
    const { plan } = JSON.parse(run.out);
    assert.deepEqual(plan.map((one: { id: string }) => one.id), ids);
    assert.ok(plan.every((one: { stored: boolean }) => !one.stored));
    assert.deepEqual(await snapshot(data), {});
  });

  await t.step("the first run scans everything and sums up", async () => {
    const run = await scan(collection, "--json");
    assert.equal(run.code, 0, run.err);
    const summary = JSON.parse(run.out);
    assert.equal(summary.scanned, ids.length);
    assert.equal(summary.skipped + summary.failed + summary.interrupted, 0);
    assert.deepEqual(summary.scans.map((one: { id: string }) => one.id), ids);
    for (const one of summary.scans) {
      assert.equal(one.status, "scanned");
      assert.ok(one.bytes > 0 && one.explainedVariance <= 1);
      assert.ok(one.trustworthiness >= 0 && one.trustworthiness <= 1);
    }
    assert.equal(summary.pairs.length, 6);
    assert.ok(
      summary.pairs.every((one: { bytes: number; sentence: string }) =>
        one.bytes > 0 && one.sentence !== ""
      ),
    );
    for (const stage of ["model", "particles", "projection", "pairs", "files"]) {
      assert.match(run.err, new RegExp(`cat · .*: ${stage}`));
    }
  });

  await t.step("every two members of a family are compared", async () => {
    const { scans, pairs } = await readManifest(collection);
    const names = pairs.map(({ a, b, control }) => `${a} ${b}${control ? " control" : ""}`);
    assert.deepEqual(names.slice(0, 3), [
      "cat cat/ran",
      "cat cat/control control",
      "cat/ran cat/control",
    ]);
    assert.equal(pairs.length, 6);
    for (const record of pairs) {
      const bytes = await Deno.readFile(join(data, record.pair.path));
      const { header, layers } = await decodePair(bytes, { source: record.key });
      assert.deepEqual([header.a.promptId, header.b.promptId], [record.a, record.b]);
      assert.equal(header.a.text, scans.find(({ key }) => key === record.aKey)!.text);
      assert.equal(header.finding.sentence, record.finding.sentence);
      assert.equal(layers.length, 3);
      assert.ok(header.soundness.nStates > 0 && header.soundness.largest === 0);
      assert.equal(header.ladder.length, header.a.tokens.length);
      assert.equal(header.nullBand === null, record.control);
      for (const side of ["a", "b"] as const) {
        const file = await Deno.readFile(join(data, record.difference![side].path));
        const { frames } = await decodeScan(file, { source: record.key });
        assert.ok(frames.every(({ positions }) => positions.length === 32 * 3));
      }
    }
  });

  await t.step("the list names files that are whole and agree with it", async () => {
    const { scans } = await readManifest(collection);
    assert.deepEqual(scans.map((entry) => entry.id), ids);
    for (const entry of scans) {
      const bytes = await Deno.readFile(join(data, entry.frames.path));
      assert.equal(bytes.length, entry.frames.bytes);
      const { header, frames } = await decodeScan(bytes, { source: entry.id });
      assert.equal(header.prompt.text, entry.text);
      assert.deepEqual(header.layers, ["embedding", "layer 1", "layer 2"]);
      assert.equal(frames.length, 3);
      assert.ok(frames.every((frame) => frame.positions.length === 32 * 3));
      assert.equal(header.tokens.map((token) => token.text).join(""), "<|bos|>" + entry.text);
      const lens = await decodeLens(await Deno.readFile(join(data, entry.lens.path)), {
        source: entry.id,
      });
      assert.equal(lens.tokens.length, header.tokens.length);
      const last = lens.guesses.at(-1)?.at(-1) ?? [];
      assert.deepEqual(last.map(({ id, text }) => [id, text]), entry.answer.map(idAndText));
      // The grid keeps half precision.
      last.forEach(({ p }, i) => assert.ok(Math.abs(p - entry.answer[i].p) < 1e-3));
      const picture = await Deno.readFile(join(data, entry.thumbnail.path));
      assert.equal(new TextDecoder().decode(picture.subarray(8, 12)), "WEBP");
    }
  });

  const first = await snapshot(data);
  const facts = await readManifestFacts(collection);

  await t.step("a second run does nothing and writes nothing", async () => {
    const run = await scan(collection, "--json");
    assert.equal(run.code, 0, run.err);
    assert.equal(JSON.parse(run.out).skipped, ids.length);
    assert.doesNotMatch(run.err, /Running on/, "no runtime is started");
    assert.deepEqual(await snapshot(data), first);
  });

  await t.step("--force gives the same bytes again", async () => {
    const run = await scan(collection, "--force", "--json");
    assert.equal(run.code, 0, run.err);
    assert.equal(JSON.parse(run.out).scanned, ids.length);
    const forced = await snapshot(data);
    assert.deepEqual(contents(forced), contents(first));
    assert.deepEqual(await readManifestFacts(collection), facts);
    const [path] = Object.keys(contents(first));
    assert.ok(forced[path].writtenMs > first[path].writtenMs, "it was in fact written anew");
  });

  await t.step("a missing and a cut file are made again, and nothing else", async () => {
    const before = await snapshot(data);
    const { scans } = await readManifest(collection);
    await Deno.remove(join(data, scans[0].frames.path));
    await Deno.truncate(join(data, scans[4].lens.path), 10);
    const run = await scan(collection, "cat", "--json");
    assert.equal(run.code, 0, run.err);
    assert.equal(JSON.parse(run.out).scanned, 3);
    assert.deepEqual((await readManifest(collection)).scans.map((entry) => entry.id), [
      "cat",
      "cat/ran",
      "cat/control",
      "dog",
      "dog/control",
    ], "a scan whose file is cut is not listed");
    const again = await scan(collection, "--json");
    assert.equal(JSON.parse(again.out).scanned, 3, again.err);
    assert.deepEqual(contents(await snapshot(data)), contents(before));
    assert.deepEqual(await readManifestFacts(collection), facts);
  });

  await t.step("other words touch neither file nor key, only the list", async () => {
    const before = await snapshot(data);
    await writePrompt(collection, "cat.yml", familyFile("cat").replace("Where", "See where"));
    const run = await scan(collection, "--json");
    assert.equal(JSON.parse(run.out).skipped, ids.length, run.err);
    assert.deepEqual(contents(await snapshot(data)), contents(before));
    assert.match((await readManifest(collection)).scans[0].lookFor, /^See where/);
  });

  await t.step("another text makes its family anew, and --prune drops the old files", async () => {
    const before = Object.keys(contents(await snapshot(data)));
    await writePrompt(collection, "dog.yml", familyFile("dog").replace("ran on", "lay on"));
    const run = await scan(collection, "--json");
    assert.equal(run.code, 0, run.err);
    const { scanned, skipped } = JSON.parse(run.out);
    assert.deepEqual([scanned, skipped], [3, 3]);
    assert.equal(Object.keys(contents(await snapshot(data))).length, before.length + newFiles);

    const pruned = await scan(collection, "--prune");
    assert.equal(pruned.code, 0, pruned.err);
    assert.match(pruned.err, /Pruned 24 files/);
    const { scans, pairs } = await readManifest(collection);
    const listed = [
      ...scans.flatMap(({ frames, lens, thumbnail, key }) => [
        frames.path,
        lens.path,
        thumbnail.path,
        `records/${key}.json`,
      ]),
      ...pairs.flatMap(({ pair, difference, key }) => [
        pair.path,
        difference!.a.path,
        difference!.b.path,
        `records/${key}.pair.json`,
      ]),
    ];
    assert.deepEqual(
      Object.keys(await snapshot(data)).sort(),
      [...listed, "scans.json"].sort(),
    );
  });

  await t.step("--seed and --particles make other scans and leave the first alone", async () => {
    const before = contents(await snapshot(data));
    const run = await scan(collection, "cat/ran", "--seed", "7", "--particles", "16", "--json");
    assert.equal(run.code, 0, run.err);
    assert.equal(JSON.parse(run.out).scanned, 3, "the family is scanned as a whole");
    const after = contents(await snapshot(data));
    assert.equal(Object.keys(after).length, Object.keys(before).length + newFiles);
    for (const [path, digest] of Object.entries(before)) assert.equal(after[path], digest);
    const { scans } = await readManifest(collection);
    assert.deepEqual(scans.map(({ parameters }) => parameters.seed), [7, 7, 7, 42, 42, 42]);
  });
});
