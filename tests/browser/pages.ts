/** Pages of a headless Chromium that note what must not happen, and tests that share one browser. */
import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import sharp from "sharp";
import type { WeightscanViewer } from "../../site/viewer/element.ts";
import { findChromium, launch, missingChromium } from "./chromium.ts";

/** Software rendering on a busy machine takes its time; conditions are awaited, never slept for. */
const patienceMs = 180_000;

const executablePath = findChromium();
let shared: Promise<Browser> | null = null;

/** Registers a test that needs a browser. Where there is none, it says so and passes. */
export function browserTest(name: string, run: (browser: Browser) => Promise<void>): void {
  Deno.test({
    name,
    // The browser is started by the first test of a file and closed after its last.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      if (executablePath === null) {
        console.log(`skipped: ${missingChromium}`);
        return;
      }
      await run(await (shared ??= launch()));
    },
  });
}

Deno.test.afterAll(async () => {
  const browser = await shared;
  shared = null;
  await browser?.close();
});

export interface OpenOptions extends BrowserContextOptions {
  /** Messages of the console that are expected, beside those of failed requests. */
  readonly expects?: RegExp;
  /** Runs in the page before its own scripts. */
  readonly before?: string;
}

/** A page in a context of its own. */
export interface TestPage extends AsyncDisposable {
  readonly page: Page;
  /** Everything that must not happen: errors, violations of the policy, requests to elsewhere. */
  readonly complaints: readonly string[];
  /** Addresses asked for, in their order. */
  readonly requests: readonly string[];
}

/**
 * Opens an address. When the page is disposed of, complaints fail the test.
 *
 * @param options.viewport 1280 × 900 by default
 */
export async function openPage(
  browser: Browser,
  url: string,
  options: OpenOptions = {},
): Promise<TestPage> {
  const { expects, before, ...contextOptions } = options;
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    ...contextOptions,
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  const origin = new URL(url).origin;
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() !== "error" && !/Content Security Policy/.test(text)) return;
    if (expects?.test(text)) return;
    complaints.push(`console: ${text}`);
  });
  page.on("request", (request) => {
    const address = request.url();
    if (/^(?:data|blob):/.test(address)) return;
    requests.push(address);
    if (!address.startsWith(`${origin}/`)) complaints.push(`request to elsewhere: ${address}`);
  });
  if (before !== undefined) await page.addInitScript(before);
  await page.goto(url);
  return {
    page,
    complaints,
    requests,
    async [Symbol.asyncDispose]() {
      await context.close();
      assert.deepEqual(complaints, []);
    },
  };
}

/** State of a page's viewer, read at one moment. */
export interface ViewerState {
  readonly currentLayer: number;
  readonly layerCount: number;
  readonly arrivedCount: number;
  readonly busy: boolean;
  readonly playing: boolean;
  readonly drawCalls: number;
  readonly drawnCount: number;
}

/** The viewer of a page. */
export class Viewer {
  constructor(readonly page: Page) {}

  get element(): Locator {
    return this.page.locator("weightscan-viewer");
  }

  /** What takes the keys and is dragged. */
  get surface(): Locator {
    return this.element.locator(".ws-surface");
  }

  get range(): Locator {
    return this.element.locator(".ws-range");
  }

  get message(): Locator {
    return this.element.locator(".ws-message");
  }

  state(): Promise<ViewerState> {
    return this.element.evaluate((element) => {
      const viewer = element as WeightscanViewer;
      const { currentLayer, layerCount, arrivedCount, busy, playing, drawCalls, drawnCount } =
        viewer;
      return { currentLayer, layerCount, arrivedCount, busy, playing, drawCalls, drawnCount };
    });
  }

  /** Resolves when a picture is on show. */
  async shown(): Promise<void> {
    await this.element.and(this.page.locator("[data-shown]")).waitFor({ state: "attached" });
  }

  /** Resolves when all frames have arrived. */
  async complete(): Promise<void> {
    await this.until((state) => state.layerCount > 0 && state.arrivedCount === state.layerCount);
  }

  /** Stops at a layer and waits until it rests there. */
  async rest(layer: number): Promise<void> {
    await this.element.evaluate((element, layer) => {
      (element as WeightscanViewer).currentLayer = layer;
    }, layer);
    await this.rested(layer);
  }

  /** Waits until a layer is on show, all is there and nothing is drawn any more. */
  async rested(layer: number): Promise<void> {
    let drawn = -1;
    let calm = 0;
    await this.until((state) => {
      const still = !state.playing && !state.busy && state.drawnCount === drawn;
      calm = state.currentLayer === layer && still ? calm + 1 : 0;
      drawn = state.drawnCount;
      return calm >= 5;
    });
  }

  /** Waits until a condition holds; asks once per painted picture. */
  async until(condition: (state: ViewerState) => boolean): Promise<void> {
    const end = Date.now() + patienceMs;
    let state = await this.state();
    while (!condition(state)) {
      if (Date.now() > end) {
        throw new Error(
          `The viewer did not get there: ${JSON.stringify(state)} with ${condition}`,
        );
      }
      await this.page.evaluate(() =>
        new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 30)))
      );
      state = await this.state();
    }
  }

  /** Pixels of the stage's middle, where nothing lies over the cloud. [height, width, 3] bytes */
  async pixels(): Promise<Uint8Array> {
    const box = await this.surface.boundingBox();
    assert.ok(box);
    const clip = {
      x: box.x + box.width * 0.3,
      y: box.y + box.height * 0.25,
      width: box.width * 0.4,
      height: box.height * 0.45,
    };
    return await pixelsOf(await this.page.screenshot({ clip }));
  }
}

/** Pixels of a PNG. [height, width, 3] bytes */
export async function pixelsOf(png: Uint8Array): Promise<Uint8Array> {
  return await sharp(png).removeAlpha().raw().toBuffer();
}

/** Waits for a page's viewer to show a picture. */
export async function shownViewer(page: Page): Promise<Viewer> {
  const viewer = new Viewer(page);
  await viewer.shown();
  return viewer;
}

/** Share of pixels that differ by more than a little. */
export function difference(a: Uint8Array, b: Uint8Array): number {
  assert.equal(a.length, b.length);
  let differing = 0;
  for (let i = 0; i < a.length; i += 3) {
    const most = Math.max(
      Math.abs(a[i] - b[i]),
      Math.abs(a[i + 1] - b[i + 1]),
      Math.abs(a[i + 2] - b[i + 2]),
    );
    if (most > 12) differing++;
  }
  return differing / (a.length / 3);
}
