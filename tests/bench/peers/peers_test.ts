import assert from "node:assert/strict";
import { splitLines } from "./peer.ts";
import { describeLack, packages, peerEnvironment } from "./python.ts";
import { greetingSchema, parseReport, pipelineReportSchema, umapReportSchema } from "./reports.ts";

const parse = (line: string) => parseReport(umapReportSchema, line, "umap_peer.py");

Deno.test("parseReport() reads what a peer prints", () => {
  assert.deepEqual(parse('{"seconds": 1.5, "peakMiB": 300.25}'), { seconds: 1.5, peakMiB: 300.25 });
  const greeting = parseReport(greetingSchema, '{"versions": {"torch": "1.13"}}', "x");
  assert.equal(greeting.versions.torch, "1.13");
});

Deno.test("parseReport() says whose line it cannot read, and what stands there", () => {
  assert.throws(() => parse("Segmentation fault"), {
    name: "SyntaxError",
    message: 'Cannot read the report of "umap_peer.py": expected JSON, got "Segmentation fault"',
  });
  assert.throws(() => parse('{"seconds": "fast", "peakMiB": 1}'), /seconds.*got "\{/s);
  assert.throws(() => parse("x".repeat(300)), /x{200}…"$/);
});

Deno.test("parseReport() does not take Python's NaN", () => {
  const line = '{"encodeSeconds": 1, "projectSeconds": 1, "steps": 3, "explainedVariance": NaN}';
  assert.throws(() => parseReport(pipelineReportSchema, line, "x"), SyntaxError);
});

Deno.test("describeLack() names what is missing and the mend", () => {
  assert.equal(describeLack({ path: "python3", missing: [] }), null);
  const lack = describeLack({ path: "python3", missing: ["torch", "umap"] }) ?? "";
  assert.match(lack, /got python3 without torch and umap\./);
  assert.match(lack, /deno task bench:peers/);
  for (const { pypi } of packages) assert.ok(lack.includes(pypi), pypi);
  assert.match(describeLack(null) ?? "", /got no Python/);
});

Deno.test("peerEnvironment() drops what bends the linear algebra and keeps the rest", () => {
  const env = { PATH: "/bin", OPENBLAS_CORETYPE: "x", OPENBLAS_L2_SIZE: "1" };
  assert.deepEqual(peerEnvironment(env), { PATH: "/bin" });
});

Deno.test("splitLines() gives whole lines, however the text is cut", async () => {
  const text = ["a\nb", "c\n", "", "\nd"];
  const lines = await Array.fromAsync(ReadableStream.from(text).pipeThrough(splitLines()));
  assert.deepEqual(lines, ["a", "bc", ""]);
});
