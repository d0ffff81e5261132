import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { cellsCsv } from "../../site/viewer/pair_csv.ts";
import { makeSyntheticPair } from "../fixtures/synthetic_pair.ts";
import { overflowOf, violations } from "./accessibility.ts";
import { FaultyServer } from "./faulty_server.ts";
import { browserTest, type OpenOptions, openPage } from "./pages.ts";
import { buildPanelSite } from "./pair_panels.ts";
import type {} from "./pair_panels_page.ts";

const home = "/some/where/";
const site = await buildPanelSite({ families: 2, members: 3, particles: 64, frames: 5 });
const server = new FaultyServer(site.folder, home);
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

const pairPage = site.pairPages[0];
const filled = `${pairPage}panels.html`;
/** What the panels of that page show. */
const pair = makeSyntheticPair();

/** Opens a comparison's page with its panels filled. */
async function openPanels(browser: Browser, options: OpenOptions = {}) {
  const opened = await openPage(browser, server.url(filled), {
    reducedMotion: "reduce",
    ...options,
  });
  await opened.page.locator("html[data-panels]").waitFor();
  return opened;
}

/** A map's cell. */
function cellOf(page: Page, panel: string, row: number, column: number) {
  return page.locator(`[data-panel=${panel}] td[data-row="${row}"][data-column="${column}"]`);
}

for (const colorScheme of ["dark", "light"] as const) {
  for (const width of [390, 1280]) {
    browserTest(
      `a comparison's page is accessible and fits, ${colorScheme}, ${width} pixels wide`,
      async (browser) => {
        await using opened = await openPanels(browser, {
          colorScheme,
          viewport: { width, height: 900 },
        });
        const { page } = opened;
        assert.deepEqual(await violations(page), []);
        for (const box of await page.getByRole("checkbox").all()) await box.check();
        for (const details of await page.locator("summary").all()) await details.click();
        await page.locator("[data-panel=pair-cause] select").selectOption({ index: 2 });
        await cellOf(page, "pair-divergence", 3, pair.header.firstChange).click();
        assert.deepEqual(await violations(page), []);
        assert.equal(await overflowOf(page), 0);
      },
    );
  }
}

browserTest("keys walk a map from cell to cell and choose one", async (browser) => {
  await using opened = await openPanels(browser);
  const { page } = opened;
  const focused = () =>
    page.evaluate(() => {
      const { dataset } = document.activeElement as HTMLElement;
      return [Number(dataset.row), Number(dataset.column)];
    });
  const last = pair.layers.length - 1;
  const lastColumn = pair.header.ladder.length - 1;
  await page.locator("[data-panel=pair-divergence] input").focus();
  await page.keyboard.press("Tab");
  assert.deepEqual(await focused(), [last, 0]);
  await page.keyboard.press("ArrowUp");
  assert.deepEqual(await focused(), [last, 0]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  assert.deepEqual(await focused(), [last - 1, 1]);
  await page.keyboard.press("End");
  assert.deepEqual(await focused(), [last - 1, lastColumn]);
  await page.keyboard.press("Control+End");
  assert.deepEqual(await focused(), [0, lastColumn]);
  await page.keyboard.press("Control+Home");
  assert.deepEqual(await focused(), [last, 0]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const chosen = () =>
    page.evaluate(() => [globalThis.madeUp.selection(), globalThis.madeUp.layer()] as const);
  assert.deepEqual(await chosen(), [{ kind: "cell", frame: last - 1, rung: 0 }, last - 1]);
  for (const panel of ["pair-divergence", "pair-cause"]) {
    assert.equal(await cellOf(page, panel, last - 1, 0).getAttribute("aria-selected"), "true");
    const row = page.locator(`[data-panel=${panel}] tbody tr[data-current] th`);
    assert.equal(await row.innerText(), pair.header.layers[last - 1]);
  }
  // One stop a map: Tab leaves it, and comes back to the same cell.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Shift+Tab");
  assert.deepEqual(await focused(), [last - 1, 0]);
  await page.keyboard.press(" ");
  assert.deepEqual((await chosen())[0], { kind: "none" });
  assert.equal(await page.locator("td[aria-selected]").count(), 0);
});

browserTest("chosen particles mark the columns of their tokens in both maps", async (browser) => {
  await using opened = await openPanels(browser);
  const { page } = opened;
  await page.evaluate(() => globalThis.madeUp.choose([0, 8]));
  for (const panel of ["pair-divergence", "pair-cause"]) {
    const marked = page.locator(`[data-panel=${panel}] thead th[data-current]`);
    assert.deepEqual(await marked.allInnerTexts(), ["After", "␣comes"]);
  }
});

browserTest(
  "a map says what its cells hold, in words and on demand in numbers",
  async (browser) => {
    await using opened = await openPanels(browser);
    const { page } = opened;
    const { firstChange } = pair.header;
    const cell = cellOf(page, "pair-divergence", 3, firstChange);
    assert.match(
      await cell.locator(".ws-hidden").innerText(),
      /^layer 3, “Friday” in A, “Sun” in B: distance \d/,
    );
    const inserted = cellOf(page, "pair-divergence", 3, firstChange + 1);
    assert.equal(
      await inserted.locator(".ws-hidden").innerText(),
      "layer 3, “day”, in B alone: not compared",
    );
    const number = cell.locator(".heat-number");
    assert.ok(!await number.isVisible());
    await page.locator("[data-panel=pair-divergence] input").check();
    assert.equal(
      await number.innerText(),
      pair.layers[3].quietRelative[firstChange].toFixed(2),
    );
    await page.locator("[data-panel=pair-divergence] select").selectOption("2");
    assert.equal(
      await number.innerText(),
      pair.layers[3].quietCosine[firstChange].toFixed(2).replace("-", "−"),
    );
  },
);

browserTest(
  "on a narrow screen a map begins at the change and shows that there is more",
  async (browser) => {
    await using opened = await openPanels(browser, { viewport: { width: 390, height: 800 } });
    const { page } = opened;
    const map = page.locator("[data-panel=pair-divergence]");
    await map.locator("[data-more-end]").waitFor();
    assert.ok(await map.locator(".heat-scroller").evaluate((box) => box.scrollLeft > 0));
    const changed = await map.locator("th.heat-changed").first().boundingBox();
    assert.ok(
      changed && changed.x > 60 && changed.x + changed.width < 390,
      JSON.stringify(changed),
    );
  },
);

browserTest("the numbers are saved as they are in the comparison's file", async (browser) => {
  await using opened = await openPanels(browser);
  const { page } = opened;
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Cells" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "weekday-vs-weekday-holiday-cells.csv");
  const text = await Deno.readTextFile(await download.path());
  assert.equal(text.replace(/^\ufeff/, ""), cellsCsv(pair));
});

browserTest(
  "when the comparison's file fails the page says so once, and tries again",
  async (browser) => {
    await using opened = await openPage(browser, `${server.url(filled)}?fails`, {
      reducedMotion: "reduce",
    });
    const { page } = opened;
    const alert = page.getByRole("alert");
    assert.equal(await alert.innerText(), "This comparison's file is not on the server.");
    assert.deepEqual(await violations(page), []);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator("[data-panel=pair-match] table").waitFor();
    assert.equal(await alert.count(), 0);
  },
);

browserTest("without scripts a comparison's page says what was found", async (browser) => {
  await using opened = await openPage(browser, server.url(pairPage), { javaScriptEnabled: false });
  const { page: shown } = opened;
  assert.match(await shown.locator(".lede").innerText(), /^The answer turns at layer/);
  assert.match(await shown.locator(".badge").innerText(), /States before the change agree/);
  assert.equal(await shown.locator("h1 a").count(), 2);
  assert.ok(await shown.locator(".stage-poster").isVisible());
});

browserTest(
  "the compare page puts any two scans beside each other, and the address says which",
  async (browser) => {
    await using opened = await openPage(browser, server.url("compare/"), {
      reducedMotion: "reduce",
    });
    const { page } = opened;
    const [a, b] = ["a", "b"].map((side) => page.locator(`#choice-${side}`));
    const clouds = page.locator("weightscan-pair");
    await clouds.waitFor({ state: "attached" });
    assert.deepEqual([await a.inputValue(), await b.inputValue()], [
      "weekday",
      "weekday/variant-1",
    ]);
    assert.ok(await clouds.getAttribute("pair"));
    const whole = page.getByRole("link", { name: "See the whole comparison" });
    assert.equal(await whole.getAttribute("href"), "../p/weekday/vs/variant-1/");

    await b.selectOption("colours");
    assert.equal(new URL(page.url()).hash, "#a=weekday&b=colours");
    assert.equal(await clouds.getAttribute("pair"), null);
    assert.match(await page.locator("[data-words]").innerText(), /of no common family/);

    await page.locator("#filter-a").fill("eve");
    assert.equal(await page.locator("[data-picker=a] [role=status]").innerText(), "3 of 6");
    await a.selectOption("colours/variant-2");
    // The comparison keeps its own order.
    assert.match(await page.locator("[data-words]").innerText(), /the other way round/);

    await page.goto(`${server.url("compare/")}#a=weekday/variant-2&b=weekday`);
    await page.reload();
    assert.equal(await b.inputValue(), "weekday");
    assert.deepEqual(await violations(page), []);
  },
);

browserTest("without scripts the compare page lists all comparisons", async (browser) => {
  await using opened = await openPage(browser, server.url("compare/"), {
    javaScriptEnabled: false,
  });
  const { page } = opened;
  assert.ok(!await page.locator("[data-pickers]").isVisible());
  assert.equal(await page.locator(".pair-sentence").count(), 6);
});
