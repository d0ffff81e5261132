import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { encodeScan } from "../../scan/format/encode.ts";
import { writeAssets } from "../../site/assets.ts";
import type { WeightscanPair } from "../../site/viewer/pair_element.ts";
import { withReads } from "../fixtures/reading_scan.ts";
import { makeSyntheticFamily, type SyntheticOptions } from "../fixtures/synthetic_scan.ts";
import { FaultyServer } from "./faulty_server.ts";
import { violations } from "./accessibility.ts";
import { browserTest, difference, openPage, pixelsOf, Viewer } from "./pages.ts";

const nFrames = 7;
const folder = await Deno.makeTempDir({ prefix: "weightscan-browser-" });
await writePages(folder);
const server = new FaultyServer(folder);
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
});

/** Pages with a pair: as it should be, of unequal numbers of particles, and with a file that is not there. */
async function writePages(folder: string): Promise<void> {
  const assets = await writeAssets(new URL("../../site/", import.meta.url), folder);
  const script = assets.viewer.replace(/main\.js$/, "pair_main.js");
  const write = async (name: string, member: number, options: SyntheticOptions) => {
    const { scan } = makeSyntheticFamily(0, { members: 2, frames: nFrames, ...options })[member];
    await Deno.writeFile(join(folder, `${name}.msgpack`), await encodeScan(withReads(scan)));
  };
  await write("a", 0, {});
  await write("b", 1, {});
  await write("fewer", 1, { particles: 300 });
  const page = (a: string, b: string) =>
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Two prompts</title>
<link rel="icon" href="${assets.icon}">
<link rel="stylesheet" href="${assets.style}">
<script type="module" src="${script}"></script>
</head>
<body>
<main>
<h1 class="visually-hidden">Two prompts</h1>
<section class="stage" aria-label="The scans"><div class="stage-film">
<weightscan-pair a="/${a}.msgpack" b="/${b}.msgpack" a-label="Monday" b-label="Sunday" label="Two prompts"></weightscan-pair>
</div></section>
<p style="height: 60rem">Below.</p>
</main>
</body>
</html>
`;
  await Deno.writeTextFile(join(folder, "index.html"), page("a", "b"));
  await Deno.writeTextFile(join(folder, "unequal.html"), page("a", "fewer"));
  await Deno.writeTextFile(join(folder, "broken.html"), page("a", "nowhere"));
}

class PairViewer extends Viewer {
  override get element() {
    return this.page.locator("weightscan-pair");
  }

  button(name: string) {
    return this.element.getByRole("button", { name, exact: true });
  }

  pair(): Promise<{ blend: number; arrangement: string; chosen: number; ghost: boolean }> {
    return this.element.evaluate((element) => {
      const pair = (element as WeightscanPair).pairSession;
      if (pair === null) throw new Error("There is no session");
      const chosen = pair.particlesOf(pair.selection.value, "a").size;
      return {
        blend: pair.blend.value,
        arrangement: pair.arrangement.value,
        chosen,
        ghost: pair.ghost.value,
      };
    });
  }
}

async function shownPair(page: Page, layer: number): Promise<PairViewer> {
  const viewer = new PairViewer(page);
  await viewer.shown();
  await viewer.complete();
  await viewer.rest(layer);
  return viewer;
}

/** Mean brightness of the part of the stage where a cloud is. */
function brightness(pixels: Uint8Array): number {
  return pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
}

browserTest("one cloud turns from a into b, by slider and by keys", async (browser) => {
  await using opened = await openPage(browser, server.url("index.html#ghost=off&turn=off"));
  const { page } = opened;
  const viewer = await shownPair(page, 5);
  const atA = await viewer.pixels();
  await page.keyboard.press("b");
  await viewer.rested(5);
  assert.equal((await viewer.pair()).blend, 1);
  const atB = await viewer.pixels();
  assert.ok(difference(atA, atB) > 0.01, "a and b look different");
  await page.keyboard.press("a");
  await viewer.rested(5);
  assert.equal((await viewer.pair()).blend, 0);
  assert.ok(difference(atA, await viewer.pixels()) < 0.005, "a looks as before");

  const slider = viewer.element.getByRole("slider", { name: "From Monday to Sunday" });
  assert.equal(await slider.getAttribute("aria-valuetext"), "Monday");
  await slider.fill("0.5");
  await viewer.rested(5);
  const between = await viewer.pixels();
  assert.ok(difference(atA, between) > 0.005 && difference(atB, between) > 0.005);
  await page.waitForFunction(() => location.hash.includes("blend=0.5"));
  await viewer.surface.focus();
  await page.keyboard.press(".");
  await viewer.rested(5);
  assert.ok(Math.abs((await viewer.pair()).blend - 0.6) < 1e-9);
});

browserTest("ghost and arrows can be seen, with at most six draw calls", async (browser) => {
  await using opened = await openPage(browser, server.url("index.html#ghost=off&turn=off"));
  const { page } = opened;
  const viewer = await shownPair(page, 6);
  await viewer.surface.focus();
  const plain = await viewer.pixels();
  await page.keyboard.press("g");
  await viewer.rested(6);
  const ghost = await viewer.pixels();
  assert.ok(difference(plain, ghost) > 0.002, "a ghost");
  await page.keyboard.press("v");
  await viewer.rested(6);
  assert.ok(difference(ghost, await viewer.pixels()) > 0.002, "arrows");
  for (const key of [".", "b"]) {
    await page.keyboard.press(key);
    await viewer.rested(6);
    const { drawCalls } = await viewer.state();
    assert.ok(drawCalls <= 6, `${drawCalls} draw calls`);
  }
  await page.keyboard.press("g");
  await page.keyboard.press("v");
  await page.keyboard.press("a");
  await viewer.rested(6);
  assert.ok(difference(plain, await viewer.pixels()) < 0.005, "gone again");
});

browserTest("side by side shows both, one above the other on a phone", async (browser) => {
  for (const [width, height] of [[1280, 900], [390, 844]]) {
    await using opened = await openPage(browser, server.url("index.html#view=beside&turn=off"), {
      viewport: { width, height },
    });
    const { page } = opened;
    const viewer = await shownPair(page, 5);
    const boxes = await viewer.element.evaluate((element) => {
      const pair = element as WeightscanPair;
      return pair.boxes;
    });
    assert.ok(boxes);
    const stage = await viewer.surface.boundingBox();
    assert.ok(stage);
    const pictures = [];
    for (const box of [boxes.a, boxes.b]) {
      const png = await page.screenshot({
        clip: {
          x: stage.x + box.left + box.width * 0.3,
          y: stage.y + box.top + box.height * 0.3,
          width: box.width * 0.4,
          height: box.height * 0.35,
        },
      });
      pictures.push(await pixelsOf(png));
    }
    for (const picture of pictures) {
      const flat = picture.map((_, i) => picture[i % 3]);
      assert.ok(difference(picture, flat) > 0.01, `a cloud at ${width}`);
    }
    assert.ok(difference(pictures[0], pictures[1]) > 0.003, "two clouds that differ");
    assert.equal((await viewer.state()).drawCalls, 4);
    assert.equal(
      boxes.a.top === boxes.b.top,
      width > 600,
      "beside each other where there is room",
    );
    await viewer.button("Side by side").click();
    await viewer.rested(5);
    assert.equal((await viewer.pair()).arrangement, "together");
  }
});

browserTest("a click chooses the particles that read the same, Escape none", async (browser) => {
  await using opened = await openPage(browser, server.url("index.html#ghost=off&edges=off"));
  const { page } = opened;
  const viewer = await shownPair(page, 3);
  const before = await viewer.pixels();
  const stage = await viewer.surface.boundingBox();
  assert.ok(stage);
  // Somewhere around the middle there is a particle.
  for (let step = 0; step < 60 && (await viewer.pair()).chosen === 0; step++) {
    const [angle, radius] = [step * 2.4, 14 * Math.sqrt(step)];
    await page.mouse.click(
      stage.x + stage.width / 2 + radius * Math.cos(angle),
      stage.y + stage.height * 0.45 + radius * Math.sin(angle),
    );
  }
  const { chosen } = await viewer.pair();
  assert.ok(chosen > 1 && chosen < 1024, `${chosen} chosen`);
  await viewer.rested(3);
  const dimmed = await viewer.pixels();
  assert.ok(brightness(dimmed) < brightness(before) * 0.98, "the others step back");
  await viewer.element.locator(".ws-status [role=status]").filter({ hasText: /chosen/ }).waitFor({
    state: "attached",
  });
  await page.keyboard.press("Escape");
  await viewer.rested(3);
  assert.equal((await viewer.pair()).chosen, 0);
  assert.ok(difference(before, await viewer.pixels()) < 0.01, "all are back");
  await page.keyboard.press("n");
  assert.ok((await viewer.pair()).chosen > 0, "n chooses a token's particles");
});

browserTest("an address brings a comparison back", async (browser) => {
  const hash = "#layer=4&colour=token&turn=off&view=beside&ghost=off&arrows=on&cell=4,1";
  await using opened = await openPage(browser, server.url(`index.html${hash}`));
  const { page } = opened;
  const viewer = new PairViewer(page);
  await viewer.shown();
  await viewer.rested(4);
  const state = await viewer.pair();
  assert.equal(state.arrangement, "beside");
  assert.equal(state.ghost, false);
  assert.ok(state.chosen > 0);
  await viewer.surface.focus();
  await page.keyboard.press("s");
  await page.keyboard.press("]");
  await page.waitForFunction(() =>
    location.hash === "#layer=5&colour=token&turn=off&ghost=off&arrows=on&cell=4,1"
  );
});

browserTest("unequal particles: no slider and no arrows, and why", async (browser) => {
  await using opened = await openPage(browser, server.url("unequal.html#turn=off"));
  const viewer = await shownPair(opened.page, 2);
  await viewer.element.getByText(/1024 and 300 particles/).waitFor();
  assert.equal(await viewer.element.locator(".ws-blend").isVisible(), false);
  assert.equal(await viewer.button("Arrows").isDisabled(), true);
  await opened.page.keyboard.press("s");
  await viewer.rested(2);
  assert.equal((await viewer.state()).drawCalls, 4, "side by side works");
});

browserTest("a file that is not there is told, and the other scan is shown", async (browser) => {
  await using opened = await openPage(browser, server.url("broken.html"), {
    expects: /nowhere\.msgpack|404/,
  });
  const viewer = new PairViewer(opened.page);
  await viewer.shown();
  await viewer.message.filter({ hasText: /Sunday: This scan's file is not on the server/ })
    .waitFor();
});

for (const colorScheme of ["dark", "light"] as const) {
  for (const width of [390, 1280]) {
    browserTest(`a comparison is accessible, ${colorScheme}, ${width} wide`, async (browser) => {
      const light = colorScheme === "light" ? "&stage=light" : "";
      await using opened = await openPage(
        browser,
        server.url(`index.html#layer=3&arrows=on${light}`),
        { colorScheme, reducedMotion: "reduce", viewport: { width, height: 900 } },
      );
      const { page } = opened;
      const viewer = new PairViewer(page);
      await viewer.shown();
      await viewer.rested(3);
      await viewer.button("View options").click();
      const found = await violations(page);
      await page.keyboard.press("Escape");
      await viewer.button("Side by side").click();
      await viewer.rested(3);
      found.push(...await violations(page));
      assert.deepEqual(found, []);
      const overflow = await page.evaluate(() =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth
      );
      assert.equal(overflow, 0, "the page is not wider than its window");
    });
  }
}
