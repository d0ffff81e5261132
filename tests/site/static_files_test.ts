import assert from "node:assert/strict";
import { join } from "node:path";
import { LiveReload, reloadScriptPath, reloadTag } from "../../site/live_reload.ts";
import { serveFile } from "../../site/static_files.ts";
import { withFolder } from "./fixtures.ts";

async function withSite(use: (root: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const root = join(folder, "site");
    await Deno.mkdir(join(root, "about"), { recursive: true });
    await Deno.writeTextFile(join(folder, "secret.txt"), "secret");
    await Deno.writeTextFile(join(root, ".hidden"), "hidden");
    await Deno.writeTextFile(join(root, "index.html"), "<head></head>home");
    await Deno.writeTextFile(join(root, "404.html"), "<head></head>lost");
    await Deno.writeTextFile(join(root, "about", "index.html"), "<head></head>about");
    await Deno.writeFile(
      join(root, "x.msgpack"),
      Uint8Array.from({ length: 300_000 }, (_, i) => i),
    );
    await use(root);
  });
}

const get = (root: string, path: string, headers: HeadersInit = {}, method = "GET") =>
  serveFile(new Request(`http://localhost${path}`, { headers, method }), root);

Deno.test("serveFile() answers folders with their index and files with their type", async () => {
  await withSite(async (root) => {
    const home = await get(root, "/");
    assert.equal(await home.text(), "<head></head>home");
    assert.match(home.headers.get("content-type") ?? "", /^text\/html/);
    assert.match(await (await get(root, "/about/?q=1")).text(), /about/);
    const moved = await get(root, "/about?q=1");
    assert.deepEqual([moved.status, moved.headers.get("location")], [301, "./about/?q=1"]);
    const file = await get(root, "/x.msgpack");
    assert.equal(file.headers.get("content-type"), "application/vnd.msgpack");
    assert.equal((await file.bytes()).length, 300_000);
  });
});

Deno.test("serveFile() answers a missing file with the site's own page and 404", async () => {
  await withSite(async (root) => {
    for (const path of ["/none", "/none/deeper/", "/about/none.html", "/index.html/"]) {
      const answer = await get(root, path);
      assert.equal(answer.status, 404, path);
      assert.match(await answer.text(), /lost/);
    }
  });
});

Deno.test("serveFile() reads nothing outside its root", async () => {
  await withSite(async (root) => {
    await Deno.symlink(join(root, "..", "secret.txt"), join(root, "link.txt"));
    const paths = [
      "/..%2fsecret.txt",
      "/%2e%2e%2fsecret.txt",
      "/..%5csecret.txt",
      "/about/..%2f..%2fsecret.txt",
      "/link.txt",
      "/.hidden",
      "/x%00.msgpack",
      "/%ff",
      "/c:%5csecret.txt",
      "//etc/passwd",
    ];
    for (const path of paths) {
      const answer = await get(root, path);
      assert.equal(answer.status, 404, path);
      assert.ok(!/secret|hidden/.test(await answer.text()), path);
    }
  });
});

Deno.test("serveFile() answers a range with just those bytes", async () => {
  await withSite(async (root) => {
    const range = async (value: string) => {
      const answer = await get(root, "/x.msgpack", { range: value });
      return [answer.status, answer.headers.get("content-range"), [...await answer.bytes()]];
    };
    assert.deepEqual(await range("bytes=5-7"), [206, "bytes 5-7/300000", [5, 6, 7]]);
    assert.deepEqual(await range("bytes=299998-"), [206, "bytes 299998-299999/300000", [
      299998 & 255,
      299999 & 255,
    ]]);
    assert.deepEqual(await range("bytes=-1"), [206, "bytes 299999-299999/300000", [299999 & 255]]);
    assert.deepEqual(await range("bytes=300000-"), [416, "bytes */300000", []]);
    const long = await get(root, "/x.msgpack", { range: "bytes=1000-200999" });
    const bytes = await long.bytes();
    assert.deepEqual([bytes.length, bytes[0], bytes[199_999]], [
      200_000,
      1000 & 255,
      200_999 & 255,
    ]);
    for (const odd of ["bytes=a-b", "bytes=-", "lines=1-2", "bytes=0-1,4-5"]) {
      const answer = await get(root, "/x.msgpack", { range: odd });
      assert.equal(answer.status, 200, odd);
      await answer.body?.cancel();
    }
  });
});

Deno.test("serveFile() saves a second download of what did not change", async () => {
  await withSite(async (root) => {
    const first = await get(root, "/x.msgpack");
    await first.body?.cancel();
    const etag = first.headers.get("etag") ?? "";
    assert.equal((await get(root, "/x.msgpack", { "if-none-match": etag })).status, 304);
    const stale = await get(root, "/x.msgpack", { range: "bytes=0-1", "if-range": `"other"` });
    assert.equal(stale.status, 200);
    await stale.body?.cancel();
  });
});

Deno.test("serveFile() answers HEAD without a body and other methods not at all", async () => {
  await withSite(async (root) => {
    const head = await get(root, "/x.msgpack", {}, "HEAD");
    assert.deepEqual([head.status, head.body, head.headers.get("content-length")], [
      200,
      null,
      "300000",
    ]);
    assert.equal((await get(root, "/", {}, "POST")).status, 405);
  });
});

Deno.test("serveFile() puts the reload script into pages, and LiveReload answers it", async () => {
  await withSite(async (root) => {
    const request = new Request("http://localhost/");
    const page = await serveFile(request, root, { headEnd: reloadTag });
    assert.match(await page.text(), /<script src="\/_reload\.js" defer><\/script>\n<\/head>home/);
    const reload = new LiveReload();
    assert.equal(reload.answer(request), null);
    const script = reload.answer(new Request(`http://localhost${reloadScriptPath}`));
    assert.match(await script?.text() ?? "", /new EventSource\("\/_reload"\)/);
    const events = reload.answer(new Request("http://localhost/_reload"));
    reload.reload();
    reload.close();
    assert.match(await events?.text() ?? "", /event: reload\n/);
  });
});
