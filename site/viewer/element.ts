import { addressOf, followAddress } from "./address.ts";
import { make } from "./dom.ts";
import { actionOf, type KeyPress } from "./keys.ts";
import { pagePanels, stagePanels } from "./panels/mod.ts";
import type { PanelContext } from "./panels/panel.ts";
import { scanKeys } from "./panels/shortcuts.ts";
import { performOnStage } from "./perform.ts";
import type { ViewOptions } from "./scene/stage_view.ts";
import type { View } from "./scene/view.ts";
import { Session } from "./session.ts";
import { colourings } from "./settings.ts";
import { StageElement } from "./stage_element.ts";
import { parseHash } from "./url_state.ts";

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
export class WeightscanViewer extends StageElement<Session, View> {
  static readonly observedAttributes = ["src"];

  protected override readonly keyRows = scanKeys;

  /** Whether frames of the scan, or edges of frames, are still to come. */
  get busy(): boolean {
    if (!this.session) return false;
    const { loading, linked, arrived } = this.session;
    return loading.value.kind === "loading" || linked.value < arrived.value;
  }

  /** How many frames have arrived. */
  get arrivedCount(): number {
    return this.session?.arrived.value ?? 0;
  }

  protected override get isLinked(): boolean {
    return parseHash(location.hash).layer !== null;
  }

  protected override makeSession(): Session {
    return new Session();
  }

  protected override timelineOf(session: Session): Session["timeline"] {
    return session.timeline;
  }

  protected override followAddress(session: Session): void {
    followAddress(addressOf(session), this.disposer);
  }

  protected override fill(session: Session): void {
    const context: PanelContext = {
      session,
      look: this.look,
      graphics: this.graphics,
      lensUrl: this.getAttribute("lens"),
      retry: () => this.retry(),
      resetCamera: () => this.view?.resetCamera(),
      savePicture: () => this.savePicture(),
      showShortcuts: () => this.showShortcuts(),
    };
    for (const [className, panel] of Object.entries(stagePanels)) {
      const container = make("div", { class: className });
      this.append(container);
      this.disposer.add(panel(container, context));
    }
    if (!this.isFirst) return;
    for (const container of document.querySelectorAll<HTMLElement>("[data-panel]")) {
      const panel = pagePanels[container.dataset.panel ?? ""];
      if (panel) this.disposer.add(panel(container, context));
    }
  }

  protected override load(session: Session): void {
    const src = this.getAttribute("src");
    if (src !== null) void session.load(new URL(src, document.baseURI).href);
  }

  protected override async makeView(session: Session, options: ViewOptions): Promise<View> {
    const { View } = await import("./scene/view.ts");
    return new View(session, options);
  }

  protected override press(event: KeyPress, onStage: boolean): boolean {
    const action = actionOf(event, onStage);
    if (action === null || this.session === null) return false;
    performOnStage(action, this.session, this.view, colourings, () => this.showShortcuts());
    return true;
  }
}
