import { followAddress } from "./address.ts";
import { make } from "./dom.ts";
import type { KeyPress } from "./keys.ts";
import { pairActionOf } from "./pair_keys.ts";
import { performOnPair } from "./pair_perform.ts";
import { pairAddressOf } from "./pair_address.ts";
import { PairSession } from "./pair_session.ts";
import { parsePairHash } from "./pair_url_state.ts";
import type { PairPanelContext } from "./panels/pair_panel.ts";
import { pairPanels, pairStagePanels } from "./panels/pair_mod.ts";
import { pairKeys } from "./panels/shortcuts.ts";
import type { PairView } from "./scene/pair_view.ts";
import type { ViewOptions } from "./scene/stage_view.ts";
import { companionsOf, noSelection } from "./selection.ts";
import { StageElement } from "./stage_element.ts";
import { LoadError } from "./stream.ts";

/** A hand that moves farther than this between down and up drags. */
const clickPx = 5;
/** How far from a particle a click and a tap may be. */
const reachPx = { mouse: 12, touch: 24 };

/**
 * `<weightscan-pair a b pair difference-a difference-b a-label b-label poster label>`: two scans on a stage.
 *
 * Attributes: `a` and `b` frame files, `pair` the side file with their comparison, `difference-a` and
 * `difference-b` frame files in the directions of the difference, `a-label` and `b-label` what the prompts
 * are called, and `poster`, `label`, `paused` as in `<weightscan-viewer>`. Panels elsewhere on the page are
 * filled where they say `data-panel`.
 *
 * Properties for scripts and tests: those of `<weightscan-viewer>`, `pairSession` and `boxes`.
 */
export class WeightscanPair extends StageElement<PairSession, PairView> {
  static readonly observedAttributes = ["a", "b"];

  protected override readonly keyRows = pairKeys;
  #downAt: { readonly x: number; readonly y: number } | null = null;

  get pairSession(): PairSession | null {
    return this.session;
  }

  /** Where the clouds lie on the stage, in CSS pixels. */
  get boxes(): PairView["boxes"] | null {
    return this.view?.boxes ?? null;
  }

  /** Whether frames, or edges of frames, are still to come. */
  get busy(): boolean {
    if (!this.session) return false;
    const { a, b } = this.session.shown;
    return [a, b].some(({ loading, linked, arrived }) =>
      loading.value.kind === "loading" || linked.value < arrived.value
    );
  }

  /** How many frames have arrived of both. */
  get arrivedCount(): number {
    if (!this.session) return 0;
    return Math.min(this.session.a.arrived.value, this.session.b.arrived.value);
  }

  protected override get isLinked(): boolean {
    return parsePairHash(location.hash).layer !== null;
  }

  protected override makeSession(): PairSession {
    return new PairSession();
  }

  protected override timelineOf(session: PairSession): PairSession["clock"]["a"]["timeline"] {
    return session.clock.a.timeline;
  }

  protected override followAddress(session: PairSession): void {
    followAddress(pairAddressOf(session), this.disposer);
  }

  protected override fill(session: PairSession): void {
    const context: PairPanelContext = {
      session,
      look: this.look,
      graphics: this.graphics,
      reducedMotion: this.reducedMotion,
      labels: {
        a: this.getAttribute("a-label") ?? "A",
        b: this.getAttribute("b-label") ?? "B",
      },
      pairUrl: this.#addressOf("pair"),
      hasDifference: this.#addressOf("difference-a") !== null &&
        this.#addressOf("difference-b") !== null,
      retry: () => this.retry(),
      resetCamera: () => this.view?.resetCamera(),
      savePicture: () => this.savePicture(),
      showShortcuts: () => this.showShortcuts(),
    };
    for (const [className, panel] of Object.entries(pairStagePanels)) {
      const container = make("div", { class: className });
      this.append(container);
      this.disposer.add(panel(container, context));
    }
    this.disposer.add(session.arrangement.follow((value) => this.dataset.arrangement = value));
    this.disposer.listen<PointerEvent>(this.surface, "pointerdown", ({ clientX, clientY }) => {
      this.#downAt = { x: clientX, y: clientY };
    });
    this.disposer.listen<PointerEvent>(this.surface, "click", (event) => this.#pick(event));
    if (!this.isFirst) return;
    for (const container of document.querySelectorAll<HTMLElement>("[data-panel]")) {
      const panel = pairPanels[container.dataset.panel ?? ""];
      if (panel) this.disposer.add(panel(container, context));
    }
  }

  protected override load(session: PairSession): void {
    const [a, b] = [this.#addressOf("a"), this.#addressOf("b")];
    if (a === null || b === null) return;
    const [differenceA, differenceB] = [
      this.#addressOf("difference-a"),
      this.#addressOf("difference-b"),
    ];
    const pair = this.#addressOf("pair");
    void session.load({ a, b });
    session.differenceUrls = differenceA !== null && differenceB !== null
      ? { a: differenceA, b: differenceB }
      : null;
    if (pair === null) return;
    session.loadPair(pair).catch((error) => {
      // A failure is told on the stage; an aborted load is no failure.
      if (!(error instanceof LoadError || error instanceof DOMException)) throw error;
    });
  }

  protected override async makeView(session: PairSession, options: ViewOptions): Promise<PairView> {
    const { PairView } = await import("./scene/pair_view.ts");
    const view = new PairView(session, options);
    view.onBoxes = ({ b }, stacked) => {
      this.toggleAttribute("data-stacked", stacked);
      this.style.setProperty("--ws-b-top", `${b.top}px`);
    };
    return view;
  }

  protected override press(event: KeyPress, onStage: boolean): boolean {
    const action = pairActionOf(event, onStage);
    if (action === null || this.session === null) return false;
    return performOnPair(action, this.session, this.view, this.reducedMotion.value, () => {
      this.showShortcuts();
    });
  }

  #addressOf(attribute: string): string | null {
    const value = this.getAttribute(attribute);
    return value ? new URL(value, document.baseURI).href : null;
  }

  /** A click chooses what reads the same as the particle under it, a click beside all of them none. */
  #pick({ clientX, clientY, pointerType }: PointerEvent): void {
    const { session, view } = this;
    const down = this.#downAt;
    this.#downAt = null;
    if (session === null || view === null || down === null) return;
    if (Math.hypot(clientX - down.x, clientY - down.y) > clickPx) return;
    const { left, top } = this.surface.getBoundingClientRect();
    const reach = pointerType === "touch" ? reachPx.touch : reachPx.mouse;
    const hit = view.pick(clientX - left, clientY - top, reach);
    const shown = hit && session.shown[hit.side];
    const shape = shown?.shapes[shown.layer.value];
    session.selection.value = hit && shape
      ? { kind: "particles", particles: companionsOf(shape.frame, hit.particle) }
      : noSelection;
  }
}
