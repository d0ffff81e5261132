import assert from "node:assert/strict";
import { join } from "node:path";
import { catalogueOf } from "../../site/lib/catalogue.ts";
import { magnitude } from "../../site/lib/numbers.ts";
import { soundnessView } from "../../site/lib/pair_view.ts";
import { buildSite } from "../../site/build_site.ts";
import { writeSyntheticData } from "../fixtures/synthetic_scan.ts";
import {
  elementsOf,
  makeEntry,
  makePair,
  makeSite,
  readTree,
  renderAll,
  withFolder,
  writeData,
} from "./fixtures.ts";

const other = { ...makeEntry().model, name: "Other Model 2" };
const base = makeEntry();
const friday = makeEntry({ variant: "friday", text: "Friday comes before" });
const sunday = makeEntry({ variant: "sunday", text: "Sunday comes before", control: true });
const evil = `"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;{{ 1 + 1 }}</title>`;

Deno.test("catalogueOf() gives every pair an address below its first prompt, the model last", () => {
  const scans = [
    base,
    friday,
    sunday,
    makeEntry({ model: other, key: "k2" }),
    makeEntry({ variant: "friday", model: other, key: "k3" }),
  ];
  const catalogue = catalogueOf(scans, [
    makePair(base, friday),
    makePair(friday, sunday),
    makePair(friday, base),
    makePair(scans[3], scans[4]),
  ]);
  assert.deepEqual(catalogue.pairs.map(({ url }) => url), [
    "/p/days/vs/friday/",
    "/p/days/friday/vs/sunday/",
    "/p/days/friday/vs/original/",
    "/p/days/vs/friday/other-model-2/",
  ]);
  assert.deepEqual(catalogue.families.map(({ pairs }) => pairs.length), [3, 1]);
  const [{ a, b }] = catalogue.pairs;
  assert.deepEqual([a.label, b.label], ["Monday", "Friday"]);
  assert.deepEqual(b.runs.filter((run) => run.changed).map((run) => run.text), ["Friday"]);
});

Deno.test("catalogueOf() names a side by its id when the other prompt has all of its words", () => {
  const longer = makeEntry({ variant: "longer", text: "Last Monday comes before" });
  const [{ a, b }] = catalogueOf([base, longer], [makePair(base, longer)]).pairs;
  assert.deepEqual([a.label, b.label], ["original", "Last"]);
});

Deno.test("catalogueOf() throws when a pair's scan is not listed, or a page is there already", () => {
  assert.throws(
    () => catalogueOf([base], [makePair(base, friday)]),
    /Cannot place the comparison of "days" with "days\/friday" \(tiny\): expected scans/,
  );
  assert.throws(
    () => catalogueOf([base, friday], [makePair(base, { ...friday, key: "stale" })]),
    /got no "days\/friday" with the key stale/,
  );
  const twice = [makePair(base, friday), makePair(base, friday)];
  assert.throws(() => catalogueOf([base, friday], twice), /one prompt per address/);
});

Deno.test("renderPages() says on a pair's page what it found, without any script", async () => {
  const pages = await renderAll(makeSite([base, friday], undefined, [makePair(base, friday)]));
  const html = pages.get("p/days/vs/friday/index.html") ?? "";
  const elements = elementsOf(html);
  const textOf = (name: string, part: string) =>
    elements.find((one) =>
      one.name === name && (one.attributes.get("class") ?? "").split(" ").includes(part)
    )?.text.replace(/\s+/g, " ").trim();
  assert.equal(
    elements.find(({ name }) => name === "h1")?.text.replace(/\s+/g, " ").trim(),
    "A Monday comes before B Friday comes before",
  );
  assert.equal(textOf("p", "lede"), "The answer turns at layer 2.");
  assert.match(
    textOf("p", "badge") ?? "",
    /^States before the change agree: largest deviation 3 × 10⁻⁷ 6 states compared/,
  );
  const marks = elements.filter(({ name }) => name === "mark").map(({ text }) => text);
  assert.deepEqual(marks, ["Monday", "Friday", "Monday", "Friday"]);
  const links = elements.filter(({ name }) => name === "a")
    .map(({ attributes }) => attributes.get("href"));
  assert.ok(links.includes("../../") && links.includes("../../friday/"), links.join(" "));
  assert.ok(links.includes("../../../../compare/#a=days&b=days/friday"));
});

Deno.test("renderPages() hands a pair's files to the element and names its panels", async () => {
  const pair = makePair(base, friday);
  const pages = await renderAll(makeSite([base, friday], undefined, [pair]));
  const elements = elementsOf(pages.get("p/days/vs/friday/index.html") ?? "");
  const found = elements.find(({ name }) => name === "weightscan-pair")?.attributes;
  assert.equal(found?.get("a"), "../../../../frames/days.msgpack");
  assert.equal(found?.get("b"), "../../../../frames/days-friday.msgpack");
  assert.equal(found?.get("pair"), "../../../../frames/days-days-friday.pair.msgpack");
  assert.equal(found?.get("difference-a"), "../../../../frames/days-days-friday.a.msgpack");
  assert.deepEqual([found?.get("a-label"), found?.get("b-label")], ["Monday", "Friday"]);
  const panels = elements.flatMap(({ attributes }) => attributes.get("data-panel") ?? []);
  assert.deepEqual(panels.sort(), [
    "pair-cause",
    "pair-csv",
    "pair-curves",
    "pair-divergence",
    "pair-match",
    "pair-movers",
    "pair-trust",
  ]);
  const flat = await renderAll(
    makeSite([base, friday], undefined, [{ ...pair, difference: null }]),
  );
  assert.ok(!flat.get("p/days/vs/friday/index.html")?.includes("difference-a"));
});

Deno.test("renderPages() links to pairs from the gallery, their prompts, the family and each other", async () => {
  const pairs = [makePair(base, friday), makePair(base, sunday), makePair(friday, sunday)];
  const pages = await renderAll(makeSite([base, friday, sunday], undefined, pairs));
  const hrefs = (path: string) =>
    elementsOf(pages.get(path) ?? "").flatMap(({ attributes }) => attributes.get("href") ?? []);
  for (const href of ["./p/days/vs/friday/", "./p/days/vs/sunday/"]) {
    assert.ok(hrefs("index.html").includes(href), href);
  }
  const prompt = "p/days/index.html";
  assert.equal(hrefs(prompt).filter((href) => href === "./vs/friday/").length, 2);
  assert.equal(hrefs(prompt).filter((href) => href === "./friday/vs/sunday/").length, 1);
  assert.match(pages.get(prompt) ?? "", /Between the others/);
  assert.ok(hrefs("p/days/friday/index.html").includes("../vs/friday/"));
  assert.ok(hrefs("p/days/vs/friday/index.html").includes("../sunday/"));
  assert.ok(hrefs("compare/index.html").includes("../p/days/vs/sunday/"));
  assert.match(pages.get("p/days/vs/sunday/index.html") ?? "", /A control\./);
  assert.match(pages.get("sitemap.xml") ?? "", /\/p\/days\/friday\/vs\/sunday\/<\/loc>/);
  assert.doesNotMatch(pages.get("feed.xml") ?? "", /\/vs\//);
});

Deno.test("renderPages() shows hostile words of a pair as text, everywhere", async () => {
  const scans = [
    makeEntry({ title: evil, text: evil }),
    makeEntry({ variant: "v", title: evil, text: `${evil} more`, change: evil }),
  ];
  const pair = makePair(scans[0], scans[1], {
    finding: { kind: "spread", sentence: evil, turnsAt: null },
  });
  for (const [path, html] of await renderAll(makeSite(scans, undefined, [pair]))) {
    if (!path.endsWith(".html")) continue;
    for (const { name, attributes, text } of elementsOf(html)) {
      for (const attribute of attributes.keys()) {
        assert.ok(!attribute.startsWith("on") && attribute !== "style", `${path}: ${attribute}`);
      }
      if (name === "script") assert.equal(text, "", path);
      if (name === "img") assert.match(attributes.get("src") ?? "", /thumbs\//, path);
    }
    assert.ok(!html.includes("2</title>"), path);
    if (path.includes("/vs/")) {
      const lede = elementsOf(html).find(({ attributes }) =>
        attributes.get("class")?.startsWith("lede")
      );
      assert.equal(lede?.text, evil);
    }
  }
});

Deno.test("renderPages() lists what can be compared, and says so where there is nothing", async () => {
  const pages = await renderAll(makeSite([base, friday], undefined, [makePair(base, friday)]));
  const elements = elementsOf(pages.get("compare/index.html") ?? "");
  const options = elements.filter(({ name }) => name === "option").map((one) => one.attributes);
  assert.deepEqual(options.map((one) => one.get("value")), ["days", "days/friday"]);
  assert.equal(new Set(options.map((one) => one.get("data-family"))).size, 1);
  const pair = elements.find(({ attributes }) => attributes.has("data-pair"))?.attributes;
  assert.deepEqual([pair?.get("data-a"), pair?.get("data-b")], ["days", "days/friday"]);
  const without = (await renderAll(makeSite([base, friday]))).get("compare/index.html") ?? "";
  assert.match(without, /No comparisons have been computed yet/);
  const empty = (await renderAll(makeSite([]))).get("compare/index.html") ?? "";
  assert.match(empty, /There are no two scans to compare yet/);
  assert.equal(elementsOf(empty).filter(({ name }) => name === "select").length, 0);
});

Deno.test("soundnessView() tells agreement, disagreement, and that nothing lies before the change", () => {
  const tell = (largest: number, nStates = 4) =>
    soundnessView({ largest, nStates, tolerance: 1e-4 });
  assert.equal(tell(0).text, "States before the change agree: largest deviation 0");
  assert.equal(tell(0).verdict, "sound");
  assert.match(tell(0.02).text, /do not agree: largest deviation 2/);
  assert.equal(tell(0.02).verdict, "unsound");
  assert.equal(tell(0, 0).verdict, "open");
});

Deno.test("magnitude() writes a size with one digit and its order", () => {
  assert.equal(magnitude(3.2e-7), "3\u202f×\u202f10⁻⁷");
  assert.equal(magnitude(1e-10), "1\u202f×\u202f10⁻¹⁰");
  assert.equal(magnitude(0), "0");
});

Deno.test("buildSite() copies the files of pairs, and fails where one is missing or elsewhere", async () => {
  await withFolder(async (folder) => {
    const data = join(folder, "_data");
    const options = { families: 1, members: 2, particles: 16, frames: 3, pairs: true };
    const { pairs: [pair] } = await writeSyntheticData(data, options);
    const build = () =>
      buildSite({
        builder: "npm",
        location: null,
        dataFolder: data,
        outFolder: join(folder, "_site"),
      });
    await build();
    const files = await readTree(join(folder, "_site"));
    assert.ok(files.has("p/weekday/vs/variant-1/index.html"));
    assert.ok(pair.difference !== null);
    for (const { path, bytes } of [pair.pair, pair.difference.a, pair.difference.b]) {
      assert.equal(files.get(path)?.length, bytes, path);
    }
    await Deno.remove(join(data, pair.pair.path));
    await assert.rejects(build(), /Cannot show the scan "weekday": .*no such file/);
  });
  await withFolder(async (folder) => {
    const data = await writeData(folder, ({ scans }) => ({
      version: 1,
      scans,
      pairs: [makePair(scans[0], scans[1], { pair: { path: "../secret", bytes: 1 } })],
    }));
    await assert.rejects(
      buildSite({ builder: "npm", location: null, dataFolder: data, outFolder: `${folder}/out` }),
      /a path out of place/,
    );
  });
});
