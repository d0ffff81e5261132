import type { Group, Scene } from "three";
import type { Framing } from "../framing.ts";
import { type Paint, toLogs } from "../paint.ts";
import { type Look, scales } from "../palette.ts";
import { neighboursPerParticle, type Session } from "../session.ts";
import { Disposer } from "../state.ts";
import { Cloud } from "./cloud.ts";

export interface ScanCloudEvents {
  /** What the colours show now. */
  paint(): Paint;
  look(): Look;
  /** There is a new cloud, or none any more. */
  onRebuilt(): void;
  /** The first frame has arrived. */
  onFirst(): void;
  /** A further frame has arrived. */
  onArrived?(frame: number): void;
  onChange(): void;
}

/** A session's cloud in a scene: it takes frames, edges and colours over as they arrive. */
export class ScanCloud {
  cloud: Cloud | null = null;
  readonly #disposer = new Disposer();
  #framesIn = 0;
  #edgesIn = 0;

  constructor(
    readonly session: Session,
    private readonly scene: Scene,
    private readonly events: ScanCloudEvents,
  ) {
    const { settings } = session;
    this.#disposer.add(
      session.header.subscribe(() => this.rebuild()),
      session.arrived.subscribe(() => this.#catchUp()),
      session.linked.subscribe(() => this.#catchUp()),
      session.domains.subscribe(() => this.rescale(false)),
      settings.colour.subscribe(() => this.recolour()),
      session.token.subscribe(() => this.#focus()),
      settings.edges.subscribe(() => this.restyle()),
      settings.pointSize.subscribe(() => this.restyle()),
    );
  }

  set isVisible(visible: boolean) {
    if (this.cloud) this.cloud.group.visible = visible;
  }

  get group(): Group | null {
    return this.cloud?.group ?? null;
  }

  rebuild(): void {
    const header = this.session.header.value;
    if (this.cloud) {
      this.scene.remove(this.cloud.group);
      this.cloud.dispose();
      this.cloud = null;
    }
    this.#framesIn = this.#edgesIn = 0;
    if (header !== null) {
      this.cloud = new Cloud(
        header.nParticles,
        header.nDims,
        header.layers.length,
        header.nParticles * neighboursPerParticle,
      );
      this.scene.add(this.cloud.group);
    }
    this.events.onRebuilt();
    this.restyle();
    this.rescale(true);
    this.#focus();
    this.#catchUp();
  }

  recolour(): void {
    for (let frame = 0; frame < this.#framesIn; frame++) this.recolourFrame(frame);
    this.restyle();
    this.rescale(true);
    this.#focus();
  }

  restyle(): void {
    const { settings } = this.session;
    this.cloud?.setLook(this.events.look(), scales[this.events.paint().colouring], scales.edge);
    if (this.cloud) {
      this.cloud.edgesOn = settings.edges.value;
      this.cloud.pointSize = settings.pointSize.value;
    }
    this.events.onChange();
  }

  /** @param anew whether the colours show another measure than before */
  rescale(anew: boolean): void {
    const { domain, flip } = this.events.paint();
    this.cloud?.setPointDomain(domain, flip, anew);
    this.cloud?.setEdgeDomain(toLogs(this.session.domains.value.edge));
    this.events.onChange();
  }

  /** Puts the cloud where its framed part has radius 1 around the origin. */
  place({ centre, radius }: Framing): void {
    const scale = 1 / radius;
    this.group?.scale.setScalar(scale);
    this.group?.position.set(-centre[0] * scale, -centre[1] * scale, -centre[2] * scale);
  }

  dispose(): void {
    this.#disposer.dispose();
    if (this.cloud === null) return;
    this.scene.remove(this.cloud.group);
    this.cloud.dispose();
    this.cloud = null;
  }

  #catchUp(): void {
    if (this.cloud === null) return;
    const { shapes, edges } = this.session;
    if (this.#framesIn === 0 && shapes.length > 0) this.events.onFirst();
    for (; this.#framesIn < shapes.length; this.#framesIn++) {
      this.cloud.setPositions(this.#framesIn, shapes[this.#framesIn].frame.positions);
      this.recolourFrame(this.#framesIn);
      this.events.onArrived?.(this.#framesIn);
    }
    for (; this.#edgesIn < edges.length; this.#edgesIn++) {
      const { ends, lengths } = edges[this.#edgesIn];
      this.cloud.setEdges(this.#edgesIn, ends, lengths);
      if (this.session.colouring === "density") this.recolourFrame(this.#edgesIn);
    }
    this.events.onChange();
  }

  recolourFrame(frame: number): void {
    const values = this.events.paint().valuesOf(frame);
    if (values !== null) this.cloud?.setValues(frame, values);
  }

  /** Lets the particles that read the chosen token stand out, where the colours tell tokens. */
  #focus(): void {
    const { token } = this.session;
    const chosen = this.events.paint().colouring === "token" ? token.value : null;
    this.cloud?.setFocus(chosen === null ? null : [chosen - 0.5, chosen + 0.5]);
    this.events.onChange();
  }
}
