import { Color, Vector2, WebGLRenderer } from "three";
import type { Camera, Scene } from "three";

/** More pixels than this per CSS pixel cost much and show little. */
const maxPixelRatio = 2;

/** Why there is no picture. */
export class GraphicsError extends Error {
  override readonly name = "GraphicsError";
}

/** Somebody who has the canvas. */
export interface Tenant {
  /** Where the canvas lives. */
  readonly surface: HTMLElement;
  /** The graphics context went away; the browser may bring it back. */
  onLost(): void;
  onRestored(): void;
  /** Another tenant took the canvas. */
  onEvicted(): void;
  /** The canvas is there, or there again. */
  onMoved(): void;
}

/** Where a part of a picture lies, in CSS pixels from the stage's top left corner. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A part of a picture that has a camera's whole view. */
export interface Part {
  readonly box: Box;
  /** Puts into sight what belongs to this part, and nothing else. */
  prepare(): void;
}

/**
 * The one WebGL context of a page. Browsers drop the oldest of about sixteen contexts, and a gallery
 * has more cards than that: so there is one canvas, which moves to whoever shows something. The last
 * to ask has it; when it lets go, the one before gets it back.
 */
export class SharedRenderer {
  readonly canvas = document.createElement("canvas");
  readonly #renderer: WebGLRenderer;
  readonly #tenants: Tenant[] = [];
  readonly #clear = new Color();
  #lost = false;

  /** @throws {GraphicsError} if the browser has no WebGL 2 */
  constructor() {
    this.canvas.className = "ws-canvas";
    this.canvas.setAttribute("aria-hidden", "true");
    const context = makeContext(this.canvas);
    this.#renderer = new WebGLRenderer({ canvas: this.canvas, context });
    // A picture of two parts counts the draw calls of both.
    this.#renderer.info.autoReset = false;
    // Told after a lost context is back: three's own listener, added before, has then rebuilt its state.
    this.canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.#lost = true;
      this.#tenants.at(-1)?.onLost();
    });
    this.canvas.addEventListener("webglcontextrestored", () => {
      this.#lost = false;
      this.#tenants.at(-1)?.onRestored();
    });
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Draw calls of the last picture. */
  get drawCalls(): number {
    return this.#renderer.info.render.calls;
  }

  /** Moves the canvas to a tenant. */
  claim(tenant: Tenant): void {
    const present = this.#tenants.at(-1);
    if (present === tenant) return;
    const known = this.#tenants.indexOf(tenant);
    if (known >= 0) this.#tenants.splice(known, 1);
    present?.onEvicted();
    this.#tenants.push(tenant);
    this.#move(tenant);
  }

  /** Takes the canvas from a tenant for good; the one before it gets it back. */
  release(tenant: Tenant): void {
    const at = this.#tenants.indexOf(tenant);
    if (at < 0) return;
    const had = at === this.#tenants.length - 1;
    this.#tenants.splice(at, 1);
    if (!had) return;
    this.canvas.remove();
    const next = this.#tenants.at(-1);
    if (next) this.#move(next);
  }

  holds(tenant: Tenant): boolean {
    return this.#tenants.at(-1) === tenant;
  }

  /** @param width CSS pixels @returns device pixels per CSS pixel */
  resize(width: number, height: number): number {
    const ratio = Math.min(maxPixelRatio, globalThis.devicePixelRatio || 1);
    this.#renderer.setPixelRatio(ratio);
    this.#renderer.setSize(Math.max(1, width), Math.max(1, height), false);
    return ratio;
  }

  /**
   * @param background a CSS colour; null leaves what lies behind the canvas in sight
   * @param parts what to draw where; the whole scene on all of the canvas by default
   */
  draw(
    scene: Scene,
    camera: Camera,
    background: string | null,
    parts: readonly Part[] | null = null,
  ): void {
    if (this.#lost) return;
    const renderer = this.#renderer;
    renderer.info.reset();
    renderer.setClearColor(this.#clear.setStyle(background ?? "#000"), background ? 1 : 0);
    if (parts === null) {
      renderer.render(scene, camera);
      return;
    }
    const { x: width, y: height } = renderer.getSize(new Vector2());
    renderer.clear();
    renderer.setScissorTest(true);
    for (const { box, prepare } of parts) {
      prepare();
      const bottom = height - box.top - box.height;
      renderer.setViewport(box.left, bottom, box.width, box.height);
      renderer.setScissor(box.left, bottom, box.width, box.height);
      renderer.render(scene, camera);
    }
    renderer.setScissorTest(false);
    renderer.setViewport(0, 0, width, height);
  }

  #move(tenant: Tenant): void {
    tenant.surface.prepend(this.canvas);
    tenant.onMoved();
  }
}

/**
 * The context that suits the machine: smooth lines where a graphics card draws them. In software they
 * would take three times as long, and where device pixels are small nobody would see them.
 *
 * Asked for here, not by three, whose refusal would go to the console as an error of its own.
 *
 * @throws {GraphicsError} if the browser has no WebGL 2
 */
export function makeContext(canvas: HTMLCanvasElement): WebGL2RenderingContext {
  const context = canvas.getContext("webgl2", {
    alpha: true,
    premultipliedAlpha: true,
    depth: false,
    stencil: false,
    antialias: globalThis.devicePixelRatio < 2 && !drawsInSoftware(),
    powerPreference: "high-performance",
  });
  if (context === null) {
    throw new GraphicsError("Cannot draw the cloud: expected WebGL 2, the browser offers none");
  }
  return context;
}

/** Names of drivers that have no graphics card behind them. */
const softwareDrivers = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Asks a context of its own, given back at once: smoothing cannot be chosen after the first look. */
function drawsInSoftware(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  const info = context?.getExtension("WEBGL_debug_renderer_info");
  if (!context) return false;
  const name = info ? String(context.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return softwareDrivers.test(name);
}

let shared: SharedRenderer | null = null;

/** The page's renderer, made on first use. @throws {GraphicsError} as its constructor */
export function sharedRenderer(): SharedRenderer {
  return shared ??= new SharedRenderer();
}

/** Gives the context up, so that the next use makes a new one: for a context that did not come back. */
export function discardRenderer(): void {
  shared?.canvas.remove();
  shared = null;
}
