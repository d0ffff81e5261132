import { BufferAttribute, BufferGeometry, type IUniform, Points, ShaderMaterial } from "three";
import { fetchParticleGlsl } from "./frame_texture.ts";

const vertexShader = /* glsl */ `
${fetchParticleGlsl}
uniform sampler2D uRamp;
uniform vec2 uDomain;
uniform float uFlip;
uniform float uSize;
uniform float uPixels;
uniform float uMaxPixels;
attribute float particle;
varying vec3 vColour;
varying float vNear;
varying float vShrink;

void main() {
  vec4 here = particleAt(particle);
  vec4 view = modelViewMatrix * vec4(here.xyz, 1.0);
  gl_Position = projectionMatrix * view;
  float t = clamp((here.w - uDomain.x) / (uDomain.y - uDomain.x), 0.0, 1.0);
  vColour = texture2D(uRamp, vec2(mix(0.5 / 256.0, 255.5 / 256.0, mix(t, 1.0 - t, uFlip)), 0.5)).rgb;
  vNear = nearness(view.z);
  float pixels = uSize * uPixels / -view.z;
  gl_PointSize = clamp(pixels, 3.0, uMaxPixels);
  // A sprite cannot get smaller than a few pixels; beyond that it gets fainter instead.
  vShrink = min(1.0, pixels / 3.0);
}
`;

const fragmentShader = /* glsl */ `
uniform float uInk;
uniform float uOpacity;
varying vec3 vColour;
varying float vNear;
varying float vShrink;

void main() {
  float r = length(gl_PointCoord * 2.0 - 1.0);
  if (r > 1.0) discard;
  float core = 1.0 - smoothstep(0.24, 0.44, r);
  float halo = pow(1.0 - r, 2.6);
  if (uInk > 0.5) {
    float alpha = (core * mix(0.42, 0.92, vNear) + halo * 0.16) * vShrink * uOpacity;
    gl_FragColor = vec4(mix(vColour, vec3(1.0), (1.0 - vNear) * 0.35), min(1.0, alpha));
  } else {
    float glow = (core * 0.72 + halo * 0.34) * mix(0.34, 1.0, vNear) * vShrink;
    vec3 hot = mix(vColour, vec3(1.0), core * core * 0.28 * vNear);
    gl_FragColor = vec4(hot * glow * uOpacity, 1.0);
  }
}
`;

/** Uniforms that are the points' own; the shared ones come from the cloud. */
export interface PointUniforms {
  readonly uDomain: IUniform;
  /** 1 where the low value is the remarkable one. */
  readonly uFlip: IUniform<number>;
  /** Sprite radius in the cloud's normalised units. */
  readonly uSize: IUniform<number>;
}

/**
 * All particles as one `Points`: soft round sprites that shrink with distance and morph in the vertex
 * shader.
 *
 * @param uniforms everything the shaders name; shared uniforms are shared by reference
 */
export function makePoints(
  nParticles: number,
  uniforms: { readonly [name: string]: IUniform },
): Points<BufferGeometry, ShaderMaterial> {
  const geometry = new BufferGeometry();
  const particles = Float32Array.from({ length: nParticles }, (_, i) => i);
  geometry.setAttribute("particle", new BufferAttribute(particles, 1));
  geometry.setDrawRange(0, nParticles);
  const material = new ShaderMaterial({
    uniforms: { ...uniforms },
    vertexShader,
    fragmentShader,
    transparent: true,
    depthTest: false,
    depthWrite: false,
  });
  const points = new Points(geometry, material);
  // The shader moves the particles: three knows no bounds to cull by.
  points.frustumCulled = false;
  points.renderOrder = 1;
  return points;
}
