import assert from "node:assert/strict";
import { decodeScan, encodeScan } from "../../scan/format/mod.ts";
import { makeSyntheticScan } from "../fixtures/synthetic_scan.ts";
import { makeScan } from "./fixtures.ts";

/** The lines that `spec.md` shows. */
async function readerOfSpec(): Promise<string> {
  const spec = await Deno.readTextFile(new URL("../../scan/format/spec.md", import.meta.url));
  const blocks = [...spec.matchAll(/^```python\n(.*?)^```$/gms)];
  assert.equal(blocks.length, 1, "spec.md shows one reader");
  return blocks[0][1];
}

/** A Python that has what the reader imports, or why there is none. */
async function findPython(): Promise<{ path: string } | { reason: string }> {
  const reasons: string[] = [];
  for (const path of ["python3", "/usr/bin/python3"]) {
    try {
      const { success } = await new Deno.Command(path, {
        args: ["-c", "import msgpack, numpy"],
        stderr: "null",
      }).output();
      if (success) return { path };
      reasons.push(`${path} lacks msgpack or numpy`);
    } catch (error) {
      reasons.push(`${path}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { reason: reasons.join("; ") };
}

const python = await findPython();

Deno.test("spec.md's Python reader gives the positions of decodeScan()", async () => {
  if ("reason" in python) {
    console.log(`skipped: ${python.reason}`);
    return;
  }
  const folder = await Deno.makeTempDir();
  try {
    const script = await readerOfSpec() +
      `sys.stdout.buffer.write(np.array(clouds).astype("<f4").tobytes())\n`;
    const scans = [
      makeSyntheticScan().scan,
      makeScan({ nFrames: 9, nParticles: 7, nDims: 2, nGuesses: 3 }),
      makeScan({ nFrames: 9, nParticles: 7, nDims: 3, nGuesses: 3 }),
      makeScan({ nFrames: 1, nParticles: 1, nDims: 3, nGuesses: 0 }),
    ];
    for (const [i, scan] of scans.entries()) {
      const path = `${folder}/scan.msgpack`;
      const bytes = await encodeScan(scan, { keyEvery: 4, bits: i === 1 ? 14 : 12 });
      await Deno.writeFile(path, bytes);
      const output: Deno.CommandOutput = await new Deno.Command(python.path, {
        args: ["-c", script, path],
      }).output();
      assert.ok(output.success, new TextDecoder().decode(output.stderr));
      const positions = new Float32Array(output.stdout.slice().buffer);
      const expected = (await decodeScan(bytes)).frames.flatMap((frame) => [...frame.positions]);
      assert.deepEqual([...positions], expected);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
