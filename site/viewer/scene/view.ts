import { Reach } from "../framing.ts";
import { paintOf } from "../paint.ts";
import type { Session } from "../session.ts";
import { ScanCloud } from "./scan_cloud.ts";
import { StageView, type ViewOptions } from "./stage_view.ts";

/** A session's picture. */
export class View extends StageView {
  readonly #session: Session;
  readonly #scan: ScanCloud;
  #reach = new Reach();

  /** @throws {GraphicsError} if the browser has no WebGL 2 */
  constructor(session: Session, options: ViewOptions) {
    super(session.settings, options);
    this.#session = session;
    this.#scan = new ScanCloud(session, this.scene, {
      paint: () => paintOf(session),
      look: () => this.look,
      onRebuilt: () => {
        this.#reach = new Reach();
        this.rig.isFlat = (session.header.value?.nDims ?? 3) < 3;
      },
      // With the first frame words appear that the picture makes room for.
      onFirst: () => this.resize(),
      onChange: () => this.invalidate(),
    });
    this.disposer.add(
      () => this.#scan.dispose(),
      session.playhead.subscribe(() => this.invalidate()),
    );
    this.#scan.rebuild();
    this.claim();
  }

  protected override get isFilled(): boolean {
    return this.#scan.cloud !== null;
  }

  protected override get isPlaying(): boolean {
    return this.#session.playing.value;
  }

  protected override rebuild(): void {
    this.#scan.rebuild();
  }

  protected override restyle(): void {
    this.#scan.restyle();
  }

  protected override advance(elapsedMs: number): boolean {
    const faded = this.#scan.cloud?.update(elapsedMs) ?? false;
    const cuts = this.options.reducedMotion.value;
    const framed = this.#reach.update(this.#session.shapes, elapsedMs, cuts);
    return faded || framed;
  }

  protected override render(background: string | null): boolean {
    const { cloud } = this.#scan;
    const playhead = this.#session.playhead.value;
    const framing = this.#reach.frame(this.#session.shapes, playhead);
    if (cloud === null || framing === null) return false;
    this.#scan.place(framing);
    this.setOptics(cloud);
    cloud.show(playhead);
    this.renderer.draw(this.scene, this.rig.camera, background);
    return true;
  }
}
