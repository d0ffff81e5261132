import assert from "node:assert/strict";
import { FaultyServer } from "./faulty_server.ts";
import { launch } from "./chromium.ts";
import { browserTest, difference, openPage, shownViewer, Viewer } from "./pages.ts";
import { buildTestSite } from "./site.ts";

const nFrames = 8;
const site = await buildTestSite({ families: 1, members: 1, particles: 512, frames: nFrames });
const [scan] = site.scans;
const path = site.pageOf(scan.id);
Deno.test.afterAll(async () => await site[Symbol.asyncDispose]());

/** Where a file says its version: see the format's specification. */
const versionAt = 12;
const { bytes: size } = scan.frames;
const frames = scan.frames.path;

/** A file that says that it was written in a later version of the format. */
function asNewer(bytes: Uint8Array): Uint8Array {
  bytes[versionAt]++;
  return bytes;
}

browserTest(
  "the first frame shows before the file has arrived, and the rest follows",
  async (browser) => {
    await using server = new FaultyServer(site.folder);
    const gate = Promise.withResolvers<void>();
    server.fail(frames, { kind: "hold", atByte: Math.round(size / 2), gate: gate.promise });
    await using opened = await openPage(browser, server.url(path));
    const viewer = await shownViewer(opened.page);
    const { arrivedCount, drawnCount, layerCount } = await viewer.state();
    assert.equal(layerCount, nFrames);
    assert.ok(arrivedCount >= 1 && arrivedCount < nFrames, `${arrivedCount} frames have arrived`);
    assert.ok(drawnCount > 0);
    // A layer that has not arrived can be asked for: it is shown when it comes.
    await viewer.element.evaluate((element) => {
      (element as HTMLElement & { currentLayer: number }).currentLayer = 7;
    });
    assert.ok(await viewer.message.isHidden(), "a slow file is no fault");
    gate.resolve();
    await viewer.complete();
    await viewer.rested(7);
    assert.equal(server.requestsFor(frames).length, 1);
  },
);

browserTest(
  "the lens grid's file is fetched when its panel opens, once, and can be asked for again",
  async (browser) => {
    await using server = new FaultyServer(site.folder);
    await using opened = await openPage(browser, server.url(path), {
      expects: /404|Failed to load/,
    });
    const { page } = opened;
    const viewer = await shownViewer(page);
    await viewer.complete();
    assert.deepEqual(server.requestsFor(scan.lens.path), []);
    server.fail(scan.lens.path, { kind: "status", status: 404 });
    const details = page.locator(".grid-details");
    await details.locator("summary").click();
    await details.getByRole("alert").waitFor();
    server.heal();
    await details.getByRole("button", { name: "Try again" }).click();
    await details.getByRole("table").waitFor();
    assert.equal(server.requestsFor(scan.lens.path).length, 2);
    assert.equal(await details.locator("tbody tr").count(), nFrames);
    await details.locator("summary").click();
    await details.locator("summary").click();
    await page.locator("[data-token] button").first().click();
    assert.equal(server.requestsFor(scan.lens.path).length, 2);
  },
);

const faults = [
  ["a missing file", { kind: "status", status: 404 }, /not on the server/],
  ["a refusing server", { kind: "status", status: 503 }, /would not hand out/],
  ["a page in place of the file", { kind: "html" }, /damaged or not a frame file/],
  ["an empty file", { kind: "cut", atByte: 0 }, /ended too early|not a frame file/],
  ["a newer version", { kind: "change", change: asNewer }, /newer version/],
  ["no connection", { kind: "break", afterBytes: 0 }, /connection failed/],
] as const;

browserTest(
  "what is wrong with a file is told in words, and a try after it has healed works",
  async (browser) => {
    await using server = new FaultyServer(site.folder);
    server.fail(frames, faults[0][1]);
    await using opened = await openPage(browser, server.url(path), { expects: /./ });
    const { page } = opened;
    const viewer = new Viewer(page);
    for (const [i, [name, fault, sentence]] of faults.entries()) {
      server.fail(frames, fault);
      if (i > 0) {
        await viewer.element.evaluate((element, query) => {
          element.setAttribute("src", `${element.getAttribute("src")?.split("?")[0]}?${query}`);
        }, i);
      }
      await viewer.message.filter({ hasText: sentence }).waitFor();
      assert.equal(await viewer.message.getAttribute("role"), "alert", name);
      if (i === 0) assert.ok(await page.locator("[data-panel=lens] table").isVisible());
      server.heal();
      await viewer.message.getByRole("button", { name: "Try again" }).click();
      await viewer.shown();
      await viewer.complete();
      await viewer.message.waitFor({ state: "hidden" });
    }
  },
);

for (
  const [name, fault, sentence] of [
    ["cut off", { kind: "cut", atByte: Math.round(size * 0.7) }, /ended too early/],
    ["damaged", {
      kind: "change",
      change: (bytes: Uint8Array) => {
        bytes[Math.round(size * 0.8)] ^= 0xff;
        return bytes;
      },
    }, /damaged/],
  ] as const
) {
  browserTest(`of a file that is ${name} the layers before can be watched`, async (browser) => {
    await using server = new FaultyServer(site.folder);
    server.fail(frames, fault);
    await using opened = await openPage(browser, server.url(path), { expects: /./ });
    const viewer = await shownViewer(opened.page);
    await viewer.message.filter({ hasText: sentence }).waitFor();
    const { arrivedCount } = await viewer.state();
    assert.ok(arrivedCount >= 1 && arrivedCount <= nFrames, `${arrivedCount}`);
    await viewer.rest(Math.min(1, arrivedCount - 1));
    await viewer.rest(0);
    server.heal();
    await viewer.message.getByRole("button", { name: "Try again" }).click();
    await viewer.complete();
    await viewer.message.waitFor({ state: "hidden" });
  });
}

browserTest("a connection that breaks half-way is taken up again by itself", async (browser) => {
  await using server = new FaultyServer(site.folder);
  server.fail(frames, { kind: "break", afterBytes: Math.round(size / 2) });
  await using opened = await openPage(browser, server.url(path), { expects: /./ });
  const viewer = await shownViewer(opened.page);
  server.heal();
  await viewer.complete();
  await viewer.message.waitFor({ state: "hidden" });
  assert.ok(server.requestsFor(frames).length >= 2);
});

browserTest("a lost graphics context comes back, or is made anew on request", async (browser) => {
  await using server = new FaultyServer(site.folder);
  await using opened = await openPage(browser, server.url(path), { expects: /context/i });
  const { page } = opened;
  const viewer = await shownViewer(page);
  await viewer.complete();
  await viewer.rest(2);
  const before = await viewer.pixels();
  const hidden = viewer.element.and(page.locator(":not([data-shown])"));

  await page.evaluate(() => {
    const context = document.querySelector("canvas")?.getContext("webgl2");
    const extension = context?.getExtension("WEBGL_lose_context");
    extension?.loseContext();
    Object.assign(globalThis, { bringBack: () => extension?.restoreContext() });
  });
  await hidden.waitFor({ state: "attached" });
  await page.evaluate("bringBack()");
  await viewer.shown();
  await viewer.rested(2);
  assert.ok(difference(before, await viewer.pixels()) < 0.05, "the same picture");
  assert.ok(await viewer.message.isHidden());

  await page.evaluate(() =>
    document.querySelector("canvas")?.getContext("webgl2")?.getExtension("WEBGL_lose_context")
      ?.loseContext()
  );
  await viewer.message.filter({ hasText: "graphics driver" }).waitFor();
  await viewer.message.getByRole("button", { name: "Try again" }).click();
  await viewer.shown();
  await viewer.rested(2);
  assert.ok(difference(before, await viewer.pixels()) < 0.05, "the same picture again");
  assert.equal(await page.locator("canvas").count(), 1);
});

browserTest("a browser without WebGL says so, and the words and numbers still work", async () => {
  const browser = await launch({ args: ["--disable-3d-apis"] });
  try {
    await using server = new FaultyServer(site.folder);
    await using opened = await openPage(browser, server.url(path), {
      expects: /WebGL|Cannot draw the cloud/,
    });
    const { page } = opened;
    const viewer = new Viewer(page);
    await viewer.message.filter({ hasText: /no WebGL 2/ }).waitFor();
    await viewer.complete();
    await viewer.element.getByRole("button", { name: "Next layer" }).click();
    await page.locator("[data-panel=lens] h2").filter({ hasText: "layer 1" }).waitFor();
  } finally {
    await browser.close();
  }
});
