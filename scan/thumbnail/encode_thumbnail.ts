import sharp from "sharp";
import type { Pixels } from "./render_thumbnail.ts";

/**
 * Packs a thumbnail as WebP.
 *
 * @returns the file's bytes, which the caller owns
 */
export async function encodeThumbnail(pixels: Pixels): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, data } = pixels;
  const image = sharp(data, { raw: { width, height, channels: 4 } });
  return new Uint8Array(await image.webp({ quality: 72, alphaQuality: 70, effort: 5 }).toBuffer());
}
