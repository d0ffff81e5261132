import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { violations } from "./accessibility.ts";
import { FaultyServer } from "./faulty_server.ts";
import { browserTest, openPage, shownViewer } from "./pages.ts";
import { buildTestSite } from "./site.ts";

const hostile =
  `<img src=x onerror="globalThis.broken=1">'"&lt;</script>{{ 1 + 1 }} \u05e9\u05dc\u05d5\u05dd\u202e`;

/** Under a path, as on many hosts: what works here works at the root too. */
const home = "https://example.org/some/where/";

const site = await buildTestSite(
  { families: 3, members: 3, particles: 128, frames: 5 },
  (scan) =>
    scan.id === "colours"
      ? {
        ...scan,
        title: hostile,
        text: hostile,
        lookFor: hostile,
        author: hostile,
        correct: false,
      }
      : scan,
  new URL(home),
);
const server = new FaultyServer(site.folder, new URL(home).pathname);
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

const kinds = {
  gallery: "",
  prompt: site.pageOf("weekday"),
  variant: site.pageOf("weekday/variant-1"),
  hostile: site.pageOf("colours"),
  compare: "compare/",
  about: "about/",
  contribute: "contribute/",
  missing: "404.html",
};

/** Waits until a page shows all that it is going to show by itself, at rest. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState("load");
  if (await page.locator("weightscan-viewer").count() === 0) return;
  const viewer = await shownViewer(page);
  await viewer.complete();
  await viewer.rest(1);
}

for (const colorScheme of ["dark", "light"] as const) {
  for (const width of [390, 1280]) {
    browserTest(
      `every kind of page is accessible, ${colorScheme}, ${width} pixels wide`,
      async (browser) => {
        const found: string[] = [];
        for (const [kind, path] of Object.entries(kinds)) {
          await using opened = await openPage(browser, server.url(path), {
            colorScheme,
            reducedMotion: "reduce",
            viewport: { width, height: 900 },
          });
          const { page } = opened;
          await settle(page);
          if (kind === "prompt") {
            await page.locator(".grid-details summary").click();
            await page.locator(".ws-grid").waitFor();
            await page.getByRole("button", { name: "View options" }).click();
          }
          found.push(...(await violations(page)).map((one) => `${kind}: ${one}`));
          const [wide, high] = await page.evaluate(() => {
            const { scrollWidth, clientWidth } = document.documentElement;
            return [scrollWidth, clientWidth];
          });
          if (wide > high) found.push(`${kind}: the page is ${wide} wide on ${high}`);
        }
        assert.deepEqual(found, []);
      },
    );
  }
}

/** Walks a page with Tab and tells which controls were not reached or do not show that they were. */
async function walk(browser: Browser, path: string): Promise<string[]> {
  await using opened = await openPage(browser, server.url(path), { reducedMotion: "reduce" });
  const { page } = opened;
  await settle(page);
  const expected = await page.evaluate(() => {
    const all = [
      ...document.querySelectorAll<HTMLElement>(
        "a[href], button, input, select, textarea, summary, [tabindex]",
      ),
    ].filter((element) =>
      element.tabIndex >= 0 && !element.matches(":disabled") && element.checkVisibility() &&
      !element.closest("[inert]")
    );
    all.forEach((element, i) => element.dataset.stop = String(i));
    return all.length;
  });
  const reached: number[] = [];
  const faults: string[] = [];
  for (let i = 0; i < expected + 3; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return null;
      // The mark may be on the element, on what is inside it, or on the box that it fills.
      const places = [
        element,
        ...element.children,
        element.parentElement,
        element.nextElementSibling,
      ].filter((each): each is HTMLElement => each instanceof HTMLElement);
      const look = () =>
        places.flatMap((each) =>
          [undefined, "::before", "::after"].map((part) => {
            const { content, outline, boxShadow, border, textDecoration, clipPath } =
              getComputedStyle(each, part);
            return [content, outline, boxShadow, border, textDecoration, clipPath].join();
          })
        ).join("\n");
      const withFocus = look();
      // The next Tab goes on from here all the same.
      element.blur();
      const isMarked = look() !== withFocus;
      const { width, height } = element.getBoundingClientRect();
      return {
        name: `${element.localName}.${element.className} ${element.textContent?.slice(0, 40)}`,
        index: Number(element.dataset.stop ?? -1),
        isMarked,
        isSeen: width > 0 && height > 0,
      };
    });
    if (stop === null) break;
    if (reached.includes(stop.index)) break;
    reached.push(stop.index);
    if (!stop.isSeen) faults.push(`has no size: ${stop.name}`);
    else if (!stop.isMarked) faults.push(`does not show its focus: ${stop.name}`);
  }
  if (reached.join() !== Array.from({ length: expected }, (_, i) => i).join()) {
    faults.push(`${expected} stops, reached ${reached.join()}`);
  }
  return faults;
}

for (const kind of ["gallery", "prompt", "contribute"] as const) {
  browserTest(
    `Tab reaches every control of the ${kind} page in order, each with visible focus`,
    async (browser) => {
      assert.deepEqual(await walk(browser, kinds[kind]), []);
    },
  );
}

browserTest("the theme can be chosen, and the choice stays", async (browser) => {
  await using opened = await openPage(browser, server.url(), { colorScheme: "dark" });
  const { page } = opened;
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await page.getByRole("button", { name: "Use the light colour theme" }).click();
  await page.getByRole("button", { name: "Use the dark colour theme" }).waitFor();
  const light = await background();
  assert.notEqual(light, dark);
  await page.goto(server.url(kinds.prompt));
  assert.equal(await background(), light);
  const viewer = await shownViewer(page);
  await viewer.complete();
  await page.getByRole("button", { name: "Use the dark colour theme" }).click();
  await page.reload();
  assert.equal(await background(), dark);
});

browserTest("what a prompt's author wrote is shown as text, whatever it holds", async (browser) => {
  for (const path of [kinds.gallery, kinds.hostile]) {
    await using opened = await openPage(browser, server.url(path), { reducedMotion: "reduce" });
    const { page } = opened;
    await settle(page);
    const place = path === "" ? page.locator(".card h3").nth(1) : page.locator("h1");
    // Direction marks may be set apart from the text, but nothing of it is lost.
    assert.match(
      (await place.innerText()).replace(/\s+/g, " "),
      /<img src=x onerror="globalThis\.broken=1">'"&lt;<\/script>\{\{ 1 \+ 1 \}\}/,
    );
    assert.equal(await page.evaluate("globalThis.broken"), undefined);
    assert.equal(await page.locator("img[src=x]").count(), 0);
  }
});

browserTest(
  "under a sub-path every link and every file of every page is found",
  async (browser) => {
    const missing: string[] = [];
    const links = new Set<string>();
    for (const [kind, path] of Object.entries(kinds)) {
      await using opened = await openPage(browser, server.url(path), { reducedMotion: "reduce" });
      const { page } = opened;
      page.on("response", (response) => {
        if (response.status() >= 400) missing.push(`${kind}: ${response.url()}`);
      });
      await page.reload();
      await settle(page);
      for (
        const href of await page.locator("a[href]").evaluateAll((all) =>
          all.map((a) => (a as HTMLAnchorElement).href)
        )
      ) links.add(href.replace(/#.*$/, ""));
    }
    for (const link of links) {
      if (!link.startsWith(server.url())) {
        // The permanent link names the site's own address, which is not known here.
        if (!/^http:\/\/localhost:8000\//.test(link)) missing.push(`leads away: ${link}`);
        continue;
      }
      const response = await fetch(link);
      await response.body?.cancel();
      if (!response.ok) missing.push(`${response.status}: ${link}`);
    }
    assert.deepEqual(missing, []);
  },
);

browserTest(
  "without scripts a page shows its still, its words and its numbers",
  async (browser) => {
    await using opened = await openPage(browser, server.url(kinds.prompt), {
      javaScriptEnabled: false,
    });
    const { page } = opened;
    assert.ok(await page.locator(".stage-poster").isVisible());
    assert.ok(await page.locator("[data-panel=lens] table").isVisible());
    assert.ok(await page.locator(".measures table").isVisible());
    assert.equal(await page.locator(".measures tbody tr").count(), 5);
  },
);
