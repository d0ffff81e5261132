import { BufferAttribute, BufferGeometry, type IUniform, Points, ShaderMaterial } from "three";
import { overlay } from "./overlay.ts";
import { fetchParticleGlsl } from "./frame_texture.ts";

const vertexShader = /* glsl */ `
${fetchParticleGlsl}
uniform vec2 uDomain;
uniform float uFlip;
uniform vec2 uFocus;
uniform float uSize;
uniform float uPixels;
uniform float uMaxPixels;
attribute float particle;
varying vec3 vColour;
varying float vNear;
varying float vShrink;

/** 1 for a value in focus, little for others. */
float inFocus(float value) {
  return value >= uFocus.x && value <= uFocus.y ? 1.0 : 0.12;
}

/** Place of a value on the colour scale, 0 … 1. */
float scaled(float value) {
  return clamp((value - uDomain.x) / (uDomain.y - uDomain.x), 0.0, 1.0);
}

void main() {
  int i = int(particle + 0.5);
  vec4 view = modelViewMatrix * vec4(placeOf(i), 1.0);
  gl_Position = projectionMatrix * view;
  // Colours glide between places on the scale: a value far below its low end counts as the low end.
  float from = texelOf(uSlots.x, i).w;
  float to = texelOf(uSlots.y, i).w;
  float t = mix(scaled(from), scaled(to), uMix);
  float focus = mix(inFocus(from), inFocus(to), uMix);
  if (uBlend > 0.0) {
    float there = mix(
      scaled(otherTexelOf(uOtherSlots.x, i).w), scaled(otherTexelOf(uOtherSlots.y, i).w), uOtherMix);
    t = mix(t, there, uBlend);
  }
  vColour = colourAt(mix(t, 1.0 - t, uFlip));
  vNear = nearness(view.z);
  float pixels = uSize * uPixels / -view.z;
  if (uLit > 0.0) pixels *= 1.0 + 0.25 * uLit * chosenOf(i);
  gl_PointSize = clamp(pixels, 3.0, uMaxPixels);
  // A sprite cannot get smaller than a few pixels; beyond that it gets fainter instead.
  vShrink = min(1.0, pixels / 3.0) * focus * litOf(i);
}
`;

const fragmentShader = /* glsl */ `
uniform float uInk;
uniform float uOpacity;
uniform float uGhost;
varying vec3 vColour;
varying float vNear;
varying float vShrink;

// Premultiplied: where alpha is smaller than the colour, light adds up; where it is as large, it covers.
// On film a core covers what is behind it, so that dense places keep their hue, and the halo adds.
void main() {
  float r = length(gl_PointCoord * 2.0 - 1.0);
  if (r > 1.0) discard;
  float core = 1.0 - smoothstep(0.1, 0.27, r);
  float halo = (1.0 - r) * (1.0 - r) * (1.0 - r);
  float strength = vShrink * uOpacity;
  if (uGhost > 0.5) {
    // Where a particle is in the other scan: without hue and glow, a ring more than a dot.
    float ring = core * mix(0.45, 1.0, smoothstep(0.06, 0.18, r));
    float alpha = ring * mix(0.3, 1.0, vNear) * strength * 0.5;
    gl_FragColor = vec4(mix(vec3(0.6, 0.68, 0.75), vec3(0.32, 0.38, 0.44), uInk) * alpha, alpha);
    return;
  }
  if (uInk > 0.5) {
    float alpha = min(1.0, core * mix(0.4, 0.94, vNear) + halo * 0.13) * strength;
    vec3 ink = mix(vColour, vec3(0.86, 0.9, 0.92), (1.0 - vNear) * 0.5);
    gl_FragColor = vec4(ink * alpha, alpha);
  } else {
    float light = mix(0.3, 1.0, vNear);
    vec3 colour = mix(vColour, vec3(1.0), core * core * 0.16 * vNear);
    gl_FragColor = vec4(colour * (core * 0.92 + halo * 0.3) * light, core * mix(0.5, 0.86, vNear)) * strength;
  }
}
`;

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
    ...overlay,
  });
  const points = new Points(geometry, material);
  // The shader moves the particles: three knows no bounds to cull by.
  points.frustumCulled = false;
  points.renderOrder = 1;
  return points;
}
