import { DataTexture, FloatType, NearestFilter, RGBAFormat } from "three";

/** Every WebGL 2 device has textures of 2048; a power of two, so that no shader has to divide. */
const width = 2048;

/**
 * All frames of a scan in one float texture, so that a step between layers uploads nothing: the
 * shaders fetch a particle's place in two frames and mix them. A texel holds x, y, z and the number
 * that the colour shows.
 *
 * One more slot after the last frame repeats the first, so that the way back from the last frame to
 * the first is a pair of neighbouring slots like any other.
 */
export class FrameTexture {
  readonly texture: DataTexture;
  readonly nSlots: number;
  readonly #texels: Float32Array;

  constructor(readonly nParticles: number, readonly nFrames: number) {
    this.nSlots = nFrames + 1;
    const nTexels = Math.max(1, nParticles * this.nSlots);
    const height = Math.ceil(nTexels / width);
    this.#texels = new Float32Array(width * height * 4);
    this.texture = new DataTexture(this.#texels, width, height, RGBAFormat, FloatType);
    this.texture.minFilter = this.texture.magFilter = NearestFilter;
    this.texture.internalFormat = "RGBA32F";
  }

  /** @param positions [nParticles, nDims], two dimensions lie in the plane z = 0 */
  setPositions(frame: number, positions: Float32Array, nDims: number): void {
    for (const slot of this.#slotsOf(frame)) {
      const start = slot * this.nParticles * 4;
      for (let i = 0; i < this.nParticles; i++) {
        for (let axis = 0; axis < 3; axis++) {
          this.#texels[start + i * 4 + axis] = axis < nDims ? positions[i * nDims + axis] : 0;
        }
      }
    }
    this.texture.needsUpdate = true;
  }

  /** @param values [nParticles] */
  setValues(frame: number, values: ArrayLike<number>): void {
    for (const slot of this.#slotsOf(frame)) {
      const start = slot * this.nParticles * 4;
      for (let i = 0; i < this.nParticles; i++) this.#texels[start + i * 4 + 3] = values[i];
    }
    this.texture.needsUpdate = true;
  }

  dispose(): void {
    this.texture.dispose();
  }

  #slotsOf(frame: number): number[] {
    return frame === 0 ? [0, this.nSlots - 1] : [frame];
  }
}

/**
 * GLSL that all shaders share; see {@linkcode FrameTexture}. A particle may be on its way to where
 * another scan has it: `uOther`, `uBlend`.
 */
export const fetchParticleGlsl = /* glsl */ `
uniform highp sampler2D uFrames;
uniform int uCount;
uniform ivec2 uSlots;
uniform float uMix;
uniform highp sampler2D uOther;
uniform ivec2 uOtherSlots;
uniform float uOtherMix;
/** 0 at its own place, 1 at the other's. */
uniform float uBlend;
/** Whether a particle is chosen, here and in the other scan. */
uniform sampler2D uChosen;
/** 1 lets the chosen ones stand out. */
uniform float uLit;
uniform sampler2D uRamp;
uniform vec2 uDepth;

ivec2 atParticle(int particle) {
  return ivec2(particle & 2047, particle >> 11);
}

vec4 texelOf(int slot, int particle) {
  return texelFetch(uFrames, atParticle(slot * uCount + particle), 0);
}

vec4 otherTexelOf(int slot, int particle) {
  return texelFetch(uOther, atParticle(slot * uCount + particle), 0);
}

vec3 ownPlace(int i) {
  vec3 from = texelOf(uSlots.x, i).xyz;
  return uMix == 0.0 ? from : mix(from, texelOf(uSlots.y, i).xyz, uMix);
}

vec3 otherPlace(int i) {
  vec3 from = otherTexelOf(uOtherSlots.x, i).xyz;
  return uOtherMix == 0.0 ? from : mix(from, otherTexelOf(uOtherSlots.y, i).xyz, uOtherMix);
}

/** Between two frames, and between two scans. */
vec3 placeOf(int i) {
  return uBlend == 0.0 ? ownPlace(i) : mix(ownPlace(i), otherPlace(i), uBlend);
}

/** 1 for a chosen particle, 0 for others; in between on the way from one scan to the other. */
float chosenOf(int i) {
  vec2 chosen = texelFetch(uChosen, atParticle(i), 0).rg;
  return mix(chosen.r, chosen.g, uBlend);
}

/** How bright a particle is beside those that are chosen. */
float litOf(int i) {
  return uLit == 0.0 ? 1.0 : mix(1.0, mix(0.1, 1.0, chosenOf(i)), uLit);
}

/** @param t 0 … 1 */
vec3 colourAt(float t) {
  return texelFetch(uRamp, ivec2(int(t * 255.0 + 0.5), 0), 0).rgb;
}

/** 1 in front of the cloud, 0 behind it. */
float nearness(float viewZ) {
  return 1.0 - smoothstep(uDepth.x, uDepth.y, -viewZ);
}
`;
