import {
  BufferAttribute,
  BufferGeometry,
  DynamicDrawUsage,
  type IUniform,
  LineSegments,
  ShaderMaterial,
} from "three";
import { fetchParticleGlsl } from "./frame_texture.ts";

const vertexShader = /* glsl */ `
${fetchParticleGlsl}
uniform sampler2D uRamp;
uniform vec2 uDomain;
uniform vec2 uWeights;
attribute float particle;
attribute float slot;
attribute float span;
varying vec4 vColour;

void main() {
  vec4 view = modelViewMatrix * vec4(particleAt(particle).xyz, 1.0);
  gl_Position = projectionMatrix * view;
  float close = 1.0 - clamp((span - uDomain.x) / (uDomain.y - uDomain.x), 0.0, 1.0);
  vec3 colour = texture2D(uRamp, vec2(mix(0.5 / 256.0, 255.5 / 256.0, close), 0.5)).rgb;
  float weight = int(slot + 0.5) == uSlots.x ? uWeights.x : uWeights.y;
  float alpha = mix(0.06, 0.62, close * close) * mix(0.3, 1.0, nearness(view.z));
  vColour = vec4(colour, alpha * weight);
}
`;

const fragmentShader = /* glsl */ `
uniform float uOpacity;
varying vec4 vColour;

void main() {
  gl_FragColor = vec4(vColour.rgb, vColour.a * uOpacity);
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
  readonly #particle: BufferAttribute;
  readonly #slot: BufferAttribute;
  readonly #span: BufferAttribute;
  readonly #weights: IUniform;

  /**
   * @param nSlots frames, and one that repeats the first
   * @param maxEdges most edges that a frame can have
   */
  constructor(
    nParticles: number,
    nSlots: number,
    maxEdges: number,
    uniforms: { readonly [name: string]: IUniform },
  ) {
    this.#perSlot = 2 * maxEdges;
    this.#nSlots = nSlots;
    const nVertices = nSlots * this.#perSlot;
    const ids = nParticles > 0xffff ? new Uint32Array(nVertices) : new Uint16Array(nVertices);
    this.#particle = new BufferAttribute(ids, 1);
    this.#slot = new BufferAttribute(new Uint16Array(nVertices), 1);
    this.#span = new BufferAttribute(new Float32Array(nVertices), 1);
    for (const attribute of [this.#particle, this.#slot, this.#span]) {
      attribute.setUsage(DynamicDrawUsage);
    }
    this.#geometry.setAttribute("particle", this.#particle);
    this.#geometry.setAttribute("slot", this.#slot);
    this.#geometry.setAttribute("span", this.#span);
    this.#weights = uniforms.uWeights;
    const material = new ShaderMaterial({
      uniforms: { ...uniforms },
      vertexShader,
      fragmentShader,
      transparent: true,
      depthTest: false,
      depthWrite: false,
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
      for (let i = 0; i < ends.length; i++) {
        this.#particle.array[start + i] = ends[i];
        this.#slot.array[start + i] = slot;
        this.#span.array[start + i] = lengths[i >> 1];
      }
      for (const attribute of [this.#particle, this.#slot, this.#span]) {
        attribute.addUpdateRange(start, this.#perSlot);
        attribute.needsUpdate = true;
      }
    }
  }

  /** Chooses what is drawn: slot `from` with the first weight, the slot after it with the second. */
  show(from: number, weights: readonly [number, number]): void {
    const first = weights[0] > 0 ? from : from + 1;
    const last = weights[1] > 0 ? from + 1 : from;
    this.object.visible = last >= first && (weights[0] > 0 || weights[1] > 0);
    this.#geometry.setDrawRange(first * this.#perSlot, (last - first + 1) * this.#perSlot);
    this.#weights.value.set(weights[0], weights[1]);
  }

  dispose(): void {
    this.#geometry.dispose();
    this.object.material.dispose();
  }
}
