import { Scene } from "three";
import type { CameraPose, Colouring } from "../settings.ts";
import type { Domain } from "../cloud_data.ts";
import { type FrameShape, neighboursPerParticle, type Session } from "../session.ts";
import { Disposer, type Readable } from "../state.ts";
import { CameraRig, type Covered } from "./camera.ts";
import { Cloud } from "./cloud.ts";
import { type Look, lookFor, scales } from "../palette.ts";
import { discardRenderer, type SharedRenderer, sharedRenderer, type Tenant } from "./renderer.ts";

/** How much a frame's own size counts for how large it is shown, 0 … 1. */
const ownShare = 0.45;

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
 * A session's picture. It follows the session, moves its camera, and draws when something changed and
 * only then.
 */
export class View implements Tenant {
  readonly surface: HTMLElement;
  readonly #session: Session;
  readonly #options: ViewOptions;
  readonly #scene = new Scene();
  readonly #rig: CameraRig;
  readonly #disposer = new Disposer();
  #renderer: SharedRenderer;
  #cloud: Cloud | null = null;
  #framesIn = 0;
  #edgesIn = 0;
  #look: Look = "dark";
  #background = "#000";
  #dirty = true;
  #pixelsPerUnit = 1;
  /** Radius of the widest frame, in projection units; 0 before the first. */
  #widest = 0;
  #lastPose: CameraPose | null = null;

  /** @throws {GraphicsError} if the browser has no WebGL 2 */
  constructor(session: Session, options: ViewOptions) {
    this.#session = session;
    this.#options = options;
    this.surface = options.surface;
    this.#renderer = sharedRenderer();
    const { settings } = session;
    this.#rig = new CameraRig(options.surface, {
      onMoved: (pose) => {
        this.#lastPose = pose;
        settings.pose.value = pose;
      },
      onChange: () => this.#invalidate(),
    }, options.reducedMotion);
    this.#rig.pose = settings.pose.value;
    this.#disposer.add(
      session.header.follow(() => this.#rebuild()),
      session.arrived.subscribe(() => this.#catchUp()),
      session.linked.subscribe(() => this.#catchUp()),
      session.playhead.subscribe(() => this.#invalidate()),
      session.domains.subscribe(() => this.#rescale(false)),
      settings.colour.subscribe(() => this.#recolour()),
      session.token.subscribe(() => this.#focus()),
      settings.edges.subscribe(() => this.#restyle()),
      settings.pointSize.subscribe(() => this.#restyle()),
      settings.turn.subscribe(() => this.#rig.release()),
      settings.pose.subscribe((pose) => {
        if (this.#lastPose !== pose) this.#rig.flyTo(pose);
      }),
    );
    this.#renderer.claim(this);
  }

  /** Light or dark, as the stage's background is. */
  get look(): Look {
    return this.#look;
  }

  get drawCalls(): number {
    return this.#renderer.drawCalls;
  }

  /** Whether this view has the canvas. */
  get visible(): boolean {
    return this.#renderer.holds(this);
  }

  /** Takes the canvas back from another view. */
  claim(): void {
    this.#renderer.claim(this);
  }

  /** Turns by angles in radians, zooms by a factor. */
  nudge(azimuth: number, polar: number, zoomFactor: number): void {
    this.#rig.nudge(azimuth, polar, zoomFactor);
  }

  resetCamera(): void {
    this.#rig.reset();
  }

  /** Reads the stage's colours anew, after a change of theme. */
  retheme(): void {
    this.#background = getComputedStyle(this.surface).backgroundColor;
    this.#look = lookFor(this.#background);
    this.#restyle();
  }

  /** Fits the picture to its surface. */
  resize(): void {
    if (!this.visible) return;
    const { clientWidth, clientHeight } = this.surface;
    if (clientWidth === 0 || clientHeight === 0) return;
    const ratio = this.#renderer.resize(clientWidth, clientHeight);
    this.#rig.resize(clientWidth, clientHeight, this.#options.covered());
    const half = Math.tan(this.#rig.camera.fov * Math.PI / 360);
    this.#pixelsPerUnit = clientHeight * ratio / (2 * half);
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
    if (!this.visible || this.#cloud === null) return false;
    const turning = this.#session.settings.turn.value && this.#session.playing.value &&
      !this.#rig.isFlat;
    const moved = this.#rig.update(elapsedMs, turning);
    const faded = this.#cloud.update(elapsedMs);
    const framed = this.#reach(elapsedMs);
    if (moved || faded || framed) this.#dirty = true;
    if (this.#dirty) this.#draw();
    return moved || faded || framed || this.#rig.moving || turning;
  }

  onLost(): void {
    this.#options.onContext("lost");
  }

  onRestored(): void {
    this.#options.onContext("restored");
    this.resize();
    this.#invalidate();
  }

  onEvicted(): void {
    this.#options.onEvicted();
  }

  onMoved(): void {
    this.retheme();
    this.resize();
    this.#invalidate();
  }

  /** Draws the picture anew and hands it over as a PNG. */
  capture(receive: (picture: Blob) => void): void {
    this.#draw(this.#background);
    // In the same task as the drawing: the browser clears the canvas's buffer after it.
    this.#renderer.canvas.toBlob((picture) => {
      if (picture) receive(picture);
    }, "image/png");
    this.#invalidate();
  }

  /** Makes a new context in place of one that is lost for good. @throws {GraphicsError} */
  renew(): void {
    this.#renderer.release(this);
    discardRenderer();
    this.#renderer = sharedRenderer();
    this.#rebuild();
    this.#renderer.claim(this);
  }

  dispose(): void {
    this.#disposer.dispose();
    this.#renderer.release(this);
    this.#rig.dispose();
    this.#cloud?.dispose();
  }

  #rebuild(): void {
    const header = this.#session.header.value;
    if (this.#cloud) {
      this.#scene.remove(this.#cloud.group);
      this.#cloud.dispose();
      this.#cloud = null;
    }
    this.#framesIn = this.#edgesIn = 0;
    this.#widest = 0;
    if (header === null) return;
    this.#cloud = new Cloud(
      header.nParticles,
      header.nDims,
      header.layers.length,
      header.nParticles * neighboursPerParticle,
    );
    this.#scene.add(this.#cloud.group);
    this.#rig.isFlat = header.nDims < 3;
    this.#restyle();
    this.#rescale(true);
    this.#focus();
    this.#catchUp();
  }

  #catchUp(): void {
    if (this.#cloud === null) return;
    const { shapes, edges } = this.#session;
    // With the first frame words appear that the picture makes room for.
    if (this.#framesIn === 0 && shapes.length > 0) this.resize();
    for (; this.#framesIn < shapes.length; this.#framesIn++) {
      this.#cloud.setPositions(this.#framesIn, shapes[this.#framesIn].frame.positions);
      this.#colourFrame(this.#framesIn);
    }
    for (; this.#edgesIn < edges.length; this.#edgesIn++) {
      const { ends, lengths } = edges[this.#edgesIn];
      this.#cloud.setEdges(this.#edgesIn, ends, lengths);
      if (this.#session.colouring === "density") this.#colourFrame(this.#edgesIn);
    }
    this.#invalidate();
  }

  #recolour(): void {
    for (let frame = 0; frame < this.#framesIn; frame++) this.#colourFrame(frame);
    this.#restyle();
    this.#rescale(true);
  }

  #colourFrame(frame: number): void {
    const { shapes, edges, identity, colouring } = this.#session;
    const values = {
      token: () => shapes[frame]?.frame.reads?.tokens,
      motion: () => shapes[frame]?.motion.map(toLog),
      density: () => edges[frame]?.spacing.map(toLog),
      identity: () => identity,
    }[colouring]();
    if (values) this.#cloud?.setValues(frame, values);
  }

  /** Lets the particles that read the chosen token stand out, where the colours tell tokens. */
  #focus(): void {
    const { token, colouring } = this.#session;
    const chosen = colouring === "token" ? token.value : null;
    this.#cloud?.setFocus(chosen === null ? null : [chosen - 0.5, chosen + 0.5]);
    this.#invalidate();
  }

  #restyle(): void {
    const { settings } = this.#session;
    this.#cloud?.setLook(this.#look, scales[this.#session.colouring], scales.edge);
    if (this.#cloud) {
      this.#cloud.edgesOn = settings.edges.value;
      this.#cloud.pointSize = settings.pointSize.value;
    }
    this.#invalidate();
  }

  /** @param anew whether the colours show another measure than before */
  #rescale(anew: boolean): void {
    const { motion, spacing, edge } = this.#session.domains.value;
    const { colouring, header } = this.#session;
    const domains: { readonly [name in Colouring]: Domain } = {
      token: [0, Math.max(1, (header.value?.tokens.length ?? 1) - 1)],
      motion: [toLog(motion[0]), toLog(motion[1])],
      identity: [0, 1],
      density: [toLog(spacing[0]), toLog(spacing[1])],
    };
    this.#cloud?.setPointDomain(domains[colouring], colouring === "density", anew);
    this.#cloud?.setEdgeDomain([toLog(edge[0]), toLog(edge[1])]);
    this.#invalidate();
  }

  /** Follows the widest frame that has arrived, smoothly, as more arrive. @returns whether it moved */
  #reach(elapsedMs: number): boolean {
    const { shapes } = this.#session;
    const widest = shapes.reduce((most, shape) => Math.max(most, shape.extent.radius), 0);
    const before = this.#widest;
    const cuts = before === 0 || this.#options.reducedMotion.value;
    const next = cuts ? widest : before + (widest - before) * (1 - Math.exp(-elapsedMs / 240));
    this.#widest = Math.abs(widest - next) < widest * 4e-3 ? widest : next;
    return this.#widest !== before;
  }

  /**
   * Radius that a frame is shown at, in projection units. Between its own, which would hide that clouds
   * grow and shrink, and the widest frame's, which would leave small ones lost on the stage.
   */
  #radiusOf(shape: FrameShape): number {
    return Math.pow(shape.extent.radius, ownShare) * Math.pow(this.#widest, 1 - ownShare);
  }

  #invalidate(): void {
    this.#dirty = true;
    this.#options.wake();
  }

  /** @param background a colour under the picture; null shows the stage itself */
  #draw(background: string | null = null): void {
    const cloud = this.#cloud;
    const playhead = this.#session.playhead.value;
    const from = this.#session.shapes[playhead.from];
    const to = this.#session.shapes[playhead.to];
    if (cloud === null || from === undefined || to === undefined) return;
    this.#dirty = false;
    const radius = this.#radiusOf(from) +
      (this.#radiusOf(to) - this.#radiusOf(from)) * playhead.mix;
    const scale = 1 / radius;
    const centre = from.extent.centre.map((value, axis) =>
      value + (to.extent.centre[axis] - value) * playhead.mix
    );
    cloud.group.scale.setScalar(scale);
    cloud.group.position.set(-centre[0] * scale, -centre[1] * scale, -centre[2] * scale);
    const { distance, isFlat } = this.#rig;
    // A flat cloud has nothing behind: all of it is as bright as what is in front.
    const [near, far] = isFlat ? [distance + 1, distance + 2] : [distance - 1, distance + 1.1];
    cloud.setOptics(this.#pixelsPerUnit, Math.max(0.05, near), far);
    cloud.show(playhead);
    this.#renderer.draw(this.#scene, this.#rig.camera, background);
    if (!this.#renderer.lost) this.#options.onDrawn();
  }
}

/** Distances and ways span powers of ten: their colours are laid out by logarithm. */
function toLog(distance: number): number {
  return Math.log2(Math.max(distance, 1e-9));
}
