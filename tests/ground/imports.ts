/** Who imports whom, and who must not: the import directions of ARCHITECTURE.md as a check. */
import * as v from "valibot";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** One import, re-export, dynamic import with a literal, or type import. */
export interface Import {
  /** File that imports, relative to the root, with slashes. */
  readonly from: string;
  /** From 1. */
  readonly line: number;
  /** What is imported: a path relative to the root, or a URL such as `npm:three@0.187.0`. */
  readonly to: string;
}

const sideSchema = v.object({
  specifier: v.optional(v.string()),
  span: v.optional(v.object({ start: v.object({ line: v.number() }) })),
});

const infoSchema = v.object({
  modules: v.array(v.object({
    specifier: v.string(),
    dependencies: v.optional(
      v.array(v.object({
        specifier: v.string(),
        code: v.optional(sideSchema),
        type: v.optional(sideSchema),
      })),
      [],
    ),
  })),
});

/**
 * Reads all imports of some files and of the local files they reach, as Deno itself resolves them.
 *
 * @param root folder that paths are relative to
 * @param files paths relative to `root`
 * @throws {Error} if `deno info` fails
 */
export async function readImports(root: string, files: readonly string[]): Promise<Import[]> {
  const folder = await Deno.makeTempDir({ prefix: "weightscan-" });
  try {
    const entry = join(folder, "entry.ts");
    const url = (path: string) => pathToFileURL(join(root, path)).href;
    await Deno.writeTextFile(
      entry,
      files.map((path) => `import ${JSON.stringify(url(path))};\n`).join(""),
    );
    const config = join(import.meta.dirname ?? ".", "..", "..", "deno.json");
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--no-remote", "--no-lock", "--config", config, entry],
      env: { NO_COLOR: "1" },
    }).output();
    if (code !== 0) {
      throw new Error(`Cannot read imports: ${new TextDecoder().decode(stderr).trim()}`);
    }
    const info = v.parse(infoSchema, JSON.parse(new TextDecoder().decode(stdout)));
    const local = (specifier: string) =>
      specifier.startsWith("file:")
        ? relative(root, fileURLToPath(specifier)).replaceAll("\\", "/")
        : specifier;
    return info.modules
      .filter(({ specifier }) => specifier !== pathToFileURL(entry).href)
      .flatMap(({ specifier: from, dependencies }) =>
        dependencies.map((dependency) => {
          const side = dependency.code ?? dependency.type;
          return {
            from: local(from),
            line: (side?.span?.start.line ?? 0) + 1,
            to: local(side?.specifier ?? dependency.specifier),
          };
        })
      );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Stages of `scan/` that each stage may import, besides itself. Others may import any but the last two. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  format: [],
  onnx: ["format"],
  encoder: ["format", "onnx"],
  projection: ["format", "onnx"],
  measure: ["format", "onnx"],
  pair: ["format", "onnx", "encoder", "measure", "projection"],
  // The bundled model is one of the places that a model comes from.
  model: ["format", "onnx", "bundled"],
};

/** Stages that also run in a browser: no file, no runtime, nothing of Node's. */
export const portable = ["format", "onnx", "encoder", "projection", "measure", "pair"];

/** What the viewer may import of the scan: its format, and what the numbers in a file mean. */
const forViewer = /^scan\/(format\/|pair\/cells\.ts$)/;

/** Packages that need a Node-like runtime. */
const nativePackages = ["onnxruntime-node", "onnxruntime-web", "sharp", "playwright-core"];

/** Entry points that a stage must not know. */
const top = ["scan/main.ts", "scan/pipeline.ts"];

/** Every import that goes the wrong way, as `file:line: what is wrong`. */
export function findViolations(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, line, to }) =>
    reasonsAgainst(from, to).map((reason) => `${from}:${line}: ${reason}`)
  );
}

function reasonsAgainst(from: string, to: string): string[] {
  const reasons: string[] = [];
  const stage = stageOf(from);
  const target = stageOf(to);
  if (stage !== null && stage in allowed) {
    if (target !== null && target !== stage && !allowed[stage].includes(target)) {
      const list = allowed[stage].join(", ") || "no other stage";
      reasons.push(`scan/${stage} imports "${to}": expected ${list} of scan`);
    }
    if (top.includes(to)) reasons.push(`scan/${stage} imports "${to}", which imports the stages`);
  }
  if (from.startsWith("scan/") && (to.startsWith("site/") || to.startsWith("tests/"))) {
    reasons.push(`scan imports "${to}": expected nothing of site or tests`);
  }
  if (from.startsWith("scan/") && to === "scan/main.ts") {
    reasons.push(
      'scan imports "scan/main.ts": expected the command line to be imported by nothing',
    );
  }
  if (from.startsWith("site/") && to.startsWith("tests/")) {
    reasons.push(`site imports "${to}": expected nothing of tests`);
  }
  if (from.startsWith("site/viewer/") && to.startsWith("scan/") && !forViewer.test(to)) {
    reasons.push(
      `site/viewer imports "${to}": expected nothing of scan but scan/format and scan/pair/cells.ts`,
    );
  }
  const browser = from.startsWith("site/viewer/") || stage !== null && portable.includes(stage);
  if (browser && (to.startsWith("node:") || nativePackages.includes(packageOf(to)))) {
    reasons.push(`"${to}" is imported where browsers must be able to run`);
  }
  if (from !== "site/_config.ts" && /^(jsr:|https?:)/.test(to)) {
    reasons.push(`"${to}" is imported outside site/_config.ts: expected packages of npm`);
  }
  return reasons;
}

/** `scan/<stage>/…` → the stage; null for files of no stage. */
function stageOf(path: string): string | null {
  return /^scan\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** `npm:@scope/name@1.0.0/path` → `@scope/name`; "" where it is no package. */
function packageOf(specifier: string): string {
  return /^npm:\/?((?:@[^/]+\/)?[^@/]+)/.exec(specifier)?.[1] ?? "";
}
