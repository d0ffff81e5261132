import assert from "node:assert/strict";
import { join } from "node:path";
import { elementsOf, readTree, runScript, withFolder, writeData } from "./fixtures.ts";
import { buildSite } from "../../site/build_site.ts";
import { loadScans } from "../../site/load.ts";

async function build(folder: string, data: string, out = "_site", location: string | null = null) {
  return await buildSite({
    builder: "npm",
    location: location === null ? null : new URL(location),
    dataFolder: data,
    outFolder: join(folder, out),
  });
}

/** Where every link, script, style, picture and frame file of the pages leads. */
function targets(path: string, html: string): { url: URL; raw: string }[] {
  const page = new URL(`https://site.test/base/${path.replace(/index\.html$/, "")}`);
  return elementsOf(html).flatMap(({ name, attributes }) =>
    [
      "href",
      "src",
      "lens",
      "poster",
      "a",
      "b",
      "pair",
      "difference-a",
      "data-src",
      "data-frames",
      "data-pair",
    ].flatMap(
      (attribute) => {
        const raw = attributes.get(attribute);
        if (raw === undefined || (name === "link" && attributes.get("rel") === "canonical")) {
          return [];
        }
        return [{ url: new URL(raw, page), raw }];
      },
    )
  );
}

Deno.test("buildSite() writes a site whose every link leads to a file of it, under any path", async () => {
  await withFolder(async (folder) => {
    const summary = await build(
      folder,
      await writeData(folder, undefined, true),
      "_site",
      "https://site.test/base/",
    );
    const files = await readTree(join(folder, "_site"));
    assert.equal(summary.nPages, 4 + 6 + 3 + 1);
    assert.equal(summary.nFiles, files.size);
    const ids = new Map(
      [...files].filter(([path]) => path.endsWith(".html")).map(([path, html]) => [
        path,
        new Set(elementsOf(html).flatMap(({ attributes }) => attributes.get("id") ?? [])),
      ]),
    );
    let nLinks = 0;
    for (const [path, html] of files) {
      if (!path.endsWith(".html")) continue;
      for (const { url, raw } of targets(path, html)) {
        assert.ok(
          url.href.startsWith("https://site.test/base/"),
          `${path}: ${raw} leaves the site`,
        );
        const below = decodeURIComponent(url.pathname.slice("/base/".length));
        const target = below === "" || below.endsWith("/") ? `${below}index.html` : below;
        assert.ok(files.has(target), `${path}: nothing is at ${raw}`);
        // The compare page reads its hash itself.
        if (url.hash && target !== "compare/index.html") {
          assert.ok(ids.get(target)?.has(url.hash.slice(1)), `${path}: ${raw}`);
        }
        nLinks++;
      }
    }
    assert.ok(nLinks > 200);
  });
});

Deno.test("buildSite() writes the same bytes again", async () => {
  await withFolder(async (folder) => {
    const data = await writeData(folder);
    await build(folder, data, "first");
    await build(folder, data, "second");
    assert.deepEqual(await readTree(join(folder, "first")), await readTree(join(folder, "second")));
  });
});

Deno.test("buildSite() copies the scans' files and keeps three.js out of the gallery's script", async () => {
  await withFolder(async (folder) => {
    const data = await writeData(folder);
    await build(folder, data);
    const files = await readTree(join(folder, "_site"));
    for (const [path, bytes] of await readTree(data)) {
      if (path !== "scans.json") assert.equal(files.get(path), bytes, path);
    }
    const gallery = [...files].find(([path]) => path.endsWith("/gallery.js"))?.[1] ?? "";
    assert.ok(gallery.length > 1000 && gallery.length < 60_000, `${gallery.length} bytes`);
    assert.ok(!gallery.includes("WebGLRenderer"));
  });
});

Deno.test("buildSite() leaves the old site and no trace when it fails", async () => {
  await withFolder(async (folder) => {
    const data = await writeData(folder);
    await build(folder, data);
    const before = await readTree(join(folder, "_site"));
    const { scans } = await loadScans(data);
    await Deno.truncate(join(data, scans[1].frames.path), 500);
    await assert.rejects(build(folder, data), /Cannot show the scan .*--force/s);
    await Deno.remove(join(data, scans[1].frames.path));
    await assert.rejects(build(folder, data), /no such file/);
    assert.deepEqual(await readTree(join(folder, "_site")), before);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["_data", "_site"]);
  });
});

Deno.test("loadScans() refuses a list that names files elsewhere", async () => {
  await withFolder(async (folder) => {
    for (const path of ["../secret", "/etc/passwd", "frames/../../x", "frames\\..\\x"]) {
      const data = await writeData(folder, ({ version, scans }) => ({
        version,
        scans: scans.map((scan) => ({ ...scan, lens: { path, bytes: 1 } })),
      }));
      await assert.rejects(loadScans(data), /a path out of place/);
    }
  });
});

Deno.test("build.ts exits with 2 and says what to do when there is nothing to build from", async () => {
  await withFolder(async (folder) => {
    const args = ["--builder=npm", `--data=${join(folder, "none")}`, `--out=${join(folder, "o")}`];
    const { code, stderr } = await runScript("build.ts", args);
    assert.equal(code, 2);
    assert.match(stderr, /expected scans in .*Run "deno task scan" first\.\s*$/);
    await Deno.writeTextFile(join(folder, "scans.json"), `{"version":1,"scans":[{}]}`);
    const broken = await runScript("build.ts", ["--builder=npm", `--data=${folder}`]);
    assert.equal(broken.code, 2);
    assert.match(broken.stderr, /expected "?\w+"? at scans\.0\.\w+/);
  });
});

Deno.test("build.ts exits with 2 when it is asked for something unknown", async () => {
  for (const args of [["--bulder=npm"], ["--builder=hugo"], ["--location=example.org"], ["x"]]) {
    const { code, stderr } = await runScript("build.ts", args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /See deno task build --help/);
  }
});

Deno.test("build.ts tells what it did in one line, or as JSON", async () => {
  await withFolder(async (folder) => {
    const data = await writeData(folder);
    const args = ["--builder=npm", `--data=${data}`, `--out=${join(folder, "_site")}`];
    const line = await runScript("build.ts", args);
    assert.match(line.stdout, /^Built 11 pages for 6 scans, .* with the npm writer: .*\n$/);
    const json = JSON.parse((await runScript("build.ts", [...args, "--json"])).stdout);
    assert.deepEqual([json.builder, json.nPages, json.nScans], ["npm", 11, 6]);
  });
});
