import sharp from "sharp";
import type { Pixels } from "./render_thumbnail.ts";

/** A page shows many thumbnails. */
const mostBytes = 30_000;

/** Steps of alpha below and above its knee, and WebP's quality for the colours: best first. */
const ladder = [
  { fine: 2, coarse: 12, quality: 84 },
  { fine: 3, coarse: 24, quality: 80 },
  { fine: 4, coarse: 36, quality: 72 },
  { fine: 6, coarse: 48, quality: 60 },
  { fine: 12, coarse: 85, quality: 30 },
] as const;
/** Glow is fainter than this, so that it keeps fine steps; only the points' rims are stronger. */
const knee = 110;
/** Below this a step would show as a rim around the glow. */
const faint = 14;

/**
 * Packs a thumbnail as WebP, at the best quality that keeps it within 30 KB, or else at the lowest.
 *
 * WebP keeps alpha without loss, which a soft glow makes four times as large as its colours; steps
 * too fine to see are therefore taken out of it first.
 *
 * @returns the file's bytes, which the caller owns
 */
export async function encodeThumbnail(pixels: Pixels): Promise<Uint8Array<ArrayBuffer>> {
  let smallest = new Uint8Array(0);
  for (const { fine, coarse, quality } of ladder) {
    const { width, height, channels, data } = {
      ...withSteps(pixels, fine, coarse),
      channels: 4,
    } as const;
    const image = sharp(data, { raw: { width, height, channels } });
    smallest = new Uint8Array(
      await image.webp({ quality, alphaQuality: 100, effort: 4 }).toBuffer(),
    );
    if (smallest.length <= mostBytes) break;
  }
  return smallest;
}

function withSteps({ width, height, data }: Pixels, fine: number, coarse: number): Pixels {
  const alphas = Uint8ClampedArray.from({ length: 256 }, (_, alpha) => {
    const step = alpha < faint ? Math.min(2, fine) : alpha < knee ? fine : coarse;
    return Math.round(alpha / step) * step;
  });
  return { width, height, data: data.map((value, i) => i % 4 === 3 ? alphas[value] : value) };
}
