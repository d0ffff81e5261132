import assert from "node:assert/strict";
import { join } from "node:path";
import { build, familyFile, makeCollection, readManifest, scan, snapshot } from "./collection.ts";

const hostile = `<img src=x onerror="alert(1)"> & 'quotes' "double" שלום </script>`;

Deno.test("deno task scan, then deno task build: the site shows every prompt of the collection", async (t) => {
  await using collection = await makeCollection({
    "cat.yml": familyFile("cat"),
    "dog.yml": familyFile("dog").replace(
      'title: "About a dog"',
      `title: ${JSON.stringify(hostile)}`,
    ),
  });
  const { data, folder } = collection;
  const out = join(folder, "site");
  const read = (path: string) => Deno.readTextFile(join(out, path));

  await t.step("without scans it says what to do, and makes nothing", async () => {
    const run = await build(collection, out);
    assert.equal(run.code, 2, run.err);
    assert.match(run.err, /deno task scan/);
    assert.deepEqual(await snapshot(out), {});
  });

  assert.equal((await scan(collection)).code, 0);
  const { scans, pairs } = await readManifest(collection);

  await t.step("it builds a page for every scan and every comparison", async () => {
    const run = await build(collection, out, "--json");
    assert.equal(run.code, 0, run.err);
    const summary = JSON.parse(run.out);
    assert.equal(summary.builder, "npm");
    assert.equal(summary.nScans, scans.length);
    // Gallery, compare, about, contribute and the page for lost readers come on top.
    assert.equal(summary.nPages, scans.length + pairs.length + 5);
  });

  const pages = await snapshot(out);
  const pageOf = new Map<string, string>();

  await t.step("every prompt has a page that links to its own files", async () => {
    const names = Object.keys(pages)
      .filter((path) => /^p\/.*index\.html$/.test(path) && !path.includes("/vs/"));
    assert.equal(names.length, scans.length);
    for (const path of names) {
      const html = await read(path);
      const scan = scans.find(({ frames }) => html.includes(frames.path));
      assert.ok(scan, `${path} names no scan's frames`);
      pageOf.set(scan.id, path);
      assert.ok(html.includes(scan.lens.path) && html.includes(scan.thumbnail.path), path);
      for (const file of [scan.frames, scan.lens, scan.thumbnail]) assert.ok(pages[file.path]);
      assert.ok(html.includes(scan.model.digest.replace("sha256:", "").slice(0, 12)), "its digest");
    }
    assert.deepEqual([...pageOf.keys()].sort(), scans.map(({ id }) => id).sort());
  });

  await t.step("every comparison has a page with its finding and its files", async () => {
    const names = Object.keys(pages).filter((path) => /^p\/.*\/vs\/.*index\.html$/.test(path));
    assert.equal(names.length, pairs.length);
    const listed = await read("compare/index.html");
    for (const path of names) {
      const html = await read(path);
      const record = pairs.find(({ pair }) => html.includes(pair.path));
      assert.ok(record, `${path} names no comparison's file`);
      const { a, b } = record.difference!;
      for (const file of [record.pair, a, b]) {
        assert.ok(html.includes(file.path) && pages[file.path], file.path);
      }
      const [before] = record.finding.sentence.split(/[“”]/);
      assert.ok(html.includes(before), `${path} says what was found`);
      assert.ok(listed.includes(path.replace("index.html", "")), `the list leads to ${path}`);
    }
  });

  await t.step("the gallery, the feed and the site map lead to all of them", async () => {
    const [gallery, map] = [await read("index.html"), await read("sitemap.xml")];
    for (const { id } of scans) {
      const address = pageOf.get(id)!.replace("index.html", "");
      assert.ok(gallery.includes(`href="./${address}"`), `the gallery links to ${id}`);
      assert.ok(map.includes(address), `the site map names ${id}`);
    }
    assert.match(await read("feed.xml"), /About a cat/);
  });

  await t.step("frames are copied as they are", async () => {
    const stored = await snapshot(data);
    for (const { frames } of scans) {
      assert.equal(pages[frames.path].digest, stored[frames.path].digest);
    }
  });

  await t.step("what a title holds is text, never markup", async () => {
    for (const path of Object.keys(pages).filter((path) => /\.(html|xml)$/.test(path))) {
      assert.doesNotMatch(await read(path), /<img src=x/, path);
    }
    assert.match(await read(pageOf.get("dog")!), /&lt;img src=x onerror=/);
  });

  await t.step("a second build gives the same bytes", async () => {
    const again = join(folder, "again");
    assert.equal((await build(collection, again)).code, 0);
    const digests = (files: typeof pages) =>
      Object.fromEntries(Object.entries(files).map(([path, { digest }]) => [path, digest]));
    assert.deepEqual(digests(await snapshot(again)), digests(pages));
  });

  await t.step("a broken file stops the build, and the old site stays", async () => {
    const path = join(data, scans[1].frames.path);
    const bytes = await Deno.readFile(path);
    bytes[bytes.length >> 1] ^= 0xff;
    await Deno.writeFile(path, bytes);
    const run = await build(collection, out);
    assert.equal(run.code, 2, run.err);
    assert.match(run.err, /cat\/ran/);
    assert.match(run.err, /--force/);
    assert.deepEqual(await snapshot(out), pages);

    const mend = /deno task scan (\S+) --force/.exec(run.err)?.[1];
    assert.equal(mend, "cat");
    assert.equal((await scan(collection, mend, "--force")).code, 0);
    assert.equal((await build(collection, out)).code, 0);
  });
});
