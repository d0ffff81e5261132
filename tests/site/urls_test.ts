import assert from "node:assert/strict";
import { parseLocation, relativeUrl, slugOf } from "../../site/lib/urls.ts";

Deno.test("relativeUrl() leads where a browser resolves it to, for every pair of addresses", () => {
  const urls = [
    "/",
    "/about/",
    "/p/days/",
    "/p/days/friday/",
    "/p/days/friday/other/",
    "/404.html",
    "/feed.xml",
    "/assets/0a/viewer/main.js",
    "/frames/00.msgpack",
    "/about/#top",
  ];
  for (const base of ["https://example.org", "https://example.org/some/where"]) {
    for (const from of urls.filter((url) => !url.includes("#"))) {
      for (const to of urls) {
        const link = relativeUrl(from, to);
        assert.ok(!link.startsWith("/"), link);
        assert.equal(new URL(link, base + from).href, new URL(base + to).href);
      }
    }
  }
});

Deno.test("relativeUrl() throws when an address does not start at the root", () => {
  assert.throws(() => relativeUrl("about/", "/"), SyntaxError);
  assert.throws(() => relativeUrl("/", "about/"), SyntaxError);
});

Deno.test("slugOf() gives one safe folder name", () => {
  assert.equal(slugOf("Phi-3 mini/4k"), "phi-3-mini-4k");
  assert.equal(slugOf("../é"), "e");
  assert.equal(slugOf("///"), "x");
  for (const name of ["a b", "..", "%2e", "a?b#c", "<script>"]) {
    assert.match(slugOf(name), /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
  }
});

Deno.test("parseLocation() gives a folder's address", () => {
  assert.equal(parseLocation("https://example.org").href, "https://example.org/");
  assert.equal(parseLocation("https://example.org/a/b?x#y").href, "https://example.org/a/b/");
});

Deno.test("parseLocation() throws for anything that is not http", () => {
  for (const text of ["", "example.org", "/gallery/", "file:///x", "javascript:alert(1)"]) {
    assert.throws(() => parseLocation(text), SyntaxError);
  }
});
