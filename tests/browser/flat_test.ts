import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { FaultyServer } from "./faulty_server.ts";
import { browserTest, difference, openPage, shownViewer, type Viewer } from "./pages.ts";
import { buildTestSite } from "./site.ts";

const nFrames = 5;
const site = await buildTestSite({ families: 1, members: 1, frames: nFrames, nDims: 2 });
const server = new FaultyServer(site.folder);
const address = server.url(site.pageOf("weekday"));
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

/** Azimuth and polar angle in degrees that the address names; null where the camera is the first one. */
async function anglesOf(page: Page): Promise<number[] | null> {
  // The address follows by a timer of 400 ms; a longer one that starts later goes off later.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
  const hash = await page.evaluate(() => location.hash);
  return new URLSearchParams(hash.slice(1)).get("camera")?.split(",").map(Number).slice(0, 2) ??
    null;
}

/** Shares of the columns and the rows of the stage's middle in which there is a bright particle. */
async function reachOf(viewer: Viewer): Promise<{ width: number; height: number }> {
  const box = await viewer.surface.boundingBox();
  assert.ok(box);
  const pixels = await viewer.pixels();
  const width = Math.round(box.width * 0.4);
  const height = pixels.length / 3 / width;
  assert.ok(Number.isInteger(height));
  const columns = new Set<number>();
  const rows = new Set<number>();
  for (let i = 0; i < width * height; i++) {
    if (Math.max(...pixels.subarray(i * 3, i * 3 + 3)) < 110) continue;
    columns.add(i % width);
    rows.add(Math.floor(i / width));
  }
  return { width: columns.size / width, height: rows.size / height };
}

browserTest(
  "a flat scan shows its cloud from the front, with edges, and can be scrubbed",
  async (browser) => {
    await using opened = await openPage(browser, `${address}#layer=2`);
    const { page } = opened;
    const viewer = await shownViewer(page);
    await viewer.complete();
    await viewer.rested(2);
    assert.equal((await viewer.state()).drawCalls, 2);
    const reach = await reachOf(viewer);
    assert.ok(reach.width > 0.5 && reach.height > 0.5, JSON.stringify(reach));
    assert.equal(await anglesOf(page), null);

    const withEdges = await viewer.pixels();
    await page.keyboard.press("e");
    await viewer.rested(2);
    assert.ok(difference(withEdges, await viewer.pixels()) > 0.01, "edges can be seen");
    await page.keyboard.press("e");

    await viewer.range.focus();
    await page.keyboard.press("End");
    await viewer.rested(nFrames - 1);
    assert.ok(difference(withEdges, await viewer.pixels()) > 0.02, "layers differ");
    await page.keyboard.press("Home");
    await viewer.rested(0);
  },
);

browserTest("a drag and the arrow keys shift a flat cloud and never tilt it", async (browser) => {
  await using opened = await openPage(browser, `${address}#layer=2`);
  const { page } = opened;
  const viewer = await shownViewer(page);
  await viewer.complete();
  await viewer.rested(2);
  const before = await viewer.pixels();
  const box = await viewer.surface.boundingBox();
  assert.ok(box);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 120, y + 60, { steps: 8 });
  await page.mouse.up();
  await viewer.rested(2);
  assert.deepEqual(await anglesOf(page), [0, 90]);
  assert.ok(difference(before, await viewer.pixels()) > 0.02, "it is shifted");

  await viewer.surface.focus();
  for (const key of ["ArrowLeft", "ArrowUp", "ArrowUp", "+"]) {
    const shown = await viewer.pixels();
    await page.keyboard.press(key);
    await viewer.rested(2);
    assert.ok(difference(shown, await viewer.pixels()) > 0.02, key);
  }
  assert.deepEqual(await anglesOf(page), [0, 90]);

  await page.keyboard.press("r");
  await viewer.rested(2);
  assert.ok(difference(before, await viewer.pixels()) < 0.02, "r goes back");
});

browserTest(
  "a link with another scan's camera shows a flat cloud from the front",
  async (browser) => {
    await using opened = await openPage(browser, `${address}#layer=2`);
    const { page } = opened;
    const viewer = await shownViewer(page);
    await viewer.rested(2);
    const before = await viewer.pixels();
    await page.goto(`${address}#layer=2&camera=-80,40,1`);
    await page.reload();
    const linked = await shownViewer(page);
    await linked.rested(2);
    assert.ok(difference(before, await linked.pixels()) < 0.02);
  },
);

browserTest("a flat scan offers no turning", async (browser) => {
  await using opened = await openPage(browser, `${address}#layer=2`);
  const viewer = await shownViewer(opened.page);
  await viewer.element.getByRole("button", { name: "View options" }).click();
  await viewer.element.getByLabel("Edges to nearest neighbours").waitFor();
  assert.equal(await viewer.element.getByLabel("Turn slowly while playing").isVisible(), false);
});
