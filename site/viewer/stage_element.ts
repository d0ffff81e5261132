import { rememberChoice } from "./address.ts";
import { make } from "./dom.ts";
import { isTextField, type KeyPress, usesKeys } from "./keys.ts";
import { FrameLoop } from "./loop.ts";
import type { Look } from "./palette.ts";
import type { Graphics } from "./panels/panel.ts";
import { type KeyRow, makeShortcuts } from "./panels/shortcuts.ts";
import type { StageView, ViewOptions } from "./scene/stage_view.ts";
import { coveredOf } from "./layout.ts";
import type { Settings } from "./settings.ts";
import { Disposer, type Readable, Tracked } from "./state.ts";
import { defaultTimelineOptions, reducedTimelineOptions, type Timeline } from "./timeline.ts";

/** The elements that have a stage. */
export const stageTags = "weightscan-viewer, weightscan-pair";
/** How far below the screen a stage may be for its file to be fetched. */
const nearMargin = "400px";
/** Share of the stage that must be in view for keys to reach it from anywhere on the page. */
const keyShare = 0.6;
/** How long a lost graphics context may take to come back by itself. */
const contextPatienceMs = 4000;
/** Longer than any way between layers. */
const outOfSightMs = 10_000;

/** What is watched on a stage: one scan, or two. */
export interface Watched {
  readonly settings: Settings;
  readonly playing: Readable<boolean>;
  readonly moving: Readable<boolean>;
  readonly layer: Readable<number>;
  readonly nFrames: number;
  tick(elapsedMs: number): boolean;
  play(atOnce?: boolean): void;
  pause(): void;
  step(by: number): void;
  seek(layer: number): void;
  dispose(): void;
}

/** A custom element with a stage: what is on it is the matter of those that extend it. */
export abstract class StageElement<S extends Watched, V extends StageView> extends HTMLElement {
  protected session: S | null = null;
  protected view: V | null = null;
  protected disposer = new Disposer();
  protected readonly look = new Tracked<Look>("dark");
  protected readonly graphics = new Tracked<Graphics>("starting");
  protected readonly reducedMotion = new Tracked(false);
  protected readonly surface = make("div", {
    class: "ws-surface",
    tabindex: 0,
    role: "application",
  });
  readonly #everywhere = new Tracked(true);
  readonly #loop = new FrameLoop((elapsedMs) => this.#tick(elapsedMs));
  #started = false;
  #contextTimer: ReturnType<typeof setTimeout> | undefined;
  #shortcuts: HTMLDialogElement | null = null;
  #visibleShare = 0;
  #drawn = 0;
  #isReady: () => void = () => {};

  /** Resolves when the first picture has been drawn. */
  ready: Promise<void> = this.#nextReady();

  /** What the keys do, for the list of shortcuts. */
  protected abstract readonly keyRows: readonly KeyRow[];
  protected abstract makeSession(): S;
  /** The clock that the session goes by. */
  protected abstract timelineOf(session: S): Timeline;
  /** Fills the stage and, where this is the page's first, the page's panels. */
  protected abstract fill(session: S): void;
  /** Hangs the session on the address. */
  protected abstract followAddress(session: S): void;
  /** Whether the address asks for a layer. */
  protected abstract get isLinked(): boolean;
  /** Starts to load what the attributes name. */
  protected abstract load(session: S): void;
  protected abstract makeView(session: S, options: ViewOptions): Promise<V>;
  /** Acts on a key. @returns false where the key is not the stage's */
  protected abstract press(event: KeyPress, onStage: boolean): boolean;

  /** The frame nearest to the playhead, 0 for the embedding. Setting it pauses and moves there. */
  get currentLayer(): number {
    return this.session?.layer.value ?? 0;
  }

  set currentLayer(layer: number) {
    this.session?.seek(layer);
  }

  /** How many frames there are, 0 before a header has arrived. */
  get layerCount(): number {
    return this.session?.nFrames ?? 0;
  }

  get playing(): boolean {
    return this.session?.playing.value ?? false;
  }

  /** Draw calls of the last picture. */
  get drawCalls(): number {
    return this.view?.drawCalls ?? 0;
  }

  /** How many pictures have been drawn since the element was connected. */
  get drawnCount(): number {
    return this.#drawn;
  }

  play(): void {
    this.session?.play();
  }

  pause(): void {
    this.session?.pause();
  }

  /** Moves by layers; pauses. */
  step(by: number): void {
    this.session?.step(by);
  }

  connectedCallback(): void {
    this.disposer = new Disposer();
    this.#drawn = 0;
    const session = this.makeSession();
    this.session = session;
    this.#followMotion(session);
    this.#build(session);
    if (this.isFirst) {
      this.followAddress(session);
      rememberChoice(this.#everywhere, this.disposer);
    }
    this.#followPage(session);
    this.disposer.add(session.moving.subscribe(() => this.#move()));
  }

  disconnectedCallback(): void {
    this.#loop.enabled = false;
    clearTimeout(this.#contextTimer);
    this.disposer.dispose();
    this.view?.dispose();
    this.session?.dispose();
    this.view = null;
    this.session = null;
    this.#started = false;
    this.graphics.value = "starting";
    this.ready = this.#nextReady();
    this.replaceChildren();
  }

  attributeChangedCallback(_name: string, before: string | null): void {
    if (before !== null && this.#started) this.#load();
  }

  /** The first stage of a page has the page's panels and its address. */
  protected get isFirst(): boolean {
    return document.querySelector(stageTags) === this;
  }

  protected showShortcuts(): void {
    this.#shortcuts?.showModal();
  }

  /** Tries again what failed: the file, or the graphics. */
  protected retry(): void {
    if (this.graphics.value !== "lost") return this.#load();
    try {
      this.view?.renew();
      this.graphics.value = "ready";
    } catch (error) {
      console.error(error);
      this.graphics.value = "unavailable";
    }
  }

  protected savePicture(): void {
    const layer = this.currentLayer;
    this.view?.capture((picture) => {
      const link = make("a", {
        href: URL.createObjectURL(picture),
        download: `weightscan-layer-${layer}.png`,
      });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  }

  #nextReady(): Promise<void> {
    return new Promise((resolve) => this.#isReady = resolve);
  }

  #build(session: S): void {
    const poster = this.getAttribute("poster");
    this.surface.setAttribute("aria-label", this.getAttribute("label") ?? "Scan");
    this.surface.setAttribute("aria-roledescription", "particle cloud");
    this.#shortcuts = makeShortcuts(this.keyRows, this.#everywhere, this.disposer);
    this.append(
      ...(poster ? [make("img", { class: "ws-poster", src: poster, alt: "" })] : []),
      this.surface,
    );
    this.fill(session);
    this.append(this.#shortcuts);
  }

  /** Fetches nothing before the stage is near, draws nothing while it is out of sight. */
  #followPage(session: S): void {
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
    const resized = new ResizeObserver(() => this.view?.resize());
    resized.observe(this.surface);
    const themed = new MutationObserver(() => this.#retheme());
    themed.observe(document.documentElement, { attributeFilter: ["data-theme", "class"] });
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    this.disposer.listen(scheme, "change", () => this.#retheme());
    this.disposer.listen(document, "visibilitychange", () => this.#setLoop());
    this.disposer.listen<KeyboardEvent>(document, "keydown", (event) => this.#press(event));
    this.disposer.add(
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

  #followMotion(session: S): void {
    const query = matchMedia("(prefers-reduced-motion: reduce)");
    const read = () => {
      this.reducedMotion.value = query.matches;
      this.timelineOf(session).options = query.matches
        ? reducedTimelineOptions
        : defaultTimelineOptions;
    };
    read();
    this.disposer.listen(query, "change", read);
  }

  async #start(session: S): Promise<void> {
    this.#started = true;
    this.#load();
    try {
      // Fetched beside the scan, not before: words and numbers do not wait for the picture.
      const view = await this.makeView(session, {
        surface: this.surface,
        reducedMotion: this.reducedMotion,
        covered: () => coveredOf(this),
        wake: () => this.#loop.wake(),
        onContext: (state) => this.#onContext(state),
        onDrawn: () => this.#onDrawn(session),
        onEvicted: () => this.toggleAttribute("data-shown", false),
      });
      if (this.session !== session) return view.dispose();
      this.view = view;
      this.graphics.value = "ready";
      this.#retheme();
      view.resize();
      this.#setLoop();
    } catch (error) {
      console.error(error);
      if (this.session === session) this.graphics.value = "unavailable";
    }
  }

  #load(): void {
    if (this.session === null) return;
    this.toggleAttribute("data-shown", false);
    this.load(this.session);
  }

  #onDrawn(session: S): void {
    this.#drawn++;
    if (this.hasAttribute("data-shown")) return;
    this.toggleAttribute("data-shown", true);
    this.#isReady();
    if (this.#drawn > 1 || (this.isFirst && this.isLinked) || this.reducedMotion.value) return;
    if (!this.hasAttribute("paused")) session.play(false);
  }

  #onContext(state: "lost" | "restored"): void {
    clearTimeout(this.#contextTimer);
    if (state === "restored") {
      this.graphics.value = "ready";
      this.#loop.wake();
      return;
    }
    this.toggleAttribute("data-shown", false);
    // Most come back within a second: no message flashes up for those.
    this.#contextTimer = setTimeout(() => this.graphics.value = "lost", contextPatienceMs);
  }

  #retheme(): void {
    this.view?.retheme();
    if (this.view) this.look.value = this.view.look;
    this.#loop.wake();
  }

  #setLoop(): void {
    this.#loop.enabled = this.#visibleShare > 0 && document.visibilityState === "visible";
    this.#move();
  }

  /** Goes on with what moves: in sight by the clock, out of sight at once, unless it plays. */
  #move(): void {
    const { session } = this;
    if (session === null || !session.moving.value) return;
    if (this.#loop.enabled) this.#loop.wake();
    else if (!session.playing.value) session.tick(outOfSightMs);
  }

  #tick(elapsedMs: number): boolean {
    const { session } = this;
    if (session === null) return false;
    session.tick(elapsedMs);
    const moves = this.view?.update(elapsedMs) ?? false;
    return moves || session.moving.value;
  }

  #press(event: KeyboardEvent): void {
    if (event.defaultPrevented || this.#shortcuts?.open) return;
    const focused = document.activeElement;
    const onStage = focused === this.surface;
    const inside = focused !== null && this.contains(focused);
    const nowhere = focused === null || focused === document.body;
    const reaches = onStage || (inside && !usesKeys(focused)) ||
      (nowhere && this.#everywhere.value && this.#visibleShare >= keyShare && this.isFirst);
    if (!reaches) {
      // Keys that the focused control has no use for still work on the stage's own controls.
      if (!inside || !["[", "]", "?", "Escape"].includes(event.key) || isTextField(focused)) return;
    }
    if (this.press(event, onStage)) event.preventDefault();
  }
}
