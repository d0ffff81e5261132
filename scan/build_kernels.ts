/** `deno task kernels`: compiles the WebAssembly kernels of the portable stages. */
import asc from "assemblyscript/asc";
import { basename, join } from "node:path";

const usage =
  `Compiles every kernel (scan/**/*.as.ts) and writes its bytes beside it (*.wasm.ts), as text, so
that it also loads in a browser without a request.

Usage: deno task kernels`;

const root = join(import.meta.dirname!, "..");

/** Sources of the kernels, relative to the root. */
export const kernels: readonly string[] = ["scan/projection/layout_kernel.as.ts"];

/** Path of the bytes of a kernel. */
export function bytesPath(source: string): string {
  return source.replace(/\.as\.ts$/, ".wasm.ts");
}

/**
 * Compiles one kernel. The same source gives the same text.
 *
 * @param source path relative to the root
 * @returns the text of the module that holds the bytes
 * @throws {SyntaxError} if AssemblyScript refuses the source; its report is the message
 */
export async function compileKernel(source: string): Promise<string> {
  const text = await Deno.readTextFile(join(root, source));
  const name = basename(source, ".as.ts");
  let bytes = new Uint8Array();
  const { error, stderr } = await asc.main(
    [`${name}.ts`, "--optimizeLevel", "3", "--runtime", "stub", "--enable", "simd"]
      .concat("--importMemory", "--use", "abort=", "--outFile", `${name}.wasm`),
    {
      readFile: (path) => path === `${name}.ts` ? text : null,
      writeFile: (_, contents) => {
        bytes = new Uint8Array(contents as Uint8Array);
      },
      listFiles: () => null,
    },
  );
  if (error) throw new SyntaxError(`Cannot compile "${source}":\n${stderr}`);
  const lines = btoa(String.fromCharCode(...bytes)).match(/.{1,88}/g) ?? [];
  return `// Made from ${basename(source)} by \`deno task kernels\`.
/** WebAssembly of \`${name}\`, ${bytes.length.toLocaleString("en")} bytes as base64. */
export const base64 = [
${lines.map((line) => `  "${line}",\n`).join("")}].join("");
`;
}

if (import.meta.main) {
  if (Deno.args.includes("--help")) {
    console.log(usage);
  } else {
    for (const source of kernels) {
      await Deno.writeTextFile(join(root, bytesPath(source)), await compileKernel(source));
      console.log(bytesPath(source));
    }
  }
}
