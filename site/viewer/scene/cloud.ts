import { Group, type IUniform, type Points, Vector2 } from "three";
import type { Domain } from "../cloud_data.ts";
import type { Playhead } from "../timeline.ts";
import { Edges } from "./edges.ts";
import { ChosenTexture } from "./chosen_texture.ts";
import { FrameTexture } from "./frame_texture.ts";
import type { Look, Scale } from "../palette.ts";
import { makePoints } from "./points.ts";
import { fillRamp, makeRamp } from "./ramp.ts";

/** Sprite radius of one of 1024 particles, halo included, in cloud radii. */
const spriteRadius = 0.045;

/** Holds every value that colours show. */
const everything: Domain = [-1e9, 1e9];

/** How far a morph is when the next frame's edges begin to show; those of the frame before end as early. */
const edgeFadeStart = 0.2;

/** How long the chosen particles take to stand out. */
const litMs = 260;

/** What of a cloud is in sight, each 0 … 1. */
export interface Shares {
  readonly points: number;
  readonly edges: number;
  /** The particles without hue, at their own place. */
  readonly ghost: number;
}

/** One scan's particles and edges: a group that any scene can hold, alone or beside another. */
export class Cloud {
  readonly group = new Group();
  readonly #frames: FrameTexture;
  readonly #points: Points;
  readonly #edges: Edges;
  readonly #pointRamp = makeRamp();
  readonly #edgeRamp = makeRamp();
  readonly #shared;
  readonly #pointDomain = new GlidingDomain();
  readonly #edgeDomain = new GlidingDomain();
  readonly #flip: IUniform<number> = { value: 0 };
  readonly #focus: IUniform<Vector2> = { value: new Vector2(...everything) };
  readonly #size: IUniform<number> = { value: spriteRadius };
  readonly #edgeOpacity: IUniform<number> = { value: 1 };
  readonly #pointBlend: IUniform<number> = { value: 0 };
  readonly #edgeBlend: IUniform<number> = { value: 0 };
  readonly #pointOpacity: IUniform<number> = { value: 1 };
  readonly #ghostOpacity: IUniform<number> = { value: 0 };
  readonly #chosen: ChosenTexture;
  #ghost: Points | null = null;
  #shares: Shares = { points: 1, edges: 1, ghost: 0 };
  /** How far switching edges on or off has come, 0 … 1. */
  #edgesIn = 1;
  /** Whether some particles are chosen. */
  #hasChosen = false;
  /** How far each slot's edges have faded in, 0 … 1. */
  readonly #edgeFade: Float32Array;
  /** Frames whose edges are known. */
  readonly #known = new Set<number>();
  #shown: Playhead | null = null;
  #edgesOn = true;

  constructor(
    readonly nParticles: number,
    readonly nDims: number,
    readonly nFrames: number,
    maxEdges: number,
  ) {
    this.#frames = new FrameTexture(nParticles, nFrames);
    this.#edgeFade = new Float32Array(nFrames);
    this.#chosen = new ChosenTexture(nParticles);
    this.#shared = {
      uFrames: { value: this.#frames.texture },
      uCount: { value: nParticles },
      uSlots: { value: new Int32Array([0, 0]) },
      uMix: { value: 0 },
      uOther: { value: this.#frames.texture },
      uOtherSlots: { value: new Int32Array([0, 0]) },
      uOtherMix: { value: 0 },
      uChosen: { value: this.#chosen.texture },
      uLit: { value: 0 },
      uDepth: { value: new Vector2(1, 2) },
      uPixels: { value: 1 },
      uMaxPixels: { value: 96 },
      uInk: { value: 0 },
    };
    this.#points = makePoints(nParticles, {
      ...this.#pointUniforms,
      uBlend: this.#pointBlend,
      uOpacity: this.#pointOpacity,
      uGhost: { value: 0 },
    });
    this.#edges = new Edges(this.#frames.nSlots, maxEdges, {
      ...this.#shared,
      uRamp: { value: this.#edgeRamp },
      uDomain: this.#edgeDomain.uniform,
      uBlend: this.#edgeBlend,
      uWeights: { value: new Vector2(1, 0) },
      uOpacity: this.#edgeOpacity,
    });
    this.group.add(this.#edges.object, this.#points);
    this.pointSize = 1;
  }

  /** What arrows between this cloud and another need. */
  get shared(): { readonly [name: string]: IUniform } {
    return this.#shared;
  }

  get #pointUniforms(): { readonly [name: string]: IUniform } {
    return {
      ...this.#shared,
      uRamp: { value: this.#pointRamp },
      uDomain: this.#pointDomain.uniform,
      uFlip: this.#flip,
      uFocus: this.#focus,
      uSize: this.#size,
    };
  }

  setPositions(frame: number, positions: Float32Array): void {
    this.#frames.setPositions(frame, positions, this.nDims);
  }

  /** Numbers that the particles' colour shows. @param values [nParticles] */
  setValues(frame: number, values: ArrayLike<number>): void {
    this.#frames.setValues(frame, values);
  }

  setEdges(frame: number, ends: Int32Array, lengths: Float32Array): void {
    this.#edges.setFrame(frame, ends, lengths);
    this.#edgeFade[frame] = 0;
    this.#known.add(frame);
  }

  /** Lets some particles stand out. @param other which of them are chosen in the other scan */
  setChosen(own: ReadonlySet<number> | null, other: ReadonlySet<number> | null = own): void {
    this.#hasChosen = own !== null && other !== null;
    // The last ones stay until they have faded into the others.
    if (own !== null && other !== null) this.#chosen.set(own, other);
  }

  /** How much of what is in sight. */
  setShares(shares: Shares): void {
    this.#shares = shares;
    this.#pointOpacity.value = shares.points;
    this.#points.visible = shares.points > 0;
    this.#edgeOpacity.value = this.#edgesIn * shares.edges;
    this.#ghostOpacity.value = shares.ghost;
    if (shares.ghost > 0 && this.#ghost === null) this.#addGhost();
    if (this.#ghost) this.#ghost.visible = shares.ghost > 0;
  }

  /**
   * Draws every particle on its way to where another cloud with as many has it. Both show their
   * playheads already.
   *
   * @param share 0 at its own place, 1 at the other's
   */
  leanTo(other: Cloud, share: number): void {
    const { uSlots, uMix } = other.#shared;
    this.#shared.uOther.value = other.#frames.texture;
    this.#shared.uOtherSlots.value.set(uSlots.value);
    this.#shared.uOtherMix.value = uMix.value;
    this.#pointBlend.value = this.#edgeBlend.value = share;
  }

  /** Every particle at its own place. */
  stand(): void {
    this.#pointBlend.value = this.#edgeBlend.value = 0;
  }

  set edgesOn(on: boolean) {
    this.#edgesOn = on;
  }

  /** Factor on the sprites' size; more particles get smaller ones. */
  set pointSize(factor: number) {
    this.#size.value = spriteRadius * factor *
      Math.min(1.6, Math.max(0.35, Math.sqrt(1024 / Math.max(1, this.nParticles))));
  }

  setLook(look: Look, points: Scale, edges: Scale): void {
    fillRamp(this.#pointRamp, points, look);
    fillRamp(this.#edgeRamp, edges, look);
    this.#shared.uInk.value = look === "light" ? 1 : 0;
  }

  /**
   * Ends of the particles' scale. It widens as frames arrive: then colours glide to their new places.
   *
   * @param flip whether small values are the remarkable ones
   * @param anew whether the values mean something else than before, so that there is no way between
   */
  setPointDomain(domain: Domain, flip: boolean, anew: boolean): void {
    this.#pointDomain.set(domain, anew);
    this.#flip.value = flip ? 1 : 0;
  }

  /** Particles whose value lies outside of the range step back. @param range null for none */
  setFocus(range: Domain | null): void {
    this.#focus.value.set(...range ?? everything);
  }

  /** @param domain ends of the scale as logarithms to base 2 */
  setEdgeDomain(domain: Domain): void {
    this.#edgeDomain.set(domain, false);
  }

  /**
   * How the camera sees the cloud.
   *
   * @param pixels height in device pixels of a unit length at distance 1
   * @param near distance at which the cloud begins, `far` at which it ends
   */
  setOptics(pixels: number, near: number, far: number): void {
    this.#shared.uPixels.value = pixels * 2;
    this.#shared.uDepth.value.set(near, far);
  }

  show(playhead: Playhead): void {
    const { from, to, mix } = playhead;
    // From the last frame to the first, the repeated first frame lies right behind the last.
    const next = to === from + 1 ? to : to < from ? this.nFrames : from;
    this.#shared.uSlots.value.set([from, next]);
    this.#shared.uMix.value = mix;
    const fadeTo = this.#edgeFade[to] ?? 0;
    const fadeFrom = this.#edgeFade[from] ?? 0;
    const turned = next === from ? 0 : smoothstep(edgeFadeStart, 1 - edgeFadeStart, mix);
    this.#edges.show(from, [(1 - turned) * fadeFrom, turned * fadeTo]);
    if (this.#edgeOpacity.value === 0) this.#edges.object.visible = false;
    this.#shown = playhead;
  }

  /**
   * Lets edges that are new, or switched on or off, fade, and colours glide.
   *
   * @returns whether something changed
   */
  update(elapsedMs: number): boolean {
    const step = elapsedMs / 420;
    const glides = [this.#pointDomain, this.#edgeDomain].map((domain) => domain.update(elapsedMs));
    let changed = glides.includes(true);
    for (const frame of this.#known) {
      if (this.#edgeFade[frame] >= 1) continue;
      this.#edgeFade[frame] = Math.min(1, this.#edgeFade[frame] + step);
      changed ||= this.#shown?.from === frame || this.#shown?.to === frame;
    }
    const { uLit } = this.#shared;
    const [edges, lit] = [this.#edgesOn ? 1 : 0, this.#hasChosen ? 1 : 0];
    // The first tick after a rest brings no time: on its way is what has not arrived.
    if (this.#edgesIn !== edges || uLit.value !== lit) changed = true;
    this.#edgesIn = approach(this.#edgesIn, edges, step);
    this.#edgeOpacity.value = this.#edgesIn * this.#shares.edges;
    uLit.value = approach(uLit.value, lit, elapsedMs / litMs);
    if (changed && this.#shown) this.show(this.#shown);
    return changed;
  }

  dispose(): void {
    this.#frames.dispose();
    this.#pointRamp.dispose();
    this.#edgeRamp.dispose();
    this.#edges.dispose();
    this.#chosen.texture.dispose();
    this.#points.geometry.dispose();
    for (const { material } of [this.#points, this.#ghost].filter((points) => points !== null)) {
      for (const one of [material].flat()) one.dispose();
    }
  }

  #addGhost(): void {
    this.#ghost = makePoints(this.nParticles, {
      ...this.#pointUniforms,
      uBlend: { value: 0 },
      uOpacity: this.#ghostOpacity,
      uGhost: { value: 1 },
    });
    // Behind what it is the ghost of.
    this.#ghost.renderOrder = -1;
    this.group.add(this.#ghost);
  }
}

/** Goes from a value towards another by at most a step. */
export function approach(value: number, target: number, step: number): number {
  return value < target ? Math.min(target, value + step) : Math.max(target, value - step);
}

/** A colour scale's ends, on their way to where they were set. */
class GlidingDomain {
  readonly uniform = { value: new Vector2(0, 1) };
  readonly #target = new Vector2(0, 1);
  #isSet = false;

  set(domain: Domain, anew: boolean): void {
    this.#target.set(domain[0], domain[1]);
    if (anew || !this.#isSet) this.uniform.value.copy(this.#target);
    this.#isSet = true;
  }

  update(elapsedMs: number): boolean {
    const { value } = this.uniform;
    const left = value.distanceTo(this.#target);
    if (left === 0) return false;
    if (left < 4e-3 * Math.abs(this.#target.y - this.#target.x)) value.copy(this.#target);
    else value.lerp(this.#target, 1 - Math.exp(-elapsedMs / 150));
    return true;
  }
}

function smoothstep(low: number, high: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
