import { followAddress, rememberChoice } from "./address.ts";
import { make } from "./dom.ts";
import { type Action, actionOf, isTextField, usesKeys } from "./keys.ts";
import { coveredOf } from "./layout.ts";
import { FrameLoop } from "./loop.ts";
import type { Look } from "./palette.ts";
import { pagePanels, stagePanels } from "./panels/mod.ts";
import type { Graphics, PanelContext } from "./panels/panel.ts";
import { makeShortcuts } from "./panels/shortcuts.ts";
import type { View } from "./scene/view.ts";
import { Session } from "./session.ts";
import { colourings } from "./settings.ts";
import { Disposer, Tracked } from "./state.ts";
import { defaultTimelineOptions, reducedTimelineOptions } from "./timeline.ts";
import { parseHash } from "./url_state.ts";

/** How far below the screen a stage may be for its file to be fetched. */
const nearMargin = "400px";
/** Share of the stage that must be in view for keys to reach it from anywhere on the page. */
const keyShare = 0.6;
/** How long a lost graphics context may take to come back by itself. */
const contextPatienceMs = 4000;
/** Longer than any way between layers. */
const outOfSightMs = 10_000;

/**
 * `<weightscan-viewer src lens poster label>`: one scan on a stage.
 *
 * Attributes: `src` frame file, `lens` its side file, `poster` a still to show until the first frame,
 * `label` what a screen reader calls the stage, `paused` not to play by itself. Panels elsewhere on the
 * page are filled where they say `data-panel`.
 *
 * Properties for scripts and tests: `currentLayer` (settable), `layerCount`, `arrivedCount`, `busy`, `playing`,
 * `ready`, `drawCalls`, `drawnCount`, and the methods `play`, `pause`, `step`.
 */
export class WeightscanViewer extends HTMLElement {
  static readonly observedAttributes = ["src"];

  #session: Session | null = null;
  #view: View | null = null;
  #disposer = new Disposer();
  #started = false;
  #contextTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #loop = new FrameLoop((elapsedMs) => this.#tick(elapsedMs));
  readonly #look = new Tracked<Look>("dark");
  readonly #graphics = new Tracked<Graphics>("starting");
  readonly #reducedMotion = new Tracked(false);
  readonly #everywhere = new Tracked(true);
  readonly #surface = make("div", { class: "ws-surface", tabindex: 0, role: "application" });
  #shortcuts: HTMLDialogElement | null = null;
  #visibleShare = 0;
  #drawn = 0;
  #isReady: () => void = () => {};

  /** Resolves when the first picture has been drawn. */
  ready: Promise<void> = this.#nextReady();

  /** The frame nearest to the playhead, 0 for the embedding. Setting it pauses and moves there. */
  get currentLayer(): number {
    return this.#session?.layer.value ?? 0;
  }

  set currentLayer(layer: number) {
    this.#session?.seek(layer);
  }

  /** How many frames the scan has, 0 before its header has arrived. */
  get layerCount(): number {
    return this.#session?.nFrames ?? 0;
  }

  /** Whether frames of the scan, or edges of frames, are still to come. */
  get busy(): boolean {
    if (!this.#session) return false;
    const { loading, linked, arrived } = this.#session;
    return loading.value.kind === "loading" || linked.value < arrived.value;
  }

  /** How many frames have arrived. */
  get arrivedCount(): number {
    return this.#session?.arrived.value ?? 0;
  }

  get playing(): boolean {
    return this.#session?.playing.value ?? false;
  }

  /** Draw calls of the last picture. */
  get drawCalls(): number {
    return this.#view?.drawCalls ?? 0;
  }

  /** How many pictures have been drawn since the element was connected. */
  get drawnCount(): number {
    return this.#drawn;
  }

  play(): void {
    this.#session?.play();
  }

  pause(): void {
    this.#session?.pause();
  }

  /** Moves by layers; pauses. */
  step(by: number): void {
    this.#session?.step(by);
  }

  connectedCallback(): void {
    this.#disposer = new Disposer();
    this.#drawn = 0;
    const session = new Session();
    this.#session = session;
    this.#followMotion(session);
    this.#build(session);
    if (this.#isFirst()) {
      followAddress(session, this.#disposer);
      rememberChoice(this.#everywhere, this.#disposer);
    }
    this.#followPage(session);
    this.#disposer.add(session.moving.subscribe(() => this.#move()));
  }

  disconnectedCallback(): void {
    this.#loop.enabled = false;
    clearTimeout(this.#contextTimer);
    this.#disposer.dispose();
    this.#view?.dispose();
    this.#session?.dispose();
    this.#view = null;
    this.#session = null;
    this.#started = false;
    this.#graphics.value = "starting";
    this.ready = this.#nextReady();
    this.replaceChildren();
  }

  attributeChangedCallback(_name: string, before: string | null): void {
    if (before !== null && this.#started) this.#load();
  }

  #nextReady(): Promise<void> {
    return new Promise((resolve) => this.#isReady = resolve);
  }

  /** Makes what lies on the stage, and fills the page's panels. */
  #build(session: Session): void {
    const label = this.getAttribute("label") ?? "Scan";
    const poster = this.getAttribute("poster");
    this.#surface.setAttribute("aria-label", label);
    this.#surface.setAttribute("aria-roledescription", "particle cloud");
    this.#shortcuts = makeShortcuts(this.#everywhere, this.#disposer);
    this.append(
      ...(poster ? [make("img", { class: "ws-poster", src: poster, alt: "" })] : []),
      this.#surface,
    );
    const context: PanelContext = {
      session,
      look: this.#look,
      graphics: this.#graphics,
      lensUrl: this.getAttribute("lens"),
      retry: () => this.#retry(),
      resetCamera: () => this.#view?.resetCamera(),
      savePicture: () => this.#savePicture(),
      showShortcuts: () => this.#shortcuts?.showModal(),
    };
    for (const [className, panel] of Object.entries(stagePanels)) {
      const container = make("div", { class: className });
      this.append(container);
      this.#disposer.add(panel(container, context));
    }
    this.append(this.#shortcuts);
    if (!this.#isFirst()) return;
    for (const container of document.querySelectorAll<HTMLElement>("[data-panel]")) {
      const panel = pagePanels[container.dataset.panel ?? ""];
      if (panel) this.#disposer.add(panel(container, context));
    }
  }

  /** The first viewer of a page has the page's panels and its address. */
  #isFirst(): boolean {
    return document.querySelector("weightscan-viewer") === this;
  }

  /** Fetches nothing before the stage is near, draws nothing while it is out of sight. */
  #followPage(session: Session): void {
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      void this.#start(session);
    }, { rootMargin: nearMargin });
    near.observe(this);
    const seen = new IntersectionObserver((entries) => {
      this.#visibleShare = entries.at(-1)?.intersectionRatio ?? 0;
      this.#setLoop();
    }, { threshold: [0, 0.01, keyShare] });
    seen.observe(this);
    const resized = new ResizeObserver(() => this.#view?.resize());
    resized.observe(this.#surface);
    const themed = new MutationObserver(() => this.#retheme());
    themed.observe(document.documentElement, { attributeFilter: ["data-theme", "class"] });
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    this.#disposer.listen(scheme, "change", () => this.#retheme());
    this.#disposer.listen(document, "visibilitychange", () => this.#setLoop());
    this.#disposer.listen<KeyboardEvent>(document, "keydown", (event) => this.#press(event));
    this.#disposer.add(
      () => near.disconnect(),
      () => seen.disconnect(),
      () => resized.disconnect(),
      () => themed.disconnect(),
      session.settings.stage.follow((look) => {
        this.dataset.stage = look;
        this.#retheme();
      }),
    );
  }

  #followMotion(session: Session): void {
    const query = matchMedia("(prefers-reduced-motion: reduce)");
    const read = () => {
      this.#reducedMotion.value = query.matches;
      session.timeline.options = query.matches ? reducedTimelineOptions : defaultTimelineOptions;
    };
    read();
    this.#disposer.listen(query, "change", read);
  }

  async #start(session: Session): Promise<void> {
    this.#started = true;
    this.#load();
    try {
      // Fetched beside the scan, not before: words and numbers do not wait for the picture.
      const { View } = await import("./scene/view.ts");
      if (this.#session !== session) return;
      this.#view = new View(session, {
        surface: this.#surface,
        reducedMotion: this.#reducedMotion,
        covered: () => coveredOf(this),
        wake: () => this.#loop.wake(),
        onContext: (state) => this.#onContext(state),
        onDrawn: () => this.#onDrawn(session),
        onEvicted: () => this.toggleAttribute("data-shown", false),
      });
      this.#graphics.value = "ready";
      this.#retheme();
      this.#view.resize();
      this.#setLoop();
    } catch (error) {
      console.error(error);
      if (this.#session === session) this.#graphics.value = "unavailable";
    }
  }

  #load(): void {
    const src = this.getAttribute("src");
    const session = this.#session;
    if (src === null || session === null) return;
    this.toggleAttribute("data-shown", false);
    void session.load(new URL(src, document.baseURI).href);
  }

  #retry(): void {
    if (this.#graphics.value === "lost") {
      try {
        this.#view?.renew();
        this.#graphics.value = "ready";
      } catch (error) {
        console.error(error);
        this.#graphics.value = "unavailable";
      }
    } else this.#load();
  }

  #onDrawn(session: Session): void {
    this.#drawn++;
    if (this.hasAttribute("data-shown")) return;
    this.toggleAttribute("data-shown", true);
    this.#isReady();
    const isLinked = this.#isFirst() && parseHash(location.hash).layer !== null;
    if (this.#drawn > 1 || isLinked || this.#reducedMotion.value) return;
    if (!this.hasAttribute("paused")) session.play(false);
  }

  #onContext(state: "lost" | "restored"): void {
    clearTimeout(this.#contextTimer);
    if (state === "restored") {
      this.#graphics.value = "ready";
      this.#loop.wake();
      return;
    }
    this.toggleAttribute("data-shown", false);
    // Most come back within a second: no message flashes up for those.
    this.#contextTimer = setTimeout(() => this.#graphics.value = "lost", contextPatienceMs);
  }

  #retheme(): void {
    this.#view?.retheme();
    if (this.#view) this.#look.value = this.#view.look;
    this.#loop.wake();
  }

  #setLoop(): void {
    this.#loop.enabled = this.#visibleShare > 0 && document.visibilityState === "visible";
    this.#move();
  }

  /** Goes on with what moves: in sight by the clock, out of sight at once, unless it plays. */
  #move(): void {
    const session = this.#session;
    if (session === null || !session.moving.value) return;
    if (this.#loop.enabled) this.#loop.wake();
    else if (!session.playing.value) session.tick(outOfSightMs);
  }

  #tick(elapsedMs: number): boolean {
    const session = this.#session;
    if (session === null) return false;
    session.tick(elapsedMs);
    const moves = this.#view?.update(elapsedMs) ?? false;
    return moves || session.timeline.moving;
  }

  #press(event: KeyboardEvent): void {
    if (event.defaultPrevented || this.#shortcuts?.open) return;
    const focused = document.activeElement;
    const onStage = focused === this.#surface;
    const inside = focused !== null && this.contains(focused);
    const nowhere = focused === null || focused === document.body;
    const reaches = onStage || (inside && !usesKeys(focused)) ||
      (nowhere && this.#everywhere.value && this.#visibleShare >= keyShare && this.#isFirst());
    if (!reaches) {
      // Keys that the focused control has no use for still work on the stage's own controls.
      if (!inside || !["[", "]", "?"].includes(event.key) || isTextField(focused)) return;
    }
    const action = actionOf(event, onStage);
    if (action === null) return;
    event.preventDefault();
    this.#perform(action);
  }

  #perform(action: Action): void {
    const session = this.#session;
    if (session === null) return;
    const { settings } = session;
    const turn = Math.PI / 15;
    switch (action) {
      case "toggle":
        return session.toggle();
      case "back":
        return session.step(-1);
      case "forward":
        return session.step(1);
      case "first":
        return session.seek(0);
      case "last":
        return session.seek(session.nFrames - 1);
      case "left":
        return this.#view?.nudge(-turn, 0, 1);
      case "right":
        return this.#view?.nudge(turn, 0, 1);
      case "up":
        return this.#view?.nudge(0, -turn, 1);
      case "down":
        return this.#view?.nudge(0, turn, 1);
      case "nearer":
        return this.#view?.nudge(0, 0, 1.2);
      case "farther":
        return this.#view?.nudge(0, 0, 1 / 1.2);
      case "edges":
        settings.edges.value = !settings.edges.value;
        return;
      case "colour":
        settings.colour.value =
          colourings[(colourings.indexOf(settings.colour.value) + 1) % colourings.length];
        return;
      case "reset":
        return this.#view?.resetCamera();
      case "help":
        this.#shortcuts?.showModal();
    }
  }

  #savePicture(): void {
    const layer = this.currentLayer;
    this.#view?.capture((picture) => {
      const link = make("a", {
        href: URL.createObjectURL(picture),
        download: `weightscan-layer-${layer}.png`,
      });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  }
}
