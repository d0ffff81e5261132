import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { root, typescriptFiles } from "./files.ts";
import { findViolations, readImports } from "./imports.ts";

Deno.test("findViolations() finds none in the repository", async () => {
  // The Lume config is excluded: it alone imports what may not be reachable.
  const files = typescriptFiles(["scan", "site"]).filter((path) => path !== "site/_config.ts");
  assert.ok(files.length > 20);
  const imports = await readImports(root, files);
  assert.ok(imports.some(({ to }) => to === "scan/format/types.ts"));
  assert.deepEqual(findViolations(imports), []);
});

/** Writes files, reads their imports, and gives the violations without their reasons. */
async function violationsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "weightscan-" }));
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
      await Deno.writeTextFile(join(folder, path), text);
    }
    return findViolations(await readImports(folder, Object.keys(files)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const cases: readonly [string, Record<string, string>, RegExp | null][] = [
  ["a stage imports a later one", {
    "scan/format/a.ts": '// A comment.\nimport "../onnx/b.ts";\n',
    "scan/onnx/b.ts": "export {};\n",
  }, /^scan\/format\/a\.ts:2: scan\/format imports "scan\/onnx\/b\.ts": expected no other stage/],
  ["a stage imports a type of a stage beside it", {
    "scan/encoder/a.ts": 'import type { B } from "../projection/b.ts";\nexport type A = B;\n',
    "scan/projection/b.ts": "export type B = 1;\n",
  }, /^scan\/encoder\/a\.ts:1: .*expected format, onnx of scan$/],
  ["a stage imports the pipeline", {
    "scan/measure/a.ts": 'export * from "../pipeline.ts";\n',
    "scan/pipeline.ts": "export {};\n",
  }, /imports the stages$/],
  ["something imports the command line", {
    "scan/store/a.ts": 'await import("../main.ts");\n',
    "scan/main.ts": "export {};\n",
  }, /imported by nothing$/],
  ["scan imports site", {
    "scan/store/a.ts": 'import "../../site/b.ts";\n',
    "site/b.ts": "export {};\n",
  }, /nothing of site or tests$/],
  ["the viewer imports more than the format", {
    "site/viewer/a.ts": 'import "../../scan/store/b.ts";\n',
    "scan/store/b.ts": "export {};\n",
  }, /nothing of scan but scan\/format and scan\/pair\/cells\.ts$/],
  ["the viewer imports what cells mean", {
    "site/viewer/a.ts": 'import "../../scan/pair/cells.ts";\n',
    "scan/pair/cells.ts": "export {};\n",
  }, null],
  ["the comparison of pairs imports the model", {
    "scan/pair/a.ts": 'import "../measure/c.ts";\nimport "../model/b.ts";\n',
    "scan/model/b.ts": "export {};\n",
    "scan/measure/c.ts": "export {};\n",
  }, /^scan\/pair\/a\.ts:2: .*expected format, onnx, encoder, measure, projection of scan$/],
  ["a portable stage imports Node", {
    "scan/projection/a.ts": 'import "node:fs";\n',
  }, /"node:fs" is imported where browsers/],
  ["a portable stage imports a runtime", {
    "scan/encoder/a.ts": 'import "onnxruntime-node";\n',
  }, /"npm:onnxruntime-node@.*" is imported where browsers/],
  ["a page imports Lume", {
    "site/pages/a.ts": 'import type Site from "lume/core/site.ts";\nexport type A = Site;\n',
  }, /outside site\/_config\.ts/],
  ["a stage imports JSR", {
    "scan/model/a.ts": 'import "@std/cli";\n',
  }, /"jsr:@std\/cli@.*" is imported outside/],
  ["the Lume config imports both", {
    "site/_config.ts": 'import "lume/mod.ts";\nimport "@std/cli";\n',
  }, null],
  ["imports go the right way", {
    "scan/encoder/a.ts": 'import "../onnx/b.ts";\nimport "umap-js";\n',
    "scan/onnx/b.ts": 'import "../format/c.ts";\n',
    "scan/format/c.ts": "export {};\n",
    "scan/pipeline.ts": 'import "./encoder/a.ts";\n',
    "scan/main.ts": 'import "./pipeline.ts";\nimport "node:fs";\n',
    "site/viewer/d.ts": 'import "../../scan/format/c.ts";\nimport "three";\n',
  }, null],
  ["an import stands in a text only", {
    "scan/format/a.ts": "export const text = 'import \"node:fs\"';\n// import 'node:os'\n",
  }, null],
];

for (const [when, files, says] of cases) {
  Deno.test(`findViolations() ${says === null ? "stays silent" : "tells"} when ${when}`, async () => {
    const violations = await violationsOf(files);
    assert.equal(violations.length, says === null ? 0 : 1, violations.join("\n"));
    if (says !== null) assert.match(violations[0], says);
  });
}
