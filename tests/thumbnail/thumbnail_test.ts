import assert from "node:assert/strict";
import sharp from "sharp";
import type { Scan } from "../../scan/format/types.ts";
import { project } from "../../scan/thumbnail/camera.ts";
import { encodeThumbnail, fitView, renderThumbnail } from "../../scan/thumbnail/mod.ts";
import { nearestNeighbours } from "../../scan/thumbnail/neighbours.ts";
import { scaleSteps } from "../../scan/thumbnail/palette.ts";
import {
  layOver,
  makeRaster,
  paintLine,
  paintSpot,
  shrink,
  toPixels,
} from "../../scan/thumbnail/raster.ts";
import { makeNormal, makeRandom } from "../fixtures/synthetic_cloud.ts";
import { makeSyntheticScan } from "../fixtures/synthetic_scan.ts";

const { scan } = makeSyntheticScan({ particles: 200, frames: 4 });

function makePoints(n: number, nDims: number, seed = 1): Float32Array {
  return Float32Array.from({ length: n * nDims }, makeNormal(makeRandom(seed)));
}

function alphas(data: Uint8ClampedArray): Uint8ClampedArray {
  return data.filter((_, i) => i % 4 === 3);
}

Deno.test("renderThumbnail() gives a picture on a clear ground, the same every time", () => {
  const { width, height, data } = renderThumbnail(scan);
  assert.deepEqual([width, height, data.length], [640, 400, 640 * 400 * 4]);
  const alpha = alphas(data);
  for (const corner of [0, 639, 399 * 640, 640 * 400 - 1]) assert.equal(alpha[corner], 0);
  const inked = alpha.filter((a) => a > 128).length;
  assert.ok(inked > 200 && inked < alpha.length / 4, `${inked} pixels`);
  assert.deepEqual(renderThumbnail(scan).data, data);
});

for (const nDims of [2, 3] as const) {
  for (const particles of [1, 2, 3, 50]) {
    for (const frames of [1, 2]) {
      const size = `${frames} × ${particles} particles in ${nDims} dimensions`;
      Deno.test(`renderThumbnail() paints ${size}`, () => {
        const small = makeSyntheticScan({ particles, frames, nDims }).scan;
        const { data } = renderThumbnail(small, { width: 320, height: 200 });
        assert.ok(alphas(data).some((alpha) => alpha > 100));
      });
    }
  }
}

Deno.test("renderThumbnail() paints all particles on one point in the middle", () => {
  const frames = scan.frames.map((frame) => ({
    ...frame,
    positions: frame.positions.map(() => 3),
  }));
  const { data } = renderThumbnail({ ...scan, frames }, { width: 160, height: 100 });
  assert.ok(data[4 * (50 * 160 + 80) + 3] > 100);
});

Deno.test("renderThumbnail() shows the frame that is asked for", () => {
  const [first, last] = [0, 3].map((frame) => renderThumbnail(scan, { frame }).data);
  assert.notDeepEqual(first, last);
  const widest: Scan = {
    ...scan,
    frames: scan.frames.map((frame, i) =>
      i === 2 ? { ...frame, positions: frame.positions.map((x) => 9 * x) } : frame
    ),
  };
  assert.deepEqual(renderThumbnail(widest).data, renderThumbnail(widest, { frame: 2 }).data);
});

Deno.test("fitView() keeps every particle in the picture and fills it, whatever its size and place", () => {
  for (const nDims of [2, 3]) {
    for (const [scale, shift] of [[1, 0], [1e-3, 5], [1e4, -7e4]]) {
      const points = makePoints(300, nDims).map((x) => scale * x + shift);
      const { x, y } = project(fitView([points], nDims, 1.6), points, nDims, 640, 400);
      assert.ok(Math.min(...x) >= 0 && Math.max(...x) <= 640);
      assert.ok(Math.min(...y) >= 0 && Math.max(...y) <= 400);
      const filled = Math.max(
        (Math.max(...x) - Math.min(...x)) / 640,
        (Math.max(...y) - Math.min(...y)) / 400,
      );
      assert.ok(filled > 0.7, `${filled}`);
    }
  }
});

Deno.test("fitView() lays the longest axis across, however the cloud is turned", () => {
  const flat = makePoints(500, 3);
  for (const order of [[0, 1, 2], [1, 2, 0], [2, 0, 1]]) {
    const turned = flat.map((_, i) => {
      const axis = order[i % 3];
      return flat[i - i % 3 + axis] * [6, 2, 1][axis];
    });
    const { x, y } = project(fitView([turned], 3, 1.6), turned, 3, 640, 400);
    assert.ok(Math.max(...x) - Math.min(...x) > 1.5 * (Math.max(...y) - Math.min(...y)));
  }
});

Deno.test("project() makes what is nearer larger", () => {
  const points = makePoints(50, 3);
  const { depth, scale } = project(fitView([points], 3, 1.6), points, 3, 640, 400);
  const order = Array.from(depth.keys()).sort((a, b) => depth[a] - depth[b]);
  order.slice(1).forEach((i, k) => assert.ok(scale[i] <= scale[order[k]]));
  assert.deepEqual([depth[order[0]], depth[order[49]]], [0, 1]);
});

for (const [n, nDims] of [[0, 3], [1, 3], [2, 2], [5, 3], [60, 3]] as const) {
  Deno.test(`nearestNeighbours() agrees with sorting all distances for ${n} particles`, () => {
    const k = 3;
    const points = makePoints(n, nDims);
    const at = (i: number) => points.subarray(i * nDims, (i + 1) * nDims);
    const distance = (i: number, j: number) => Math.hypot(...at(i).map((x, d) => x - at(j)[d]));
    const expected = new Set<string>();
    for (let i = 0; i < n; i++) {
      Array.from({ length: n }, (_, j) => j).filter((j) => j !== i)
        .sort((a, b) => distance(i, a) - distance(i, b)).slice(0, k)
        .forEach((j) => expected.add(`${Math.min(i, j)}-${Math.max(i, j)}`));
    }
    const edges = nearestNeighbours(points, nDims, k);
    assert.deepEqual(new Set(edges.map(({ from, to }) => `${from}-${to}`)), expected);
    assert.equal(edges.length, expected.size);
    for (const edge of edges) {
      assert.ok(Math.abs(edge.distance - distance(edge.from, edge.to)) < 1e-5);
    }
  });
}

Deno.test("paintSpot() and paintLine() leave out what lies beyond the picture", () => {
  const raster = makeRaster(8, 6);
  for (const [x, y] of [[-100, 3], [4, 1e6], [-3, -3], [8, 6]]) {
    paintSpot(raster, x, y, 5, () => [255, 0, 0], () => 1);
    paintLine(raster, [x, y], [4, 3], 2, [0, 255, 0], 1, 0.5);
  }
  assert.ok(raster.data.every((value) => value >= 0 && value <= 1 + 1e-6));
});

Deno.test("paintLine() paints a point when both ends are one", () => {
  const raster = makeRaster(5, 5);
  paintLine(raster, [2.5, 2.5], [2.5, 2.5], 1, [255, 255, 255], 0.5, 0.5);
  assert.equal(raster.data[4 * 12 + 3], 0.5);
});

Deno.test("shrink() averages, layOver() covers, toPixels() takes alpha out of the colours", () => {
  const large = makeRaster(4, 2);
  paintSpot(large, 1, 1, 0.9, () => [255, 0, 0], () => 1);
  const small = shrink(large, 2);
  assert.deepEqual([...small.data], [1, 0, 0, 1, 0, 0, 0, 0]);
  const half = makeRaster(1, 1);
  half.data.set([0, 0.5, 0, 0.5]);
  const red = makeRaster(1, 1);
  red.data.set([1, 0, 0, 1]);
  assert.deepEqual([...layOver(red, half).data], [0.5, 0.5, 0, 1]);
  assert.deepEqual([...toPixels(half)], [0, 255, 0, 128]);
});

/** WCAG 2: relative luminance of sRGB. */
function luminance([r, g, b]: readonly number[]): number {
  const [x, y, z] = [r, g, b].map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}

for (const name of ["token", "motion", "closeness"] as const) {
  Deno.test(`scaleSteps("${name}") gets steadily lighter and stands out from dark and light`, () => {
    const lights = scaleSteps(name).map(luminance);
    assert.equal(lights.length, 256);
    lights.slice(1).forEach((light, i) => assert.ok(light > lights[i] - 0.004, `step ${i}`));
    const contrast = (a: number, b: number) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    for (const light of lights) {
      assert.ok(contrast(light, luminance([11, 13, 18])) > 2);
      assert.ok(contrast(light, luminance([251, 250, 247])) > 1.4);
    }
  });
}

Deno.test("encodeThumbnail() writes a WebP of 640 × 400 with alpha, within 40 KB", async () => {
  const bytes = await encodeThumbnail(renderThumbnail(makeSyntheticScan().scan));
  assert.ok(bytes.length <= 40_000, `${bytes.length}`);
  const { format, width, height, hasAlpha } = await sharp(bytes).metadata();
  assert.deepEqual([format, width, height, hasAlpha], ["webp", 640, 400, true]);
});

Deno.test("encodeThumbnail() makes a picture smaller when it would not fit otherwise", async () => {
  const random = makeRandom(1);
  const positions = Float32Array.from({ length: 6000 }, random);
  const crowded: Scan = {
    header: { ...scan.header, nParticles: 2000 },
    frames: scan.frames.map((frame) => ({ ...frame, positions })),
  };
  const bytes = await encodeThumbnail(renderThumbnail(crowded));
  const { width, height } = await sharp(bytes).metadata();
  assert.ok(bytes.length <= 40_000 && width < 640, `${bytes.length} bytes, ${width} pixels`);
  assert.ok(Math.abs(width / height - 1.6) < 0.02);
});

Deno.test("encodeThumbnail() keeps opaque and clear pixels as they are", async () => {
  const data = new Uint8ClampedArray(64 * 40 * 4);
  for (let i = 0; i < 64 * 20; i++) data.set([200, 80, 120, 255], 4 * i);
  const bytes = await encodeThumbnail({ width: 64, height: 40, data });
  const pixels = await sharp(bytes).raw().toBuffer();
  assert.equal(pixels[3], 255);
  assert.equal(pixels[4 * 64 * 39 + 3], 0);
  assert.ok(Math.abs(pixels[0] - 200) < 8);
});
