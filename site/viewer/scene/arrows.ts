import {
  BufferAttribute,
  BufferGeometry,
  type IUniform,
  LineSegments,
  ShaderMaterial,
} from "three";
import { fetchParticleGlsl } from "./frame_texture.ts";
import { overlay } from "./overlay.ts";

const vertexShader = /* glsl */ `
${fetchParticleGlsl}
uniform vec2 uDomain;
/** Ways below the first are no displacement, those above the second certainly are; in units of the scene. */
uniform vec2 uThreshold;
/** Scene units of one projection unit. */
uniform float uScale;
/** Particle; 0 tail, 1 tip, 2 and 3 the barbs. */
attribute vec2 end;
varying vec4 vColour;

void main() {
  int i = int(end.x + 0.5);
  int part = int(end.y + 0.5);
  vec3 from = ownPlace(i);
  vec3 to = otherPlace(i);
  float way = length(to - from);
  vec4 tail = modelViewMatrix * vec4(from, 1.0);
  vec4 tip = modelViewMatrix * vec4(to, 1.0);
  vec4 here = part == 0 ? tail : tip;
  if (part > 1) {
    vec2 along = tip.xy - tail.xy;
    along = along / max(length(along), 1e-6);
    vec2 across = vec2(-along.y, along.x) * (part == 2 ? 1.0 : -1.0);
    float barb = min(0.022, 0.3 * way * uScale);
    here.xy += barb * (across * 0.5 - along);
  }
  gl_Position = projectionMatrix * here;
  float there = smoothstep(uThreshold.x, uThreshold.y, way * uScale);
  // What is not displaced has no arrow at all.
  if (there == 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  float t = clamp((log2(max(way, 1e-9)) - uDomain.x) / (uDomain.y - uDomain.x), 0.0, 1.0);
  // Arrows come in bundles: faint ones add up to a stroke that still shows its hue.
  float strength = part == 0 ? 0.03 : part == 1 ? 0.34 : 0.6;
  float alpha = there * strength * mix(0.35, 1.0, nearness(here.z)) * litOf(i);
  vColour = vec4(colourAt(t) * alpha, alpha);
}
`;

const fragmentShader = /* glsl */ `
uniform float uOpacity;
varying vec4 vColour;

void main() {
  gl_FragColor = vColour * uOpacity;
}
`;

/** Vertices of an arrow: shaft and two barbs. */
const parts = [0, 1, 1, 2, 1, 3];

/** From every displaced particle's place in one cloud to its place in another, as one `LineSegments`. */
export class Arrows {
  readonly object: LineSegments<BufferGeometry, ShaderMaterial>;

  /** @param uniforms everything the shaders name; those of the first cloud are shared by reference */
  constructor(nParticles: number, uniforms: { readonly [name: string]: IUniform }) {
    const ends = new Float32Array(nParticles * parts.length * 2);
    for (let i = 0; i < nParticles * parts.length; i++) {
      ends[2 * i] = Math.floor(i / parts.length);
      ends[2 * i + 1] = parts[i % parts.length];
    }
    const geometry = new BufferGeometry();
    geometry.setAttribute("end", new BufferAttribute(ends, 2));
    geometry.setDrawRange(0, nParticles * parts.length);
    this.object = new LineSegments(
      geometry,
      new ShaderMaterial({ uniforms: { ...uniforms }, vertexShader, fragmentShader, ...overlay }),
    );
    this.object.frustumCulled = false;
    this.object.renderOrder = 2;
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.object.material.dispose();
  }
}
