import {
  BufferAttribute,
  BufferGeometry,
  DynamicDrawUsage,
  type IUniform,
  LineSegments,
  ShaderMaterial,
} from "three";
import { fetchParticleGlsl } from "./frame_texture.ts";
import { overlay } from "./overlay.ts";

const vertexShader = /* glsl */ `
${fetchParticleGlsl}
uniform vec2 uDomain;
uniform vec2 uWeights;
uniform float uInk;
/** Particle, slot, logarithm of the edge's length. */
attribute vec3 end;
flat varying vec4 vColour;

void main() {
  int i = int(end.x + 0.5);
  vec4 view = modelViewMatrix * vec4(placeOf(i), 1.0);
  gl_Position = projectionMatrix * view;
  float close = 1.0 - clamp((end.z - uDomain.x) / (uDomain.y - uDomain.x), 0.0, 1.0);
  vec3 colour = colourAt(close);
  float weight = int(end.y + 0.5) == uSlots.x ? uWeights.x : uWeights.y;
  float alpha = mix(0.24, 0.95, close) * mix(0.25, 1.0, nearness(view.z)) * weight * litOf(i);
  // On film lines add light, as ink they cover.
  vColour = vec4(colour * alpha, alpha * mix(0.25, 1.0, uInk));
}
`;

const fragmentShader = /* glsl */ `
uniform float uOpacity;
flat varying vec4 vColour;

void main() {
  gl_FragColor = vColour * uOpacity;
}
`;

/**
 * All edges of all frames as one `LineSegments`. Frames lie one after the other in the buffers, each
 * with room for its largest possible number of edges, so that two neighbouring frames are one draw
 * range: the edges of both are drawn at once and cross-fade by weight. An edge that both frames have
 * keeps its brightness.
 */
export class Edges {
  readonly object: LineSegments<BufferGeometry, ShaderMaterial>;
  readonly #geometry = new BufferGeometry();
  readonly #perSlot: number;
  readonly #nSlots: number;
  readonly #ends: BufferAttribute;
  readonly #weights: IUniform;
  /** Vertices in use in each slot. */
  readonly #used: Int32Array;

  /**
   * @param nSlots frames, and one that repeats the first
   * @param maxEdges most edges that a frame can have
   */
  constructor(
    nSlots: number,
    maxEdges: number,
    uniforms: { readonly [name: string]: IUniform },
  ) {
    this.#perSlot = 2 * maxEdges;
    this.#nSlots = nSlots;
    this.#used = new Int32Array(nSlots);
    const nVertices = nSlots * this.#perSlot;
    this.#ends = new BufferAttribute(new Float32Array(nVertices * 3), 3);
    this.#ends.setUsage(DynamicDrawUsage);
    this.#geometry.setAttribute("end", this.#ends);
    this.#weights = uniforms.uWeights;
    const material = new ShaderMaterial({
      uniforms: { ...uniforms },
      vertexShader,
      fragmentShader,
      ...overlay,
    });
    this.object = new LineSegments(this.#geometry, material);
    this.object.frustumCulled = false;
    this.object.visible = false;
  }

  /**
   * Puts a frame's edges in place.
   *
   * @param ends [nEdges, 2] particle indices
   * @param lengths [nEdges] in projection units
   */
  setFrame(frame: number, ends: Int32Array, lengths: Float32Array): void {
    const slots = frame === 0 ? [0, this.#nSlots - 1] : [frame];
    for (const slot of slots) {
      const start = slot * this.#perSlot;
      this.#used[slot] = ends.length;
      for (let i = 0; i < ends.length; i++) {
        const span = Math.log2(Math.max(lengths[i >> 1], 1e-9));
        this.#ends.setXYZ(start + i, ends[i], slot, span);
      }
      this.#ends.addUpdateRange(start * 3, ends.length * 3);
      this.#ends.needsUpdate = true;
    }
  }

  /** Chooses what is drawn: slot `from` with the first weight, the slot after it with the second. */
  show(from: number, weights: readonly [number, number]): void {
    const first = weights[0] > 0 ? from : from + 1;
    const last = weights[1] > 0 ? from + 1 : from;
    this.object.visible = last >= first && (weights[0] > 0 || weights[1] > 0);
    const start = first * this.#perSlot;
    const end = last * this.#perSlot + (this.#used[last] ?? 0);
    this.#geometry.setDrawRange(start, Math.max(0, end - start));
    this.#weights.value.set(weights[0], weights[1]);
  }

  dispose(): void {
    this.#geometry.dispose();
    this.object.material.dispose();
  }
}
