import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { FaultyServer } from "./faulty_server.ts";
import { browserTest, openPage } from "./pages.ts";
import { buildTestSite } from "./site.ts";

// More cards than a browser has WebGL contexts.
const nFamilies = 20;
const site = await buildTestSite({ families: nFamilies, members: 1, particles: 64, frames: 3 });
const server = new FaultyServer(site.folder);
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

/** Keeps every WebGL context that the page makes. */
const keepContexts = `
  globalThis.contexts = new Set();
  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    const context = getContext.call(this, kind, ...rest);
    if (/^webgl/.test(kind) && context) globalThis.contexts.add(context);
    return context;
  };`;

/** Titles of the cards that are on show. */
function shownTitles(page: Page): Promise<string[]> {
  return page.locator(".card:visible h3").allInnerTexts();
}

/** Waits until so many cards are on show. */
async function untilShown(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (count) =>
      [...document.querySelectorAll<HTMLElement>(".card")].filter((card) => card.checkVisibility())
        .length === count,
    count,
  );
}

browserTest(
  "the gallery fetches no frames and no three.js before a card is looked at, and one context draws all cards",
  async (browser) => {
    await using opened = await openPage(browser, server.url(), { before: keepContexts });
    const { page, requests } = opened;
    const scripts: string[] = [];
    page.on("response", async (response) => {
      if (!/\.js$/.test(response.url())) return;
      const text = await response.text().catch(() => "");
      if (text.includes("WebGLRenderer")) scripts.push(response.url());
    });
    await page.reload({ waitUntil: "networkidle" });
    assert.equal(await page.locator(".card").count(), nFamilies);
    assert.deepEqual(requests.filter((address) => address.includes("/frames/")), []);
    assert.deepEqual(scripts, []);
    assert.equal(await page.locator("canvas").count(), 0);

    const cards = page.locator(".card");
    const shown = page.locator(".ws-preview[data-shown]");
    for (let i = 0; i < nFamilies; i++) {
      // By keyboard and by pointer in turn: the one must not take away what the other asks for.
      if (i % 2 === 0) await cards.nth(i).locator(".card-link").focus();
      else await cards.nth(i).hover();
      await cards.nth(i).locator(shown).waitFor({ state: "attached" });
    }
    // One draws; the other only told which driver there is, and was given back at once.
    assert.equal(
      await page.evaluate("[...contexts].filter((one) => !one.isContextLost()).length"),
      1,
    );
    assert.ok(await page.evaluate<number>("contexts.size") <= 2);
    assert.ok(await page.locator("canvas").count() <= 1);
    const fetched = new Set(requests.filter((address) => address.includes("/frames/")));
    assert.equal(fetched.size, nFamilies);
    assert.ok(![...fetched].some((address) => address.includes(".lens.")));

    await page.locator("h1").hover();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await shown.first().waitFor({ state: "detached" });
  },
);

browserTest("with reduced motion cards stay still", async (browser) => {
  await using opened = await openPage(browser, server.url(), { reducedMotion: "reduce" });
  const { page, requests } = opened;
  await page.locator(".card").nth(1).hover();
  await page.locator(".card-link").nth(2).focus();
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 600)));
  assert.deepEqual(requests.filter((address) => address.includes("/frames/")), []);
});

browserTest(
  "search and tags filter without a reload, and the address keeps them",
  async (browser) => {
    await using opened = await openPage(browser, server.url());
    const { page } = opened;
    await page.evaluate("globalThis.same = true");
    const search = page.getByRole("searchbox");

    // Keys that mean something elsewhere are text here.
    await search.focus();
    await page.keyboard.type("[ ]?e");
    assert.equal(await search.inputValue(), "[ ]?e");
    await search.fill("closing");
    const wanted = site.scans.filter(({ title }) => /closing/i.test(title)).length;
    await untilShown(page, wanted);
    assert.ok((await shownTitles(page)).every((title) => /closing/i.test(title)));
    assert.match(
      await page.getByRole("status").innerText(),
      new RegExp(`^${wanted} of ${nFamilies}`),
    );
    assert.match(page.url(), /\?q=closing$/);

    await page.keyboard.press("Enter");
    await search.fill("nothing like this");
    await page.getByText("No prompt matches").waitFor();
    await page.getByRole("button", { name: "Show all prompts" }).click();
    await untilShown(page, nFamilies);
    assert.equal(new URL(page.url()).search, "");

    const tagged = (tag: string) => site.scans.filter(({ tags }) => tags.includes(tag)).length;
    const calendar = page.locator("[data-tag=calendar]");
    await calendar.click();
    await untilShown(page, tagged("calendar"));
    assert.equal(await calendar.getAttribute("aria-pressed"), "true");
    assert.match(page.url(), /tag=calendar/);
    assert.equal(await page.evaluate("globalThis.same"), true, "the page was not loaded again");

    await page.reload();
    await untilShown(page, tagged("calendar"));
    assert.equal(await calendar.getAttribute("aria-pressed"), "true");
    await calendar.press("Enter");
    await untilShown(page, nFamilies);

    await page.goto(server.url("?q=weekday&tag=calendar&tag=no-such-tag"));
    await page.getByText("No prompt matches").waitFor();
    await page.goto(server.url("?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"));
    assert.equal(await search.inputValue(), "<img src=x onerror=alert(1)>");
  },
);

browserTest("a card leads to its page, and back leads to the same cards", async (browser) => {
  await using opened = await openPage(browser, server.url("?tag=calendar"));
  const { page } = opened;
  const titles = await shownTitles(page);
  await page.locator(".card:visible .card-link").first().click();
  await page.locator("weightscan-viewer").waitFor();
  assert.ok(page.url().endsWith(site.pageOf("weekday")));
  await page.goBack();
  await page.locator(".card").first().waitFor();
  await untilShown(page, titles.length);
  assert.deepEqual(await shownTitles(page), titles);
});
