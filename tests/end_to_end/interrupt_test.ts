import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeLens, decodePair, decodeScan } from "../../scan/format/mod.ts";
import { Store } from "../../scan/store/store.ts";
import { makeRandom } from "../fixtures/synthetic_cloud.ts";
import {
  type Collection,
  contents,
  endless,
  familyFile,
  makeCollection,
  readManifest,
  readManifestFacts,
  scan,
  snapshot,
  startScan,
} from "./collection.ts";

/** Every scan that counts as stored can be read whole, and the list names no other. */
async function assertSound({ data }: Collection, when: string): Promise<void> {
  const files = Object.keys(await snapshot(data));
  const store = await Store.open(data);
  const keys = files.filter((path) => path.startsWith("records/"))
    .map((path) => path.slice("records/".length, -".json".length));
  for (const key of keys) {
    const pair = key.endsWith(".pair");
    const record = pair
      ? await store.readPairRecord(key.slice(0, -".pair".length))
      : await store.readRecord(key);
    assert.ok(record, `${when}: the record ${key} stands for files that are not whole`);
    if (!("lens" in record)) continue;
    await decodeScan(await Deno.readFile(join(data, record.frames.path)), { source: when });
    await decodeLens(await Deno.readFile(join(data, record.lens.path)), { source: when });
  }
  for (const path of files.filter((path) => path.endsWith(".msgpack"))) {
    const bytes = await Deno.readFile(join(data, path));
    const decode = path.endsWith(".lens.msgpack")
      ? decodeLens
      : path.endsWith(".pair.msgpack")
      ? decodePair
      : decodeScan;
    await decode(bytes, { source: path });
  }
  if (!files.includes("scans.json")) return;
  const text = await Deno.readTextFile(join(data, "scans.json"));
  const { scans, pairs } = JSON.parse(text);
  for (const { key } of scans) assert.ok(keys.includes(key), `${when}: ${key}`);
  for (const { key } of pairs) assert.ok(keys.includes(`${key}.pair`), `${when}: ${key}`);
}

/** Kills the process when the data folder has changed so many times, or it has ended before. */
async function killAtChange(collection: Collection, nChanges: number): Promise<boolean> {
  const { data } = collection;
  await Deno.mkdir(join(data, "frames"), { recursive: true });
  await Deno.mkdir(join(data, "records"), { recursive: true });
  const running = startScan(collection);
  const watcher = Deno.watchFs(data);
  const watched = (async () => {
    let seen = 0;
    for await (const { kind } of watcher) {
      if (kind !== "access" && ++seen === nChanges) running.child.kill("SIGKILL");
    }
  })();
  const { signal } = await running.ended;
  watcher.close();
  await watched;
  return signal === "SIGKILL";
}

/** Kills the process after a time, or it has ended before. */
async function killAfter(collection: Collection, delayMs: number): Promise<boolean> {
  const running = startScan(collection);
  const timer = setTimeout(() => running.child.kill("SIGKILL"), delayMs);
  const { signal } = await running.ended;
  clearTimeout(timer);
  return signal === "SIGKILL";
}

Deno.test("a scan that is killed at any moment leaves no broken file and is taken up again", async () => {
  await using whole = await makeCollection();
  const startMs = performance.now();
  const run = await startScan(whole).ended;
  const tookMs = performance.now() - startMs;
  assert.equal(run.code, 0, run.err);
  const wanted = contents(await snapshot(whole.data));

  await using collection = await makeCollection();
  const random = makeRandom(Date.now());
  const moments: string[] = [];
  let nKilled = 0;
  // Writing is a small part of a run: half of the kills are aimed at it.
  for (let i = 0; i < 8; i++) {
    const nChanges = 1 + Math.floor(random() * 30);
    const delayMs = random() * tookMs;
    moments.push(i % 2 === 0 ? `change ${nChanges}` : `${Math.round(delayMs)} ms`);
    const killed = i % 2 === 0
      ? await killAtChange(collection, nChanges)
      : await killAfter(collection, delayMs);
    if (killed) nKilled++;
    await assertSound(collection, `killed at ${moments.join(", ")}`);
    if (!killed) await Deno.remove(collection.data, { recursive: true });
  }
  assert.ok(
    nKilled >= 3,
    `${nKilled} of ${moments.length} runs were killed: ${moments.join(", ")}`,
  );

  const last = await scan(collection);
  assert.equal(last.code, 0, last.err);
  assert.deepEqual(contents(await snapshot(collection.data)), wanted, moments.join(", "));
  assert.deepEqual(await readManifestFacts(collection), await readManifestFacts(whole));
});

Deno.test("what killed writers left behind is cleared away once it is old", async () => {
  await using collection = await makeCollection({ "cat.yml": familyFile("cat") });
  const { data } = collection;
  assert.equal((await scan(collection)).code, 0);
  const [old, fresh] = ["old", "fresh"].map((name) => join(data, "frames", `.part-${name}`));
  for (const path of [old, fresh]) await Deno.writeTextFile(path, "half a file");
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await Deno.utime(old, anHourAgo, anHourAgo);
  assert.equal((await scan(collection)).code, 0);
  await assert.rejects(Deno.stat(old), Deno.errors.NotFound);
  await Deno.stat(fresh);
});

for (const [name, signal] of [["Ctrl-C", "SIGINT"], ["a scheduler's signal", "SIGTERM"]] as const) {
  Deno.test(`${name} ends a scan with 130 and keeps what is done`, async () => {
    if (Deno.build.os === "windows") {
      console.log("skipped: processes here have no signals");
      return;
    }
    await using collection = await makeCollection({
      "ant.yml": familyFile("ant"),
      "bee.yml": familyFile("bee", endless),
      "cat.yml": familyFile("cat"),
    });
    const running = startScan(collection, "--json");
    assert.ok(await running.says(/bee · .*: projection/));
    running.child.kill(signal);
    const { code, out, err } = await running.ended;
    assert.equal(code, 130, err);
    assert.match(err, /Stopping: families that are done are kept/);
    const summary = JSON.parse(out);
    assert.deepEqual([summary.scanned, summary.interrupted, summary.failed], [3, 6, 0]);
    await assertSound(collection, signal);
    const { scans } = await readManifest(collection);
    assert.deepEqual(scans.map((entry) => entry.id), ["ant", "ant/ran", "ant/control"]);
    const parts = (await Array.fromAsync(Deno.readDir(join(collection.data, "frames"))))
      .filter((entry) => entry.name.startsWith(".part-"));
    assert.deepEqual(parts, [], "nothing half-written is left");

    const before = await snapshot(collection.data);
    const next = await scan(collection, "cat", "--json");
    assert.equal(next.code, 0, next.err);
    const after = await snapshot(collection.data);
    for (const [path, file] of Object.entries(before)) {
      if (path !== "scans.json") assert.deepEqual(after[path], file);
    }
    assert.equal((await readManifest(collection)).scans.length, 6);
  });
}

Deno.test("a second Ctrl-C ends a scan at once", async () => {
  if (Deno.build.os === "windows") {
    console.log("skipped: processes here have no signals");
    return;
  }
  await using collection = await makeCollection({ "bee.yml": familyFile("bee", endless) });
  const running = startScan(collection);
  assert.ok(await running.says(/bee · .*: projection/));
  running.child.kill("SIGINT");
  assert.ok(await running.says(/Stopping/));
  try {
    running.child.kill("SIGINT");
  } catch { /* It has stopped before the second one came. */ }
  assert.equal((await running.ended).code, 130);
  await assertSound(collection, "two signals");
});
