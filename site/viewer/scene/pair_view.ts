import { Matrix4, Vector2 } from "three";
import { type Framing, mixFramings, Reach } from "../framing.ts";
import { toLogs } from "../paint.ts";
import type { PairSession } from "../pair_session.ts";
import { scales } from "../palette.ts";
import { mixPlaces, nearestParticle, placesAt } from "../picking.ts";
import type { Side } from "../selection.ts";
import type { Session } from "../session.ts";
import { Arrows } from "./arrows.ts";
import type { Covered } from "./camera.ts";
import { approach, type Shares } from "./cloud.ts";
import { fillRamp, makeRamp } from "./ramp.ts";
import type { Box, Part } from "./renderer.ts";
import { ScanCloud } from "./scan_cloud.ts";
import { StageView, type ViewOptions } from "./stage_view.ts";

/** How bright the ends are that are not shown. */
const ghostShare = 0.75;
/** Ways that begin to count as a displacement, and that do, in cloud radii. */
const displaced: readonly [number, number] = [0.05, 0.14];
/** How long another arrangement or other frames take to appear. */
const fadeMs = 320;
/** How long arrows take to appear. */
const arrowMs = 260;
/** Narrower than this a stage has one cloud above the other. */
const narrowPx = 620;

const nothing = { points: 0, edges: 0, ghost: 0 } as const;
const everything = { points: 1, edges: 1, ghost: 0 } as const;

/** A particle that was hit. */
export interface Hit {
  readonly side: Side;
  readonly particle: number;
}

/** Two sessions' picture: one cloud that turns from a into b, or one next to the other. */
export class PairView extends StageView {
  /** Told where the clouds lie. @param stacked whether one lies above the other */
  onBoxes: (boxes: { readonly [side in Side]: Box }, stacked: boolean) => void = () => {};
  readonly #pair: PairSession;
  #scans: { readonly [side in Side]: ScanCloud };
  #reach = new Reach();
  #arrows: Arrows | null = null;
  readonly #arrowRamp = makeRamp();
  readonly #arrowDomain = new Vector2(0, 1);
  readonly #arrowScale = { value: 1 };
  readonly #arrowOpacity = { value: 0 };
  #boxes: { readonly [side in Side]: Box };

  /** @throws {GraphicsError} if the browser has no WebGL 2 */
  constructor(pair: PairSession, options: ViewOptions) {
    super(pair.settings, options);
    this.#pair = pair;
    const whole = { left: 0, top: 0, width: 1, height: 1 };
    this.#boxes = { a: whole, b: whole };
    this.#scans = this.#makeScans();
    const redraw = () => this.invalidate();
    const recolour = () => this.#each((scan) => scan.recolour());
    this.disposer.add(
      () => this.#clear(),
      () => this.#arrowRamp.dispose(),
      pair.a.playhead.subscribe(redraw),
      pair.b.playhead.subscribe(redraw),
      pair.blend.subscribe(redraw),
      pair.ghost.subscribe(redraw),
      pair.arrows.subscribe(redraw),
      pair.arrangement.subscribe(() => {
        this.resize();
        this.#fadeIn();
      }),
      pair.correspondence.subscribe(() => this.resize()),
      pair.pair.subscribe(recolour),
      pair.pair.subscribe(() => this.#choose()),
      pair.aligned.subscribe(recolour),
      pair.selection.subscribe(() => this.#choose()),
      pair.showing.subscribe(() => {
        this.rebuild();
        this.#fadeIn();
      }),
    );
    this.#each((scan) => scan.rebuild());
    this.claim();
  }

  /** Whether both clouds lie next to each other. */
  get isBeside(): boolean {
    return this.#pair.arrangement.value === "beside";
  }

  /** Where the clouds are on the stage, in CSS pixels. */
  get boxes(): { readonly [side in Side]: Box } {
    return this.#boxes;
  }

  /**
   * The particle under a point.
   *
   * @param x in CSS pixels from the stage's left edge
   * @param reachPx how far away it may be
   */
  pick(x: number, y: number, reachPx: number): Hit | null {
    const sides: readonly Side[] = this.isBeside ? ["a", "b"] : [this.#nearEnd];
    for (const side of sides) {
      const box = this.#boxes[side];
      const at = { x: x - box.left, y: y - box.top };
      if (at.x < 0 || at.y < 0 || at.x > box.width || at.y > box.height) continue;
      const places = this.#placesOf(side);
      const { group } = this.#scans[side];
      if (places === null || group === null) continue;
      const { camera } = this.rig;
      const matrix = new Matrix4().multiplyMatrices(
        camera.projectionMatrix,
        camera.matrixWorldInverse,
      ).multiply(group.matrixWorld);
      const particle = nearestParticle(places, matrix.elements, box, at, reachPx);
      if (particle !== null) return { side, particle };
    }
    return null;
  }

  protected override get isFilled(): boolean {
    return this.#scans.a.cloud !== null || this.#scans.b.cloud !== null;
  }

  protected override get isPlaying(): boolean {
    return this.#pair.playing.value;
  }

  protected override rebuild(): void {
    this.#clear();
    this.#scans = this.#makeScans();
    this.#each((scan) => scan.rebuild());
  }

  protected override restyle(): void {
    this.#each((scan) => scan.restyle());
    fillRamp(this.#arrowRamp, scales.displacement, this.look);
  }

  protected override advance(elapsedMs: number): boolean {
    const { shown, arrows } = this.#pair;
    const faded = [this.#scans.a, this.#scans.b].map(({ cloud }) => cloud?.update(elapsedMs));
    const framed = this.#reach.update(
      [...shown.a.shapes, ...shown.b.shapes],
      elapsedMs,
      this.options.reducedMotion.value,
    );
    const opacity = this.#arrowOpacity.value;
    const wanted = arrows.value ? 1 : 0;
    this.#arrowOpacity.value = approach(opacity, wanted, elapsedMs / arrowMs);
    return faded.includes(true) || framed || opacity !== wanted;
  }

  protected override fit(width: number, height: number, covered: Covered): number {
    const whole = { left: 0, top: 0, width, height };
    const stacked = this.isBeside && width < narrowPx;
    this.#boxes = { a: whole, b: whole };
    if (stacked) {
      const half = Math.floor((height - covered.top - covered.bottom) / 2);
      this.#boxes = {
        a: { left: 0, top: covered.top, width, height: half },
        b: { left: 0, top: covered.top + half, width, height: half },
      };
    } else if (this.isBeside) {
      const half = Math.floor(width / 2);
      this.#boxes = {
        a: { ...whole, width: half },
        b: { ...whole, left: width - half, width: half },
      };
    }
    this.onBoxes(this.#boxes, stacked);
    const box = this.#boxes.a;
    return super.fit(box.width, box.height, stacked ? { top: 0, bottom: 0 } : covered);
  }

  protected override render(background: string | null): boolean {
    const framing = this.#framing();
    if (framing === null) return false;
    const shares = this.#shares();
    this.#each((scan, side) => {
      scan.place(framing);
      if (scan.cloud === null) return;
      this.setOptics(scan.cloud);
      scan.cloud.setShares(shares[side]);
      scan.cloud.show(this.#pair[side].playhead.value);
      scan.cloud.stand();
    });
    this.#drawArrows(framing);
    if (!this.isBeside) {
      this.#lean();
      this.renderer.draw(this.scene, this.rig.camera, background);
      return true;
    }
    const part = (side: Side): Part => ({
      box: this.#boxes[side],
      prepare: () => this.#each((scan, other) => scan.isVisible = other === side),
    });
    this.renderer.draw(this.scene, this.rig.camera, background, [part("a"), part("b")]);
    this.#each((scan) => scan.isVisible = true);
    return true;
  }

  /** What of either cloud is in sight. */
  #shares(): { readonly [side in Side]: Shares } {
    if (this.isBeside) return { a: everything, b: everything };
    const ghost = this.#pair.ghost.value ? ghostShare : 0;
    const blend = this.#blend;
    if (blend !== null) {
      return {
        a: { points: 1, edges: 1 - blend, ghost: ghost * blend },
        b: { points: 0, edges: blend, ghost: ghost * (1 - blend) },
      };
    }
    if (!this.#isHere("a")) return { a: nothing, b: everything };
    return { a: everything, b: { ...nothing, ghost } };
  }

  /** Lets both clouds be one, somewhere between its ends. */
  #lean(): void {
    const { a, b } = this.#scans;
    const blend = this.#blend;
    if (blend === null || a.cloud === null || b.cloud === null) return;
    a.cloud.leanTo(b.cloud, blend);
    b.cloud.leanTo(a.cloud, 1 - blend);
  }

  #drawArrows(framing: Framing): void {
    if (this.#syncArrows() === null) return;
    this.#arrowScale.value = 1 / framing.radius;
    const [low, high] = toLogs(this.#pair.paints.pictureDomain());
    this.#arrowDomain.set(low, high);
  }

  /** Makes the arrows when they are first wanted. They lie where a's cloud does. */
  #syncArrows(): Arrows | null {
    const isWanted = this.#arrowOpacity.value > 0 && this.#blend !== null && !this.isBeside;
    const { cloud } = this.#scans.a;
    if (isWanted && this.#arrows === null && cloud !== null) {
      this.#arrows = new Arrows(cloud.nParticles, {
        ...cloud.shared,
        uBlend: { value: 0 },
        uRamp: { value: this.#arrowRamp },
        uDomain: { value: this.#arrowDomain },
        uThreshold: { value: new Vector2(...displaced) },
        uScale: this.#arrowScale,
        uOpacity: this.#arrowOpacity,
      });
      cloud.group.add(this.#arrows.object);
    }
    if (this.#arrows) this.#arrows.object.visible = isWanted;
    return isWanted ? this.#arrows : null;
  }

  /** What both show: linked views have one frame. */
  #framing(): Framing | null {
    const { shown } = this.#pair;
    const a = this.#reach.frame(shown.a.shapes, shown.a.playhead.value);
    const b = this.#reach.frame(shown.b.shapes, shown.b.playhead.value);
    return a && b ? mixFramings(a, b, 0.5) : a ?? b;
  }

  #isHere(side: Side): boolean {
    const { shapes, playhead } = this.#pair.shown[side];
    return shapes[playhead.value.from] !== undefined && shapes[playhead.value.to] !== undefined;
  }

  /** How far the cloud is from a to b; null where its particles have no other place. */
  get #blend(): number | null {
    const { correspondence, blend } = this.#pair;
    if (correspondence.value.kind !== "same") return null;
    return this.#isHere("a") && this.#isHere("b") ? blend.value : null;
  }

  /** The end that the cloud is nearer to. */
  get #nearEnd(): Side {
    if (this.#blend === null) return this.#isHere("a") ? "a" : "b";
    return this.#blend < 0.5 ? "a" : "b";
  }

  #placesOf(side: Side): Float32Array | null {
    const { shown } = this.#pair;
    const of = ({ shapes, playhead, header }: Session) =>
      placesAt(shapes, playhead.value, header.value?.nDims ?? 3);
    const blend = this.#blend;
    if (this.isBeside || blend === null) return of(shown[side]);
    const [a, b] = [of(shown.a), of(shown.b)];
    return a && b ? mixPlaces(a, b, blend) : null;
  }

  #choose(): void {
    const { selection } = this.#pair;
    const isChosen = selection.value.kind !== "none";
    const a = isChosen ? this.#pair.particlesOf(selection.value, "a") : null;
    const b = isChosen ? this.#pair.particlesOf(selection.value, "b") : null;
    this.#scans.a.cloud?.setChosen(a, b);
    this.#scans.b.cloud?.setChosen(b, a);
    this.invalidate();
  }

  #makeScans(): { readonly [side in Side]: ScanCloud } {
    const make = (side: Side) =>
      new ScanCloud(this.#pair.shown[side], this.scene, {
        paint: () => this.#pair.paints.paintOf(side),
        look: () => this.look,
        onRebuilt: () => {
          this.#dropArrows();
          this.rig.isFlat = (this.#pair.shown[side].header.value?.nDims ?? 3) < 3;
          this.#reach = new Reach();
        },
        onFirst: () => {
          this.resize();
          this.#choose();
        },
        onArrived: (frame) => this.#onArrived(side, frame),
        onChange: () => this.invalidate(),
      });
    return { a: make("a"), b: make("b") };
  }

  /** A frame of one may make the other's displacements known, and widens the scale of both. */
  #onArrived(side: Side, frame: number): void {
    const other = this.#scans[side === "a" ? "b" : "a"];
    if (
      this.#pair.paints.paintOf(side).colouring === "displacement" && !this.#pair.paints.isInCodes
    ) {
      const { path, back } = this.#pair.clock;
      if (side === "a" ? path === null : back === null) other.recolourFrame(frame);
      else other.recolour();
      this.#each((scan) => scan.rescale(false));
    }
    const { value } = this.#pair.selection;
    if (value.kind === "cell" && value.frame === frame) this.#choose();
  }

  /** Where there is no way from one picture to the next, it does not jump at least. */
  #fadeIn(): void {
    if (this.options.reducedMotion.value || !this.visible) return;
    this.renderer.canvas.animate({ opacity: [0, 1] }, { duration: fadeMs, easing: "ease-out" });
  }

  #dropArrows(): void {
    this.#arrows?.object.removeFromParent();
    this.#arrows?.dispose();
    this.#arrows = null;
  }

  #clear(): void {
    this.#dropArrows();
    this.#each((scan) => scan.dispose());
  }

  #each(run: (scan: ScanCloud, side: Side) => void): void {
    run(this.#scans.a, "a");
    run(this.#scans.b, "b");
  }
}
