import { Scene } from "three";
import { type Look, lookFor } from "../palette.ts";
import type { CameraPose, Settings } from "../settings.ts";
import { Disposer, type Readable } from "../state.ts";
import { CameraRig, type Covered } from "./camera.ts";
import type { Cloud } from "./cloud.ts";
import { discardRenderer, type SharedRenderer, sharedRenderer, type Tenant } from "./renderer.ts";

export interface ViewOptions {
  /** Where the canvas goes and what is dragged. It has a size and a background colour. */
  readonly surface: HTMLElement;
  readonly reducedMotion: Readable<boolean>;
  /** Heights that words and controls cover, in CSS pixels. */
  covered(): Covered;
  /** Something changed: a tick is wanted. */
  wake(): void;
  /** The graphics context came or went. */
  onContext(state: "lost" | "restored"): void;
  /** A picture with particles has been drawn. */
  onDrawn(): void;
  /** Another view took the canvas. */
  onEvicted(): void;
}

/**
 * A stage with a camera: it holds the canvas, follows its surface's size and theme, and draws when
 * something changed and only then. What is on it is the matter of those that extend it.
 */
export abstract class StageView implements Tenant {
  readonly surface: HTMLElement;
  protected readonly options: ViewOptions;
  protected readonly settings: Settings;
  protected readonly scene = new Scene();
  protected readonly rig: CameraRig;
  protected readonly disposer = new Disposer();
  protected renderer: SharedRenderer;
  /** Device pixels of a unit length at distance 1. */
  #pixelsPerUnit = 1;
  #look: Look = "dark";
  #background = "#000";
  #dirty = true;
  #lastPose: CameraPose | null = null;

  /** @throws {GraphicsError} if the browser has no WebGL 2 */
  constructor(settings: Settings, options: ViewOptions) {
    this.options = options;
    this.settings = settings;
    this.surface = options.surface;
    this.renderer = sharedRenderer();
    this.rig = new CameraRig(options.surface, {
      onMoved: (pose) => {
        this.#lastPose = pose;
        settings.pose.value = pose;
      },
      onChange: () => this.invalidate(),
    }, options.reducedMotion);
    this.rig.pose = settings.pose.value;
    this.disposer.add(
      settings.turn.subscribe(() => this.rig.release()),
      settings.pose.subscribe((pose) => {
        if (this.#lastPose !== pose) this.rig.flyTo(pose);
      }),
    );
  }

  /** Whether there is anything to draw. */
  protected abstract get isFilled(): boolean;
  /** Whether layers play. */
  protected abstract get isPlaying(): boolean;
  /** Makes everything on the stage anew, for a new context. */
  protected abstract rebuild(): void;
  /** Reads the theme's colours. */
  protected abstract restyle(): void;
  /** Lets what is on the stage move. @returns whether it changed */
  protected abstract advance(elapsedMs: number): boolean;
  /** @param background a colour under the picture; null shows the stage itself @returns whether it drew */
  protected abstract render(background: string | null): boolean;

  /** Light or dark, as the stage's background is. */
  get look(): Look {
    return this.#look;
  }

  get drawCalls(): number {
    return this.renderer.drawCalls;
  }

  /** Whether this view has the canvas. */
  get visible(): boolean {
    return this.renderer.holds(this);
  }

  /** Takes the canvas back from another view. */
  claim(): void {
    this.renderer.claim(this);
  }

  /** Turns by angles in radians, zooms by a factor. */
  nudge(azimuth: number, polar: number, zoomFactor: number): void {
    this.rig.nudge(azimuth, polar, zoomFactor);
  }

  resetCamera(): void {
    this.rig.reset();
  }

  /** Reads the stage's colours anew, after a change of theme. */
  retheme(): void {
    this.#background = getComputedStyle(this.surface).backgroundColor;
    this.#look = lookFor(this.#background);
    this.restyle();
  }

  /** Fits the picture to its surface. */
  resize(): void {
    if (!this.visible) return;
    const { clientWidth, clientHeight } = this.surface;
    if (clientWidth === 0 || clientHeight === 0) return;
    const ratio = this.renderer.resize(clientWidth, clientHeight);
    const height = this.fit(clientWidth, clientHeight, this.options.covered());
    const half = Math.tan(this.rig.camera.fov * Math.PI / 360);
    this.#pixelsPerUnit = height * ratio / (2 * half);
    this.#dirty = true;
    // A canvas that was resized is empty: draw in the same task, so that nothing flickers.
    this.update(0);
  }

  /**
   * Lets time pass and draws if something changed.
   *
   * @returns whether it wants to be told again
   */
  update(elapsedMs: number): boolean {
    if (!this.visible || !this.isFilled) return false;
    const turning = this.settings.turn.value && this.isPlaying && !this.rig.isFlat;
    const moved = this.rig.update(elapsedMs, turning);
    const changed = this.advance(elapsedMs);
    if (moved || changed) this.#dirty = true;
    if (this.#dirty) this.#draw();
    return moved || changed || this.rig.moving || turning;
  }

  onLost(): void {
    this.options.onContext("lost");
  }

  onRestored(): void {
    this.options.onContext("restored");
    this.resize();
    this.invalidate();
  }

  onEvicted(): void {
    this.options.onEvicted();
  }

  onMoved(): void {
    this.retheme();
    this.resize();
    this.invalidate();
  }

  /** Draws the picture anew and hands it over as a PNG. */
  capture(receive: (picture: Blob) => void): void {
    this.#draw(this.#background);
    // In the same task as the drawing: the browser clears the canvas's buffer after it.
    this.renderer.canvas.toBlob((picture) => {
      if (picture) receive(picture);
    }, "image/png");
    this.invalidate();
  }

  /** Makes a new context in place of one that is lost for good. @throws {GraphicsError} */
  renew(): void {
    this.renderer.release(this);
    discardRenderer();
    this.renderer = sharedRenderer();
    this.rebuild();
    this.renderer.claim(this);
  }

  dispose(): void {
    this.disposer.dispose();
    this.renderer.release(this);
    this.rig.dispose();
  }

  /**
   * Fits the camera to a stage.
   *
   * @param width in CSS pixels, as are all here
   * @returns the height of the camera's picture
   */
  protected fit(width: number, height: number, covered: Covered): number {
    this.rig.resize(width, height, covered);
    return height;
  }

  /** Tells a cloud how the camera sees it. */
  protected setOptics(cloud: Cloud): void {
    const { distance, isFlat } = this.rig;
    // A flat cloud has nothing behind: all of it is as bright as what is in front.
    const [near, far] = isFlat ? [distance + 1, distance + 2] : [distance - 1, distance + 1.1];
    cloud.setOptics(this.#pixelsPerUnit, Math.max(0.05, near), far);
  }

  protected invalidate(): void {
    this.#dirty = true;
    this.options.wake();
  }

  #draw(background: string | null = null): void {
    if (!this.render(background)) return;
    this.#dirty = false;
    if (!this.renderer.lost) this.options.onDrawn();
  }
}
