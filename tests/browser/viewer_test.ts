import assert from "node:assert/strict";
import { FaultyServer } from "./faulty_server.ts";
import { browserTest, difference, openPage, shownViewer, Viewer } from "./pages.ts";
import { buildTestSite } from "./site.ts";

const nFrames = 13;
const site = await buildTestSite({ families: 2, members: 2, frames: nFrames });
const server = new FaultyServer(site.folder);
const address = server.url(site.pageOf("weekday"));
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

browserTest("the viewer plays by itself and loops through the layers", async (browser) => {
  await using opened = await openPage(browser, address);
  const viewer = await shownViewer(opened.page);
  await viewer.complete();
  assert.equal((await viewer.state()).layerCount, nFrames);
  await viewer.until(({ playing }) => playing);
  const seen = new Set<number>();
  await viewer.until(({ currentLayer }) => seen.add(currentLayer).size >= 3);
});

browserTest(
  "keys: space plays and pauses, brackets step, Home and End go to the ends",
  async (browser) => {
    await using opened = await openPage(browser, address);
    const { page } = opened;
    const viewer = await shownViewer(page);
    await viewer.complete();
    await viewer.until(({ playing }) => playing);

    // Nothing has the focus: the keys that the page does not need work all the same.
    await page.keyboard.press("Space");
    assert.equal((await viewer.state()).playing, false);
    const { currentLayer: at } = await viewer.state();
    assert.equal(await page.evaluate(() => scrollY), 0, "space does not scroll");
    await page.keyboard.press("Space");
    assert.equal((await viewer.state()).playing, true);
    await viewer.rest(at);
    await page.keyboard.press("]");
    await viewer.rested(Math.min(at + 1, nFrames - 1));
    await page.keyboard.press("[");
    await page.keyboard.press("[");
    await viewer.rested(Math.max(Math.min(at + 1, nFrames - 1) - 2, 0));

    await viewer.surface.focus();
    const scrolled = await page.evaluate(() => scrollY);
    await page.keyboard.press("End");
    await viewer.rested(nFrames - 1);
    await page.keyboard.press("]");
    await viewer.rested(nFrames - 1);
    await page.keyboard.press("Home");
    await viewer.rested(0);
    await page.keyboard.press("[");
    await viewer.rested(0);
    assert.equal(await page.evaluate(() => scrollY), scrolled, "Home and End do not scroll");

    const before = await viewer.pixels();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await viewer.rested(0);
    assert.ok(difference(before, await viewer.pixels()) > 0.005, "an arrow turns the cloud");

    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /play or pause/);
    await page.keyboard.press("]");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.equal((await viewer.state()).currentLayer, 0, "the dialog keeps the keys");
  },
);

browserTest("keys with Ctrl, Alt or Meta are the browser's", async (browser) => {
  await using opened = await openPage(browser, address);
  const { page } = opened;
  const viewer = await shownViewer(page);
  await viewer.rest(0);
  for (const modifier of ["Control", "Alt", "Meta"]) {
    await page.keyboard.press(`${modifier}+]`);
    await page.keyboard.press(`${modifier}+Shift+Space`);
  }
  await viewer.rested(0);
});

browserTest(
  "the scrub bar names its layer, follows keys and pointer, and waits for nobody",
  async (browser) => {
    await using opened = await openPage(browser, address);
    const { page } = opened;
    const viewer = await shownViewer(page);
    await viewer.complete();
    await viewer.rest(0);
    const { range } = viewer;
    assert.match(await range.getAttribute("aria-valuetext") ?? "", /embedding/i);
    assert.equal(await range.getAttribute("aria-label"), "Layer");

    await range.focus();
    await page.keyboard.press("ArrowRight");
    await viewer.rested(1);
    assert.match(await range.getAttribute("aria-valuetext") ?? "", /\b1\b/);
    await page.keyboard.press("End");
    await viewer.rested(nFrames - 1);
    assert.match(await range.getAttribute("aria-valuetext") ?? "", /\b12\b/);
    await page.keyboard.press("PageDown");
    await viewer.rested(nFrames - 5);

    const box = await range.boundingBox();
    assert.ok(box);
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.66, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, y, { steps: 6 });
    await viewer.until(({ currentLayer }) => Math.abs(currentLayer - 6) <= 1);
    await page.mouse.move(box.x + 1, y, { steps: 6 });
    await viewer.until(({ currentLayer }) => currentLayer === 0);
    await page.mouse.move(box.x + box.width * 2, y, { steps: 4 });
    await viewer.until(({ currentLayer }) => currentLayer === nFrames - 1);
    await page.mouse.up();
    await viewer.rested(nFrames - 1);
    assert.ok(!(await viewer.state()).playing, "it stays where it was left");
  },
);

browserTest("the speed setting changes how fast layers pass", async (browser) => {
  await using opened = await openPage(browser, address);
  const { page } = opened;
  const viewer = await shownViewer(page);
  await viewer.complete();
  const speed = viewer.element.getByLabel("Speed");
  await speed.selectOption("4");
  await page.waitForFunction(() => location.hash.includes("speed=4"));
  assert.equal(await speed.inputValue(), "4");
  await page.reload();
  await shownViewer(page);
  assert.equal(await new Viewer(page).element.getByLabel("Speed").inputValue(), "4");
});

browserTest("layers look different, and a paused picture stands still", async (browser) => {
  await using opened = await openPage(browser, address);
  const viewer = await shownViewer(opened.page);
  await viewer.complete();
  const pictures: Uint8Array[] = [];
  for (const layer of [0, 6, nFrames - 1]) {
    await viewer.rest(layer);
    const picture = await viewer.pixels();
    const { drawnCount } = await viewer.state();
    await opened.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    assert.equal(difference(picture, await viewer.pixels()), 0, `layer ${layer} moves`);
    assert.equal((await viewer.state()).drawnCount, drawnCount, "nothing is drawn while it rests");
    pictures.push(picture);
  }
  for (const [a, b] of [[0, 1], [1, 2], [0, 2]]) {
    assert.ok(difference(pictures[a], pictures[b]) > 0.02, `pictures ${a} and ${b} are alike`);
  }
  await viewer.rest(0);
  assert.ok(
    difference(pictures[0], await viewer.pixels()) < 0.02,
    "the first layer looks as before",
  );
});

browserTest(
  "a frame of 1024 particles with its edges costs at most two draw calls",
  async (browser) => {
    await using opened = await openPage(browser, address);
    const { page } = opened;
    const viewer = await shownViewer(page);
    await viewer.complete();
    for (const layer of [0, 5, nFrames - 1]) {
      await viewer.rest(layer);
      const { drawCalls } = await viewer.state();
      assert.ok(drawCalls === 2, `${drawCalls} draw calls at layer ${layer}`);
    }
    const withEdges = await viewer.pixels();
    await page.keyboard.press("e");
    await viewer.rested(nFrames - 1);
    assert.ok((await viewer.state()).drawCalls <= 2);
    assert.ok(difference(withEdges, await viewer.pixels()) > 0.01, "edges can be seen");
  },
);

browserTest(
  "dragging turns the cloud, the wheel zooms after a click and scrolls before",
  async (browser) => {
    await using opened = await openPage(browser, address);
    const { page } = opened;
    const viewer = await shownViewer(page);
    await viewer.complete();
    await viewer.rest(4);
    const before = await viewer.pixels();
    const box = await viewer.surface.boundingBox();
    assert.ok(box);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];

    await page.mouse.move(x, y);
    await page.mouse.wheel(0, 200);
    await page.waitForFunction(() => scrollY > 0);
    await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
    await viewer.rested(4);
    assert.ok(difference(before, await viewer.pixels()) < 0.05, "the wheel passes by");

    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 160, y + 40, { steps: 8 });
    await page.mouse.up();
    await viewer.rested(4);
    const turned = await viewer.pixels();
    assert.ok(difference(before, turned) > 0.1, "a drag turns");
    await page.waitForFunction(() => location.hash.includes("camera="));

    await page.mouse.wheel(0, -400);
    await viewer.rested(4);
    assert.ok(difference(turned, await viewer.pixels()) > 0.1, "the wheel zooms");
    assert.equal(await page.evaluate(() => scrollY), 0);

    await viewer.surface.focus();
    await page.keyboard.press("r");
    await viewer.rested(4);
    assert.ok(difference(before, await viewer.pixels()) < 0.05, "r resets the view");
  },
);

browserTest("an address with a layer shows that layer, again after a reload", async (browser) => {
  await using opened = await openPage(browser, `${address}#layer=7&colour=identity&edges=off`);
  const { page } = opened;
  const viewer = await shownViewer(page);
  await viewer.rested(7);
  const before = await viewer.pixels();
  await page.reload();
  const again = await shownViewer(page);
  await again.rested(7);
  assert.equal((await again.state()).playing, false);
  assert.ok(difference(before, await again.pixels()) < 0.05, "the same picture");
  assert.match(page.url(), /layer=7/);
  assert.match(page.url(), /edges=off/);

  await page.keyboard.press("]");
  await page.waitForFunction(() => location.hash.includes("layer=8"));
  await page.reload();
  await (await shownViewer(page)).rested(8);

  for (const hash of ["#layer=99999", "#layer=-1&speed=x&camera=1,2", "#%E0%A4%A", "#layer=500"]) {
    await page.goto(`${address}${hash}`);
    await page.reload();
    await shownViewer(page);
  }
});

browserTest("words and tables follow the layer", async (browser) => {
  await using opened = await openPage(browser, `${address}#layer=3`);
  const { page } = opened;
  const viewer = await shownViewer(page);
  await viewer.complete();
  await viewer.rested(3);
  const heading = page.locator("[data-panel=lens] h2");
  await heading.filter({ hasText: "layer 3" }).waitFor();
  await page.locator(".measures tr[aria-current=true]").filter({ hasText: "layer 3" }).waitFor();
  await page.keyboard.press("]");
  await heading.filter({ hasText: "layer 4" }).waitFor();
  await page.locator(".ws-status [role=status]").filter({ hasText: /layer 4/i }).waitFor({
    state: "attached",
  });
});

browserTest(
  "with reduced motion nothing plays or turns by itself, and layers cut",
  async (browser) => {
    await using opened = await openPage(browser, address, { reducedMotion: "reduce" });
    const { page } = opened;
    const viewer = await shownViewer(page);
    await viewer.complete();
    await viewer.rested(0);
    const before = await viewer.pixels();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 400)));
    assert.equal(difference(before, await viewer.pixels()), 0);

    // Asked for, it plays all the same: layers cut, and the cloud does not turn.
    const { drawnCount } = await viewer.state();
    await page.keyboard.press("]");
    await viewer.rested(1);
    assert.ok((await viewer.state()).drawnCount - drawnCount < 6, "a step is a cut");
    await page.keyboard.press("Space");
    await viewer.until(({ currentLayer }) => currentLayer >= 2);
  },
);

browserTest("the cloud fits its stage after the window has changed", async (browser) => {
  await using opened = await openPage(browser, `${address}#layer=5`);
  const { page } = opened;
  const viewer = await shownViewer(page);
  for (const [width, height] of [[390, 844], [1600, 1000], [844, 390], [1280, 900]]) {
    await page.setViewportSize({ width, height });
    await page.waitForFunction(() => {
      const surface = document.querySelector<HTMLElement>(".ws-surface");
      const canvas = surface?.querySelector("canvas");
      if (!surface || !canvas) return false;
      const ratio = canvas.width / surface.clientWidth;
      return canvas.clientWidth === surface.clientWidth &&
        Math.abs(ratio - devicePixelRatio) < 0.02;
    });
    await viewer.rested(5);
    const overflow = await page.evaluate(() =>
      document.documentElement.scrollWidth - document.documentElement.clientWidth
    );
    assert.equal(overflow, 0, `the page is wider than ${width}`);
    const pixels = await viewer.pixels();
    const flat = pixels.map((_, i) => pixels[i % 3]);
    assert.ok(difference(pixels, flat) > 0.005, `a cloud at ${width} × ${height}`);
  }
});
