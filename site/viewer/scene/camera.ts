import { MOUSE, PerspectiveCamera, Spherical, TOUCH, Vector3 } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { type CameraPose, defaultPose, maxZoom, minZoom, samePose } from "../settings.ts";
import type { Readable } from "../state.ts";
import { Flight } from "./flight.ts";

const fieldOfViewDegrees = 34;
/** Room around a cloud of radius 1. */
const margin = 1.04;
/** One turn in this many seconds. */
const turnSeconds = 120;
/** Layers are first seen without a camera in motion, which then starts gently. */
const turnDelayMs = 4000;
const turnRampMs = 4000;
/** How far from the cloud's middle the camera may look, in cloud radii: it is never lost from sight. */
const maxShift = 2;
/** How far a key shifts a flat cloud, for each radian that it would turn another. */
const shiftPerRadian = 0.75;
/** How long the way back from a turn that was none takes. */
const takeBackMs = 160;

/** What a hand found when it took hold. */
interface Found {
  readonly pose: CameraPose;
  readonly touched: boolean;
}

/** Heights at the stage's edges that the cloud should keep clear of. */
export interface Covered {
  readonly top: number;
  readonly bottom: number;
}

export interface CameraEvents {
  /** The reader's own hand moved the camera and let go. */
  onMoved(pose: CameraPose): void;
  /** The picture changed and wants to be drawn. */
  onChange(): void;
}

/**
 * The camera around a cloud of radius 1 at the origin, with the reader's hand on it: drag turns, wheel
 * and pinch zoom, right drag and two fingers shift.
 *
 * A flat cloud always faces the reader: drag and arrow keys shift it instead.
 *
 * A page must stay scrollable over the stage. One finger up or down scrolls the page and sideways
 * turns the cloud (`touch-action: pan-y`); the wheel zooms with ctrl (which is also what a trackpad's
 * pinch sends), or once the stage has the focus, which a click or Tab gives it.
 */
export class CameraRig {
  readonly camera = new PerspectiveCamera(fieldOfViewDegrees, 1, 0.01, 100);
  readonly #controls: OrbitControls;
  readonly #surface: HTMLElement;
  readonly #events: CameraEvents;
  #flight: Flight | null = null;
  #fitDistance = 3;
  #touched = false;
  /** How long it has been allowed to turn by itself. */
  #turningMs = 0;
  #isFlat = false;
  /** Not null while a hand is on it. */
  #found: Found | null = null;
  /** A hand let go, and what it set in motion has not come to rest. */
  #coasting = false;
  /** The browser took the finger away to scroll the page. */
  #cancelled = false;
  readonly #noteCancel = () => this.#cancelled = true;
  readonly #guardWheel = (event: WheelEvent) => {
    const focused = this.#surface.contains(document.activeElement);
    if (!focused && !event.ctrlKey && !event.metaKey) event.stopImmediatePropagation();
  };

  /** @param surface what is dragged; it keeps this rig's listeners until disposal */
  constructor(
    surface: HTMLElement,
    events: CameraEvents,
    private readonly reducedMotion: Readable<boolean>,
  ) {
    this.#surface = surface;
    this.#events = events;
    // Before the controls' own listener, so that it can be kept from seeing the event.
    surface.addEventListener("wheel", this.#guardWheel, { capture: true, passive: true });
    surface.addEventListener("pointercancel", this.#noteCancel, { capture: true });
    this.#controls = new OrbitControls(this.camera, surface);
    surface.style.touchAction = "pan-y";
    this.#controls.enableDamping = !reducedMotion.value;
    this.#controls.dampingFactor = 0.09;
    this.#controls.rotateSpeed = 0.75;
    this.#controls.zoomSpeed = 0.8;
    this.#controls.minPolarAngle = 0.05;
    this.#controls.maxPolarAngle = Math.PI - 0.05;
    this.#controls.maxTargetRadius = maxShift;
    this.#controls.addEventListener("start", () => {
      this.#found ??= { pose: this.pose, touched: this.#touched };
      this.#flight = null;
      this.#touched = true;
      this.#cancelled = false;
    });
    this.#controls.addEventListener("end", () => this.#letGo());
    this.#controls.addEventListener("change", () => events.onChange());
    this.pose = defaultPose;
  }

  /** Whether a hand, a flight or the damping may still move it. */
  get moving(): boolean {
    return this.#flight !== null || this.#found !== null;
  }

  get pose(): CameraPose {
    const offset = this.camera.position.clone().sub(this.#controls.target);
    const spherical = new Spherical().setFromVector3(offset);
    const { x, y, z } = this.#controls.target;
    return {
      azimuth: spherical.theta,
      polar: spherical.phi,
      zoom: this.#fitDistance / Math.max(1e-6, spherical.radius),
      target: [x, y, z],
    };
  }

  set pose(pose: CameraPose) {
    const zoom = Math.min(maxZoom, Math.max(minZoom, pose.zoom));
    const spherical = new Spherical(this.#fitDistance / zoom, pose.polar, pose.azimuth);
    this.#controls.target.set(...pose.target);
    this.camera.position.setFromSpherical(spherical).add(this.#controls.target);
    this.camera.lookAt(this.#controls.target);
  }

  /** Distance from the camera to the middle of what it looks at. */
  get distance(): number {
    return this.camera.position.distanceTo(new Vector3());
  }

  /**
   * Moves there in a short flight, at once where motion is reduced.
   *
   * @param wanted the default pose stands for the one that suits what is shown
   */
  flyTo(wanted: CameraPose, durationMs = 700): void {
    this.#stopCoasting();
    const pose = samePose(wanted, defaultPose) ? this.#home : this.#facing(wanted);
    const from = this.pose;
    if (samePose(from, pose)) return;
    if (this.reducedMotion.value || durationMs <= 0) {
      this.#flight = null;
      this.pose = pose;
      this.#events.onChange();
      return;
    }
    this.#flight = new Flight(from, pose, durationMs);
    this.#events.onChange();
  }

  /** Turns and zooms by a keypress; presses add up. Shifts a flat cloud, as far as it looks turned. */
  nudge(azimuth: number, polar: number, zoomFactor: number): void {
    this.#touched = true;
    const heading = this.#flight?.to ?? this.pose;
    const shift = this.#isFlat ? shiftPerRadian / heading.zoom : 0;
    const target = new Vector3(...heading.target)
      .add(new Vector3(azimuth * shift, -polar * shift, 0)).clampLength(0, maxShift);
    const pose = this.#facing({
      azimuth: heading.azimuth + azimuth,
      polar: Math.min(Math.PI - 0.05, Math.max(0.05, heading.polar + polar)),
      zoom: Math.min(maxZoom, Math.max(minZoom, heading.zoom * zoomFactor)),
      target: target.toArray(),
    });
    this.flyTo(pose, 220);
    this.#events.onMoved(pose);
  }

  /** Whether what it looks at lies in the plane z = 0, which it then faces. */
  get isFlat(): boolean {
    return this.#isFlat;
  }

  set isFlat(flat: boolean) {
    if (flat === this.#isFlat) return;
    const wasHome = samePose(this.pose, this.#home);
    this.#isFlat = flat;
    this.#controls.enableRotate = !flat;
    this.#controls.mouseButtons.LEFT = flat ? MOUSE.PAN : MOUSE.ROTATE;
    this.#controls.touches.ONE = flat ? TOUCH.PAN : TOUCH.ROTATE;
    this.pose = wasHome ? this.#home : this.#facing(this.pose);
  }

  /** A pose from which a flat cloud is seen undistorted. */
  #facing(pose: CameraPose): CameraPose {
    return this.#isFlat ? { ...pose, azimuth: 0, polar: Math.PI / 2 } : pose;
  }

  get #home(): CameraPose {
    return this.#facing(defaultPose);
  }

  /** Back to where it began, and free to turn by itself again. */
  reset(): void {
    this.#touched = false;
    this.flyTo(defaultPose);
    this.#events.onMoved(defaultPose);
  }

  /** Lets it turn by itself again although a hand has moved it. */
  release(): void {
    this.#touched = false;
  }

  /**
   * Fits the cloud into a stage.
   *
   * @param width in CSS pixels, as are all here
   */
  resize(width: number, height: number, { top, bottom }: Covered): void {
    const pose = this.pose;
    const free = Math.max(height * 0.4, height - top - bottom);
    const half = Math.tan(fieldOfViewDegrees * Math.PI / 360);
    const tightest = Math.min(free / height, width / height) * half;
    this.#fitDistance = margin / Math.sin(Math.atan(tightest));
    this.camera.aspect = width / Math.max(1, height);
    // The cloud's middle belongs in the middle of what they leave free.
    this.camera.setViewOffset(width, height, 0, (bottom - top) / 2, width, height);
    this.#controls.minDistance = this.#fitDistance / maxZoom;
    this.#controls.maxDistance = this.#fitDistance / minZoom;
    this.pose = pose;
    if (this.#flight) this.pose = this.#flight.to;
    this.#flight = null;
  }

  /**
   * @param turning whether it may turn by itself
   * @returns whether it moved
   */
  update(elapsedMs: number, turning: boolean): boolean {
    const flight = this.#flight;
    if (flight) {
      this.pose = flight.advance(elapsedMs);
      if (flight.done) this.#flight = null;
    }
    const turns = turning && !this.#touched && !this.#flight && !this.reducedMotion.value;
    const turned = turns && this.#turn(elapsedMs);
    if (!turns) this.#turningMs = 0;
    const moved = this.#controls.update(elapsedMs / 1000) || flight !== null || turned;
    if (!moved && this.#coasting) {
      this.#coasting = false;
      this.#events.onMoved(this.pose);
    }
    return moved;
  }

  /** A hand lets go. What it did before the browser took the finger to scroll is taken back. */
  #letGo(): void {
    const found = this.#found;
    this.#found = null;
    if (this.#cancelled && found !== null) {
      this.#touched = found.touched;
      this.flyTo(found.pose, takeBackMs);
      return;
    }
    this.#coasting = true;
    this.#events.onMoved(this.pose);
  }

  /** Ends the damping's motion where it is. */
  #stopCoasting(): void {
    const { pose } = this;
    this.#coasting = false;
    this.#controls.enableDamping = false;
    // Without damping the controls spend what is left at once, and keep nothing.
    this.#controls.update();
    this.#controls.enableDamping = !this.reducedMotion.value;
    this.pose = pose;
  }

  /** Turns by itself: not by the controls, whose damping would let it creep on after a pause. */
  #turn(elapsedMs: number): boolean {
    this.#turningMs += elapsedMs;
    const speed = Math.min(1, Math.max(0, (this.#turningMs - turnDelayMs) / turnRampMs));
    if (speed === 0) return false;
    const azimuth = this.pose.azimuth + speed * elapsedMs / 1000 * 2 * Math.PI / turnSeconds;
    this.pose = { ...this.pose, azimuth };
    return true;
  }

  dispose(): void {
    this.#surface.removeEventListener("wheel", this.#guardWheel, { capture: true });
    this.#surface.removeEventListener("pointercancel", this.#noteCancel, { capture: true });
    this.#controls.dispose();
  }
}
