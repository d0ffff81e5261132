import assert from "node:assert/strict";
import { formatBytes, parseBytes } from "../scan/units.ts";

Deno.test("parseBytes() reads what formatBytes() writes", () => {
  for (const bytes of [0, 1, 999, 64_200, 1_900_000, 3e9, 2.5e12]) {
    assert.equal(parseBytes(formatBytes(bytes)), bytes);
  }
  assert.equal(parseBytes("1.5gb"), 1.5e9);
  for (const text of ["", "GB", "-1GB", "6", "6 gibibytes", "1e9B"]) {
    assert.equal(parseBytes(text), null, text);
  }
});
