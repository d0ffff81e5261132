import assert from "node:assert/strict";
import { SaxesParser } from "saxes";
import { parseCollection } from "../../scan/collection/mod.ts";
import { contributeView } from "../../site/lib/text_views.ts";
import { elementsOf, makeEntry, makeSite, renderAll } from "./fixtures.ts";

const location = "https://example.org/gallery/";
const evil = `"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;{{ 1 + 1 }}</title>`;

/** Every text that a prompt's author decides, set to something hostile. */
function evilEntry() {
  return makeEntry({
    title: evil,
    text: evil,
    change: evil,
    lookFor: evil,
    expected: evil,
    author: evil,
    licence: evil,
    tags: [evil],
    correct: false,
    tokens: [{ id: 1, text: evil }],
    answer: [{ id: 2, text: evil, p: 0.5 }],
    layers: [evil],
    parameters: { [evil]: evil },
    model: { ...makeEntry().model, name: evil, revision: evil, digest: evil },
    run: { provider: evil, durationMs: 1, writer: evil, date: "2026-11-23" },
  });
}

Deno.test("renderPages() turns no text of a prompt into markup, anywhere", async () => {
  const [tame, hostile] = await Promise.all([
    renderAll(makeSite([makeEntry(), makeEntry({ variant: "v" })])),
    renderAll(makeSite([evilEntry(), { ...evilEntry(), id: "days/v", variant: "v" }])),
  ]);
  assert.ok(hostile.size > 6);
  for (const [path, html] of hostile) {
    if (!path.endsWith(".html")) continue;
    const elements = elementsOf(html);
    for (const { name, attributes } of elements) {
      for (const [attribute, value] of attributes) {
        assert.ok(!attribute.startsWith("on"), `${path}: ${name} ${attribute}`);
        assert.ok(!/^\s*javascript:/i.test(value), `${path}: ${name} ${attribute}`);
        assert.ok(attribute !== "style", `${path}: ${name} has a style of its own`);
      }
    }
    const scripts = elements.filter((element) => element.name === "script");
    for (const script of scripts) {
      assert.equal(script.text, "", `${path} has an inline script`);
      assert.match(script.attributes.get("src") ?? "", /assets\/0\//);
    }
    const images = elements.filter((element) => element.name === "img");
    for (const image of images) assert.match(image.attributes.get("src") ?? "", /thumbs\//);
    assert.ok(!elements.some((element) => element.name === "style"));
    assert.ok(!html.includes("2</title>"), "a template within a text was run");
    // As many scripts as a tame site has.
    const tameScripts = elementsOf(tame.get(path) ?? "").filter(({ name }) => name === "script");
    if (tame.has(path)) assert.equal(scripts.length, tameScripts.length, path);
  }
});

Deno.test("renderPages() shows hostile text as it is written", async () => {
  const pages = await renderAll(makeSite([evilEntry()]));
  const page = elementsOf(pages.get("p/days/index.html") ?? "");
  assert.equal(page.find((element) => element.name === "h1")?.text, evil);
  const viewer = page.find((element) => element.name === "weightscan-viewer");
  assert.ok(viewer?.attributes.get("label")?.startsWith(`${evil}: “`));
  const card = elementsOf(pages.get("index.html") ?? "")
    .find((element) => element.attributes.get("class") === "card");
  assert.ok(card?.attributes.get("data-search")?.includes(evil));
});

Deno.test("renderPages() gives every page a policy without unsafe sources, and nothing from elsewhere", async () => {
  const site = makeSite([makeEntry(), makeEntry({ family: "story" })], location);
  for (const [path, html] of await renderAll(site)) {
    if (!path.endsWith(".html")) continue;
    const elements = elementsOf(html);
    const policy = elements.find((element) =>
      element.attributes.get("http-equiv") === "Content-Security-Policy"
    )?.attributes.get("content") ?? "";
    assert.ok(policy.startsWith("default-src 'none'"), path);
    assert.ok(!/unsafe|\*|https?:/.test(policy), path);
    const loads = elements.flatMap(({ name, attributes }) =>
      (name === "link" && attributes.get("rel") === "canonical" ? [] : ["src", "href", "poster"])
        .map((attribute) => attributes.get(attribute) ?? "")
    );
    assert.ok(loads.every((url) => !/^(?:[a-z]+:)?\/\//i.test(url)), path);
  }
});

Deno.test("renderPages() writes pages that a reader can find a way around in", async () => {
  const site = makeSite([makeEntry(), makeEntry({ variant: "v", text: "Friday comes before" })]);
  const titles = new Set<string>();
  for (const [path, html] of await renderAll(site)) {
    if (!path.endsWith(".html")) continue;
    const elements = elementsOf(html);
    const named = (name: string) => elements.filter((element) => element.name === name);
    assert.equal(named("h1").length, 1, path);
    assert.equal(named("main").length, 1, path);
    assert.equal(named("html")[0].attributes.get("lang"), "en");
    assert.equal(elements.find(({ name }) => name === "a")?.attributes.get("href"), "#main");
    titles.add(`${path.startsWith("p/") ? path : ""}${named("title")[0].text}`);
    const ids = elements.flatMap(({ attributes }) => attributes.get("id") ?? []);
    assert.equal(new Set(ids).size, ids.length, `${path} has an id twice`);
    for (const { attributes } of elements) {
      const labels = attributes.get("aria-labelledby")?.split(" ") ?? [];
      assert.ok(labels.every((id) => ids.includes(id)), `${path}: ${labels}`);
    }
    for (const image of named("img")) {
      for (const attribute of ["alt", "width", "height"]) {
        assert.ok(image.attributes.get(attribute), `${path}: an image without ${attribute}`);
      }
    }
  }
  assert.equal(titles.size, 7);
});

Deno.test("renderPages() says plainly when the model is wrong, right, or asked nothing", async () => {
  const pages = await renderAll(makeSite([
    makeEntry({ correct: false, answer: [{ id: 9, text: " banana", p: 0.4 }] }),
    makeEntry({ family: "right" }),
    makeEntry({ family: "open", expected: "", correct: null }),
  ]));
  const page = (path: string) => pages.get(`p/${path}/index.html`) ?? "";
  assert.match(page("days"), /The model is wrong here\./);
  assert.match(page("days"), /banana/);
  assert.match(page("right"), /The model is right here\./);
  assert.match(page("open"), /no one right answer/);
  const home = pages.get("index.html") ?? "";
  assert.deepEqual(home.match(/data-verdict="(\w+)">\s*<div/g)?.length, 3);
});

Deno.test("renderPages() holds what the viewer fills", async () => {
  const pages = await renderAll(makeSite([makeEntry()]));
  const elements = elementsOf(pages.get("p/days/index.html") ?? "");
  const viewer = elements.find(({ name }) => name === "weightscan-viewer")?.attributes;
  assert.equal(viewer?.get("src"), "../../frames/days.msgpack");
  assert.equal(viewer?.get("lens"), "../../frames/days.lens.msgpack");
  assert.equal(viewer?.get("poster"), "../../thumbs/days.webp");
  const panels = elements.flatMap(({ attributes }) => attributes.get("data-panel") ?? []);
  assert.deepEqual(panels.sort(), ["lens", "lens-grid", "measures", "tokens"]);
  const tokens = elements.flatMap(({ attributes }) => attributes.get("data-token") ?? []);
  assert.deepEqual(tokens, ["0", "1", "2"]);
});

Deno.test("renderPages() writes a whole site without any scan", async () => {
  const pages = await renderAll(makeSite([]));
  assert.deepEqual([...pages.keys()].sort(), [
    "404.html",
    "about/index.html",
    "compare/index.html",
    "contribute/index.html",
    "feed.xml",
    "index.html",
    "robots.txt",
    "sitemap.xml",
  ]);
  assert.match(pages.get("index.html") ?? "", /0 prompts/);
});

/** Names of a well-formed document's elements, with their texts. */
function parseXml(
  xml: string,
): { name: string; text: string; attributes: Record<string, string> }[] {
  const elements: { name: string; text: string; attributes: Record<string, string> }[] = [];
  const open: typeof elements = [];
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => {
    const element = { name, text: "", attributes: { ...attributes } };
    elements.push(element);
    open.push(element);
  });
  parser.on("text", (text) => open.forEach((element) => element.text += text));
  parser.on("closetag", () => void open.pop());
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(xml).close();
  return elements;
}

Deno.test("renderPages() writes a feed and a site map that are well formed, with full addresses", async () => {
  const strange = "\u0000 \u000b \ufffe \ud800 ]]> <b>";
  const site = makeSite(
    [
      makeEntry({ date: "2026-01-02" }),
      makeEntry({ family: "new", date: "2026-05-06", title: strange, lookFor: strange }),
      { ...evilEntry(), model: makeEntry().model },
    ].map((scan, i) => ({ ...scan, family: `f${i}`, id: `f${i}` })),
    location,
  );
  const pages = await renderAll(site);
  const feed = parseXml(pages.get("feed.xml") ?? "");
  const ids = feed.filter(({ name }) => name === "id").map(({ text }) => text);
  assert.deepEqual(ids, [location, `${location}p/f2/`, `${location}p/f1/`, `${location}p/f0/`]);
  assert.equal(feed.find(({ name }) => name === "updated")?.text, "2026-11-23T00:00:00Z");
  const map = parseXml(pages.get("sitemap.xml") ?? "");
  const places = map.filter(({ name }) => name === "loc").map(({ text }) => text);
  assert.deepEqual(places, [
    location,
    `${location}compare/`,
    `${location}about/`,
    `${location}contribute/`,
    `${location}p/f0/`,
    `${location}p/f1/`,
    `${location}p/f2/`,
  ]);
  assert.match(
    pages.get("robots.txt") ?? "",
    /^Sitemap: https:\/\/example\.org\/gallery\/sitemap\.xml$/m,
  );
});

Deno.test("renderPages() leaves prompts without an author out of the feed and of citations", async () => {
  const own = { family: "diff-0123456789", id: "diff-0123456789", author: "", licence: "" };
  const pages = await renderAll(makeSite([makeEntry(), makeEntry(own)], location));
  const feed = parseXml(pages.get("feed.xml") ?? "");
  assert.equal(feed.filter(({ name }) => name === "entry").length, 1);
  const page = pages.get("p/diff-0123456789/index.html") ?? "";
  assert.match(page, /Compared here, added <time/);
  assert.doesNotMatch(page, />: “|by ,/);
});

Deno.test("renderPages() starts the lost reader's links at the site's root", async () => {
  const pages = await renderAll(makeSite([makeEntry()], location));
  const links = elementsOf(pages.get("404.html") ?? "").flatMap(({ attributes }) =>
    attributes.get("href") ?? attributes.get("src") ?? []
  ).filter((url) => !url.startsWith("#") && !url.startsWith("https:"));
  assert.ok(links.length > 5);
  assert.ok(links.every((url) => url.startsWith("/gallery/")), links.join(" "));
});

Deno.test("renderPages() names the page's picture in full where the location is known", async () => {
  const image = (pages: Map<string, string>) =>
    elementsOf(pages.get("p/days/index.html") ?? "").find(({ attributes }) =>
      attributes.get("property") === "og:image"
    )?.attributes.get("content");
  assert.equal(
    image(await renderAll(makeSite([makeEntry()], location))),
    `${location}thumbs/days.webp`,
  );
  assert.equal(image(await renderAll(makeSite([makeEntry()]))), "../../thumbs/days.webp");
});

Deno.test("contributeView() shows a prompt file that the collection accepts", () => {
  const parsed = parseCollection([{ path: "next-month.yml", text: contributeView().example }]);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  assert.equal(parsed.families.length, 1);
});
