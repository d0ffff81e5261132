import assert from "node:assert/strict";
import { endBytes } from "../../scan/format/container.ts";
import { encodeRecord } from "../../scan/format/write_container.ts";

Deno.test("endBytes() is the length of the end record that is written", () => {
  for (const count of [1, 127, 128, 255, 256, 1024]) {
    const record = encodeRecord({ count, sha256: new Uint8Array(32) });
    assert.equal(endBytes(count), record.length, `${count}`);
  }
});
