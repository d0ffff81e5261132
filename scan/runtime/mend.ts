import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { NodeProvider } from "./node_engine.ts";

/** The command that lets ONNX Runtime fetch its CUDA provider. */
export const installCuda = "deno install --allow-scripts=npm:onnxruntime-node";

/** What a mend depends on. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
  /** Whether ONNX Runtime's CUDA provider lies beside it; null where that cannot be seen. */
  readonly hasCudaLibrary: boolean | null;
}

/** This machine, and ONNX Runtime's package as it is installed. */
export function seePlatform(): Platform {
  const { os, arch } = Deno.build;
  return { os, arch, hasCudaLibrary: findCudaLibrary(os, arch) };
}

function findCudaLibrary(os: string, arch: string): boolean | null {
  try {
    const entry = createRequire(import.meta.url).resolve("onnxruntime-node");
    const machine = `${os}/${arch === "x86_64" ? "x64" : "arm64"}`;
    const folder = join(dirname(dirname(entry)), "bin", "napi-v6", machine);
    return [...Deno.readDirSync(folder)].some(({ name }) => /providers_cuda/.test(name));
  } catch {
    return null;
  }
}

/** What to do about a provider that does not work, as a sentence. */
export function mendOf(provider: NodeProvider, { os, arch, hasCudaLibrary }: Platform): string {
  switch (provider) {
    case "cuda":
      if (os !== "linux" || arch !== "x86_64") {
        return "ONNX Runtime's package for Node has CUDA on Linux x64 only.";
      }
      return hasCudaLibrary
        ? "Its provider is installed: it needs an NVIDIA card with its driver, CUDA 12 and cuDNN 9, " +
          "their libraries where the system's loader finds them (LD_LIBRARY_PATH)."
        : `Install its provider with "${installCuda}"; it needs an NVIDIA card with its driver, CUDA 12 ` +
          "and cuDNN 9.";
    case "webgpu":
      return os === "linux"
        ? "Install Vulkan and the driver of the graphics card, on Debian with " +
          '"apt-get install libvulkan1 mesa-vulkan-drivers".'
        : "Install the newest driver of the graphics card.";
    case "cpu":
      return 'Install the packages anew: remove node_modules, then run "deno install".';
  }
}
