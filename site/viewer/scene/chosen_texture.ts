import { DataTexture, NearestFilter, RGFormat, UnsignedByteType } from "three";

/** As that of a frame texture, whose shaders find a particle's texel in the same way. */
const width = 2048;

/** Which particles are chosen: red for this scan, green for the one it is compared with. */
export class ChosenTexture {
  readonly texture: DataTexture;
  readonly #texels: Uint8Array;

  constructor(readonly nParticles: number) {
    const height = Math.max(1, Math.ceil(nParticles / width));
    this.#texels = new Uint8Array(width * height * 2);
    this.texture = new DataTexture(this.#texels, width, height, RGFormat, UnsignedByteType);
    this.texture.minFilter = this.texture.magFilter = NearestFilter;
    this.texture.needsUpdate = true;
  }

  set(own: ReadonlySet<number>, other: ReadonlySet<number>): void {
    for (let i = 0; i < this.nParticles; i++) {
      this.#texels[2 * i] = own.has(i) ? 255 : 0;
      this.#texels[2 * i + 1] = other.has(i) ? 255 : 0;
    }
    this.texture.needsUpdate = true;
  }
}
