import assert from "node:assert/strict";
import { join } from "node:path";
import { removeStaleParts, writeAtomic } from "../../scan/store/atomic.ts";
import { canonicalJson, type KeyInput, pairKey, scanKey } from "../../scan/store/key.ts";
import type { ScanEntry } from "../../scan/store/manifest.ts";
import {
  type PairFacts,
  type PairFiles,
  type ScanFacts,
  type ScanFiles,
  Store,
} from "../../scan/store/store.ts";

const facts: ScanFacts = {
  model: { name: "m", revision: "", digest: "sha256:0", nLayers: 1, dModel: 2, dVocab: 3 },
  parameters: { seed: 1 },
  quality: { explainedVariance: 1, trustworthiness: 1, neighbourRecall: 1 },
  tokens: [{ id: 0, text: "a" }],
  answer: [{ id: 1, text: "b", p: 0.5 }],
  layers: ["embedding", "layer 1"],
  run: { provider: "cpu", durationMs: 1, writer: "test", date: "2026-01-01T00:00:00.000Z" },
};

const files: ScanFiles = {
  frames: new Uint8Array([1, 2, 3]),
  lens: new Uint8Array([4, 5]),
  thumbnail: new Uint8Array([6]),
};

const pairFacts: PairFacts = {
  model: "m",
  family: "days",
  a: "days",
  b: "days/back",
  aKey: "abc",
  bKey: "def",
  control: false,
  soundness: { largest: 0, nStates: 4, tolerance: 1e-3 },
  finding: { kind: "turns", sentence: "It turns.", turnsAt: 1 },
};

const pairFiles: PairFiles = {
  pair: new Uint8Array([7, 8]),
  difference: { a: new Uint8Array([9, 10]), b: new Uint8Array([11, 12]) },
};

const nothing = { scans: [], pairs: [] };

const input: KeyInput = {
  family: "days",
  modelName: "m",
  modelDigest: "sha256:0",
  parameters: { seed: 1, particles: 1024 },
  members: [{ id: "days", title: "Days", text: "Monday," }, {
    id: "days/back",
    title: "Back",
    text: "Friday,",
  }],
};

async function inTemporaryFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) names.push(entry.name);
  return names.sort();
}

Deno.test("writeAtomic() replaces a file and leaves no part behind", () =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, "deep", "file.txt");
    await writeAtomic(path, "old");
    await writeAtomic(path, "new");
    assert.equal(await Deno.readTextFile(path), "new");
    assert.deepEqual(await namesIn(join(folder, "deep")), ["file.txt"]);
  }));

Deno.test("writeAtomic() keeps the old content and cleans up when the rename fails", () =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, "taken");
    await Deno.mkdir(join(path, "full"), { recursive: true });
    await assert.rejects(() => writeAtomic(path, "new"));
    assert.deepEqual(await namesIn(folder), ["taken"]);
    assert.deepEqual(await namesIn(path), ["full"]);
  }));

Deno.test("removeStaleParts() removes old parts only", () =>
  inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, ".part-old"), "x");
    await Deno.utime(join(folder, ".part-old"), 1, 1);
    await Deno.writeTextFile(join(folder, ".part-young"), "x");
    await Deno.writeTextFile(join(folder, "whole"), "x");
    assert.equal(await removeStaleParts(folder), 1);
    assert.deepEqual(await namesIn(folder), [".part-young", "whole"]);
    assert.equal(await removeStaleParts(join(folder, "missing")), 0);
  }));

Deno.test("canonicalJson() gives equal text for equal values", () => {
  assert.equal(
    canonicalJson({ b: 1, a: [{ d: 1, c: 2 }] }),
    canonicalJson({ a: [{ c: 2, d: 1 }], b: 1 }),
  );
  assert.notEqual(canonicalJson([1, 2]), canonicalJson([2, 1]));
});

Deno.test("scanKey() changes with everything that a scan depends on", async () => {
  const variations: KeyInput[] = [
    input,
    { ...input, family: "other" },
    { ...input, modelName: "n" },
    { ...input, modelDigest: "sha256:1" },
    { ...input, parameters: { seed: 2, particles: 1024 } },
    { ...input, members: input.members.slice(0, 1) },
    { ...input, members: [input.members[0], { ...input.members[1], text: "Sunday," }] },
  ];
  const keys = await Promise.all(variations.map((one) => scanKey(one, "days")));
  keys.push(await scanKey(input, "days/back"));
  assert.equal(new Set(keys).size, keys.length);
  assert.match(keys[0], /^[0-9a-f]{20}$/);
  const reordered = { ...input, parameters: { particles: 1024, seed: 1 } };
  assert.equal(await scanKey(reordered, "days"), keys[0]);
});

Deno.test("Store reads back what was written, across openings", () =>
  inTemporaryFolder(async (folder) => {
    const written = await (await Store.open(folder)).writeScan("abc", files, facts);
    const store = await Store.open(folder);
    assert.deepEqual(await store.readRecord("abc"), written);
    assert.equal(await store.readRecord("other"), null);
    assert.deepEqual(await Deno.readFile(join(folder, written.lens.path)), files.lens);
  }));

Deno.test("Store.readRecord() is null when a file is missing or cut, or the record is broken", () =>
  inTemporaryFolder(async (folder) => {
    const store = await Store.open(folder);
    const record = await store.writeScan("abc", files, facts);
    await Deno.writeFile(join(folder, record.frames.path), files.frames.slice(0, 2));
    assert.equal(await store.readRecord("abc"), null);
    await store.writeScan("abc", files, facts);
    assert.notEqual(await store.readRecord("abc"), null);
    await Deno.remove(join(folder, record.thumbnail.path));
    assert.equal(await store.readRecord("abc"), null);
    await store.writeScan("abc", files, facts);
    await Deno.writeTextFile(join(folder, "records", "abc.json"), '{"key":"ab');
    assert.equal(await store.readRecord("abc"), null);
  }));

Deno.test("Store.writeManifest() writes only when something changed, and survives broken JSON", () =>
  inTemporaryFolder(async (folder) => {
    const store = await Store.open(folder);
    assert.deepEqual(await store.readManifest(), nothing);
    const entry: ScanEntry = {
      ...await store.writeScan("abc", files, facts),
      id: "days",
      family: "days",
      variant: "",
      title: "Days",
      text: "Monday,",
      change: "",
      control: false,
      tags: ["calendar"],
      lookFor: "",
      expected: " b",
      author: "a",
      licence: "CC0-1.0",
      date: "2026-01-01",
      correct: true,
    };
    const listing = { scans: [entry], pairs: [await store.writePair("pq", pairFiles, pairFacts)] };
    assert.equal(await store.writeManifest(listing), true);
    assert.equal(await store.writeManifest(listing), false);
    const { scans, pairs } = await store.readManifest();
    assert.deepEqual({ scans, pairs }, listing);
    await Deno.writeTextFile(join(folder, "scans.json"), "{");
    assert.deepEqual(await store.readManifest(), nothing);
  }));

Deno.test("Store reads a comparison back, and has none where a file of it is cut", () =>
  inTemporaryFolder(async (folder) => {
    const store = await Store.open(folder);
    const written = await store.writePair("pq", pairFiles, pairFacts);
    assert.deepEqual(await store.readPairRecord("pq"), written);
    assert.deepEqual(await Deno.readFile(join(folder, written.pair.path)), pairFiles.pair);
    assert.equal(await store.readPairRecord("other"), null);
    await Deno.writeFile(join(folder, written.difference!.b.path), new Uint8Array(1));
    assert.equal(await store.readPairRecord("pq"), null);
    const without = await store.writePair("pq", { ...pairFiles, difference: null }, pairFacts);
    assert.equal(without.difference, null);
    assert.deepEqual(await store.readPairRecord("pq"), without);
  }));

Deno.test("pairKey() depends on both scans and on which comes first", async () => {
  const keys = await Promise.all([
    pairKey("a", "b"),
    pairKey("b", "a"),
    pairKey("a", "c"),
    pairKey("c", "b"),
  ]);
  assert.equal(new Set(keys).size, 4);
  assert.equal(await pairKey("a", "b"), keys[0]);
});

Deno.test("Store.prune() removes all files of the scans that are not kept, and no others", () =>
  inTemporaryFolder(async (folder) => {
    const store = await Store.open(folder);
    await store.writeScan("keep", files, facts);
    await store.writeScan("drop", files, facts);
    await store.writePair("pq", pairFiles, pairFacts);
    await store.writePair("rs", pairFiles, pairFacts);
    const removed = await store.prune(new Set(["keep", "rs"]));
    assert.equal(removed.files, 8);
    assert.equal(await store.readPairRecord("pq"), null);
    assert.notEqual(await store.readPairRecord("rs"), null);
    assert.notEqual(await store.readRecord("keep"), null);
    assert.equal(await store.readRecord("drop"), null);
    assert.deepEqual(await namesIn(join(folder, "frames")), [
      "keep.lens.msgpack",
      "keep.msgpack",
      "rs.a.msgpack",
      "rs.b.msgpack",
      "rs.pair.msgpack",
    ]);
  }));

Deno.test("Store.open() makes nothing where there is nothing, and prune() finds nothing there", () =>
  inTemporaryFolder(async (folder) => {
    const store = await Store.open(join(folder, "data"));
    assert.deepEqual(await store.prune(new Set()), { files: 0, bytes: 0 });
    assert.deepEqual(await namesIn(folder), []);
  }));
