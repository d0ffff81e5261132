import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { FaultyServer } from "./faulty_server.ts";
import { Fingers, type Place } from "./fingers.ts";
import {
  browserTest,
  difference,
  openPage,
  shownViewer,
  type TestPage,
  type Viewer,
} from "./pages.ts";
import { buildTestSite } from "./site.ts";

const site = await buildTestSite({ families: 1, members: 1, frames: 4, particles: 256 });
const server = new FaultyServer(site.folder);
const address = server.url(`${site.pageOf("weekday")}#layer=1`);
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

/** Opens the page on a phone, whose browser zooms pages by pinch unless it is kept from that. */
async function openOnPhone(browser: Browser) {
  const opened = await openPage(browser, address, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  const viewer = await shownViewer(opened.page);
  await viewer.rested(1);
  return { opened, viewer, fingers: await Fingers.of(opened.page) };
}

/** Places around the stage's middle, given in CSS pixels from it. */
async function onStage(viewer: Viewer, offsets: readonly Place[]): Promise<Place[]> {
  const box = await viewer.surface.boundingBox();
  assert.ok(box);
  return offsets.map(([x, y]) => [box.x + box.width / 2 + x, box.y + box.height * 0.45 + y]);
}

/** The camera as the address has it once it rests: degrees and zoom; null where it is the first one. */
async function cameraOf(opened: TestPage, viewer: Viewer) {
  await viewer.rested(1);
  // The address follows by a timer of 400 ms; a longer one that starts later goes off later.
  await opened.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
  const hash = await opened.page.evaluate(() => location.hash);
  const camera = new URLSearchParams(hash.slice(1)).get("camera");
  if (camera === null) return null;
  const [azimuth, polar, zoom] = camera.split(",").map(Number);
  return { azimuth, polar, zoom };
}

/** How far the page itself has been zoomed and scrolled. */
function pageMoved(opened: TestPage) {
  return opened.page.evaluate(() => ({ scale: visualViewport?.scale, y: scrollY }));
}

const pinches: readonly [string, Place[], Place[], "nearer" | "farther"][] = [
  ["spread sideways", [[-30, 0], [30, 0]], [[-110, 5], [110, -5]], "nearer"],
  ["spread up and down", [[0, -30], [0, 30]], [[0, -110], [0, 110]], "nearer"],
  ["spread with a thumb that stays", [[0, -30], [0, 30]], [[0, -130], [0, 30]], "nearer"],
  ["squeeze", [[-90, 40], [90, -40]], [[-50, 20], [50, -20]], "farther"],
];

for (const [name, from, to, expected] of pinches) {
  browserTest(`two fingers that ${name} zoom the cloud and not the page`, async (browser) => {
    const { opened, viewer, fingers } = await openOnPhone(browser);
    await using _ = opened;
    const before = await viewer.pixels();
    await fingers.drag(await onStage(viewer, from), await onStage(viewer, to));
    const camera = await cameraOf(opened, viewer);
    assert.ok(camera, "the camera moved");
    assert.ok(expected === "nearer" ? camera.zoom > 1.5 : camera.zoom < 0.8, `${camera.zoom}`);
    assert.deepEqual(await pageMoved(opened), { scale: 1, y: 0 });
    assert.ok(difference(before, await viewer.pixels()) > 0.02, "it can be seen");
  });
}

browserTest(
  "two fingers side by side shift the cloud, and do not zoom or scroll",
  async (browser) => {
    const { opened, viewer, fingers } = await openOnPhone(browser);
    await using _ = opened;
    await fingers.drag(
      await onStage(viewer, [[-40, 0], [40, 0]]),
      await onStage(viewer, [[-40, -90], [40, -90]]),
    );
    const camera = await cameraOf(opened, viewer);
    assert.ok(camera && Math.abs(camera.zoom - 1) < 0.1, `${camera?.zoom}`);
    assert.match(
      opened.page.url(),
      /camera=[^,]*,[^,]*,[^,]*,[^,]*,-0\.[^,]*,/,
      "it looks further down",
    );
    assert.deepEqual(await pageMoved(opened), { scale: 1, y: 0 });
  },
);

browserTest("one finger sideways turns the cloud", async (browser) => {
  const { opened, viewer, fingers } = await openOnPhone(browser);
  await using _ = opened;
  await fingers.drag(await onStage(viewer, [[-40, 0]]), await onStage(viewer, [[60, 4]]));
  const camera = await cameraOf(opened, viewer);
  // The first camera is at 34.4°: a finger to the right carries the cloud along, the camera to the left.
  assert.ok(camera && camera.azimuth < 15, `${camera?.azimuth}`);
  assert.equal(camera.zoom, 1);
  assert.deepEqual(await pageMoved(opened), { scale: 1, y: 0 });

  // What the address says is what is on show.
  const before = await viewer.pixels();
  await opened.page.reload();
  const again = await shownViewer(opened.page);
  await again.rested(1);
  assert.ok(difference(before, await again.pixels()) < 0.02, "the link shows the same");
});

browserTest(
  "one finger upwards scrolls the page and leaves the cloud as it was",
  async (browser) => {
    const { opened, viewer, fingers } = await openOnPhone(browser);
    await using _ = opened;
    const before = await viewer.pixels();
    await fingers.drag(await onStage(viewer, [[0, 60]]), await onStage(viewer, [[12, -100]]));
    await opened.page.waitForFunction(() => scrollY > 50);
    assert.equal(await cameraOf(opened, viewer), null);
    await opened.page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
    await viewer.rested(1);
    assert.ok(difference(before, await viewer.pixels()) < 0.02, "it looks as before");
  },
);
