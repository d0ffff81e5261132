import sharp from "sharp";
import type { Pixels } from "./render_thumbnail.ts";

/** A page shows many thumbnails; a crowded one needs this much to keep its points crisp. */
const mostBytes = 40_000;

/** Steps of alpha below and above its knee, and WebP's quality for the colours: best first. */
const settings = [
  { fine: 3, coarse: 24, quality: 80 },
  { fine: 5, coarse: 44, quality: 70 },
  { fine: 8, coarse: 64, quality: 56 },
] as const;
type Settings = typeof settings[number];
/** A picture's bytes grow with about this power of its side: with its area, but less for lines. */
const growth = 1.7;
const smallestScale = 0.3;
/** Glow is fainter than this, so that it keeps fine steps; only the points' rims are stronger. */
const knee = 110;
/** Below this a step would show as a rim around the glow. */
const faint = 14;

/**
 * Packs a thumbnail as WebP within 40 KB: at full size as well as it can be, or else as large as it can.
 *
 * WebP keeps alpha without loss, which a soft glow makes four times as large as its colours; steps
 * too fine to see are therefore taken out of it first.
 *
 * @returns the file's bytes, which the caller owns; more than 40 KB only for noise at a third of the size
 */
export async function encodeThumbnail(pixels: Pixels): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(0);
  for (const setting of settings) {
    bytes = await pack(pixels, setting);
    if (bytes.length <= mostBytes) return bytes;
  }
  const plain = settings[settings.length - 1];
  for (let scale = 1; bytes.length > mostBytes && scale > smallestScale;) {
    scale *= Math.min(0.97, (mostBytes / bytes.length) ** (1 / growth));
    bytes = await pack(await resize(pixels, scale), plain);
  }
  return bytes;
}

async function pack(
  pixels: Pixels,
  { fine, coarse, quality }: Settings,
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, data } = withSteps(pixels, fine, coarse);
  const image = sharp(data, { raw: { width, height, channels: 4 } });
  return new Uint8Array(await image.webp({ quality, alphaQuality: 100, effort: 4 }).toBuffer());
}

async function resize(pixels: Pixels, scale: number): Promise<Pixels> {
  const { width, height, data } = pixels;
  const [columns, rows] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const small = await sharp(data, { raw: { width, height, channels: 4 } })
    .resize(columns, rows, { fit: "fill" }).raw().toBuffer();
  return { width: columns, height: rows, data: new Uint8ClampedArray(small) };
}

/** Rounds alpha to what can be told apart. */
function withSteps({ width, height, data }: Pixels, fine: number, coarse: number): Pixels {
  const alphas = Uint8ClampedArray.from({ length: 256 }, (_, alpha) => {
    const step = alpha < faint ? Math.min(2, fine) : alpha < knee ? fine : coarse;
    return Math.round(alpha / step) * step;
  });
  return { width, height, data: data.map((value, i) => i % 4 === 3 ? alphas[value] : value) };
}
