import type { Engine } from "../onnx/engine.ts";
import { freeMemoryBytes } from "../runtime/memory.ts";
import type { NodeProvider } from "../runtime/node_engine.ts";
import { type Refusal, tryProvider } from "../runtime/select.ts";

/** How the doctor sees the machine. Tests hand it another one. */
export interface Probes {
  readonly denoVersion: string;
  /** Loads ONNX Runtime. @returns its version; throws where it does not load */
  loadRuntime(): Promise<string>;
  tryProvider(provider: NodeProvider): Promise<{ readonly engine: Engine } | Refusal>;
  /** What `nvidia-smi` prints when asked for {@linkcode cardFields}; null where there is no such program. */
  askNvidia(): Promise<
    { readonly code: number; readonly out: string; readonly err: string } | null
  >;
  readonly totalMemoryBytes: number;
  freeMemoryBytes(): number;
}

/** Columns of `nvidia-smi`: sizes in MiB. */
export const cardFields = ["name", "memory.total", "memory.free", "driver_version"] as const;

/** This machine. */
export function createProbes(): Probes {
  return {
    denoVersion: Deno.version.deno,
    async loadRuntime() {
      const { env } = await import("onnxruntime-node");
      return env.versions.node ?? env.versions.common;
    },
    tryProvider,
    askNvidia,
    totalMemoryBytes: Deno.systemMemoryInfo().total,
    freeMemoryBytes: () => freeMemoryBytes(),
  };
}

async function askNvidia(): ReturnType<Probes["askNvidia"]> {
  try {
    const { code, stdout, stderr } = await new Deno.Command("nvidia-smi", {
      args: [`--query-gpu=${cardFields.join(",")}`, "--format=csv,noheader,nounits"],
    }).output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
