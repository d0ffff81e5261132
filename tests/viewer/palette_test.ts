import assert from "node:assert/strict";
import {
  colourAt,
  gridScales,
  heatScales,
  lookFor,
  parseColour,
  rampBytes,
  rampGradient,
  rampSize,
  scales,
} from "../../site/viewer/palette.ts";

/** Lightness of CIE 1976, 0 … 100, from sRGB bytes. */
function lightness([r, g, b]: readonly number[]): number {
  const linear = [r, g, b].map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
}

Deno.test("scales get lighter towards high on dark, darker on light, all the way", () => {
  for (const [name, scale] of Object.entries(scales)) {
    for (const look of ["dark", "light"] as const) {
      const steps = Array.from(
        { length: 21 },
        (_, i) => lightness(parseColour(colourAt(scale, look, i / 20))),
      );
      const rises = steps.slice(1).map((value, i) => value - steps[i]);
      // Places have no remarkable end: they run the same way on both.
      const sign = look === "dark" || name === "identity" || name === "token" ? 1 : -1;
      assert.ok(rises.every((rise) => rise * sign > -0.5), `${name} on ${look}: ${steps}`);
    }
  }
});

Deno.test("scales stand off their stage at the faint end", () => {
  for (const [name, scale] of Object.entries(scales)) {
    for (const [look, stage] of [["dark", 3], ["light", 97]] as const) {
      for (const t of [0, 0.5, 1]) {
        const contrast = Math.abs(lightness(parseColour(colourAt(scale, look, t))) - stage);
        assert.ok(contrast > 15, `${name} on ${look} at ${t}: ${contrast}`);
      }
    }
  }
});

Deno.test("rampBytes() holds opaque colours from the low end to the high", () => {
  const bytes = rampBytes(scales.motion, "dark");
  assert.equal(bytes.length, rampSize * 4);
  assert.deepEqual([...bytes.subarray(0, 3)], parseColour(colourAt(scales.motion, "dark", 0)));
  for (let i = 3; i < bytes.length; i += 4) assert.equal(bytes[i], 255);
  assert.match(rampGradient(gridScales.entropy, "light"), /^linear-gradient\(90deg, /);
});

Deno.test("parseColour() reads what browsers write", () => {
  assert.deepEqual(parseColour("#06080b"), [6, 8, 11]);
  assert.deepEqual(parseColour("rgb(1, 2, 3)"), [1, 2, 3]);
  assert.deepEqual(parseColour("rgba(1, 2, 3, 0.5)"), [1, 2, 3]);
  assert.deepEqual(parseColour("color(srgb 1 0 0.2)"), [255, 0, 51]);
});

Deno.test("lookFor() tells film from light box", () => {
  assert.equal(lookFor("rgb(6, 8, 11)"), "dark");
  assert.equal(lookFor("#e9edec"), "light");
});

Deno.test("heatScales begin near the page and run away from it, dark and light", () => {
  for (const [name, scale] of Object.entries(heatScales)) {
    for (const [look, page] of [["dark", 6], ["light", 96]] as const) {
      const steps = Array.from(
        { length: 21 },
        (_, i) => lightness(parseColour(colourAt(scale, look, i / 20))),
      );
      const sign = look === "dark" ? 1 : -1;
      steps.slice(1).forEach((value, i) =>
        assert.ok((value - steps[i]) * sign > -0.5, `${name} on ${look}: ${steps}`)
      );
      assert.ok(Math.abs(steps[0] - page) < 16, `${name} on ${look} begins at ${steps[0]}`);
      assert.ok(Math.abs(steps[20] - page) > 50, `${name} on ${look} ends at ${steps[20]}`);
    }
  }
});
