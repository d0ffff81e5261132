import type { Engine } from "../onnx/engine.ts";
import { Graph } from "../onnx/graph.ts";
import { Ops } from "../onnx/ops.ts";
import { float32 } from "../onnx/tensor.ts";
import { mendOf, seePlatform } from "./mend.ts";
import { createEngine, type NodeProvider } from "./node_engine.ts";

/** What may be asked for. */
export type Device = "auto" | NodeProvider;

/** A provider that does not work. */
export interface Refusal {
  readonly provider: NodeProvider;
  readonly reason: string;
  /** What to do about it, as a sentence. */
  readonly mend: string;
}

/** The engine that works, and why the others before it do not. */
export interface Selection {
  readonly engine: Engine;
  readonly refused: readonly Refusal[];
}

/** In the order in which `auto` tries them. */
export const providers: readonly NodeProvider[] = ["cuda", "webgpu", "cpu"];

/**
 * Finds an engine that works: a device by name, or with `auto` the first one of CUDA, WebGPU and CPU.
 * Each is tried with a product of two numbers, since a missing provider shows only when a graph is
 * loaded, and it throws there.
 *
 * @param create makes an engine, {@linkcode createEngine} by default
 * @throws {RangeError} if the device asked for does not work; its message gives the reason
 */
export async function selectEngine(
  device: Device,
  create: (provider: NodeProvider) => Promise<Engine> = createEngine,
): Promise<Selection> {
  const refused: Refusal[] = [];
  for (const provider of device === "auto" ? providers : [device]) {
    const tried = await tryProvider(provider, create);
    if ("engine" in tried) return { engine: tried.engine, refused };
    refused.push(tried);
  }
  const reasons = refused.map(({ provider, reason, mend }) => `${provider}: ${reason}. ${mend}`);
  throw new RangeError(
    `Cannot use the device "${device}": expected one that works, got ${reasons.join(" ")} ` +
      "Try --device auto, or --device cpu.",
  );
}

/** Tries one provider. @returns its engine, or why there is none and what to do */
export async function tryProvider(
  provider: NodeProvider,
  create: (provider: NodeProvider) => Promise<Engine> = createEngine,
): Promise<{ readonly engine: Engine } | Refusal> {
  try {
    if (provider === "webgpu") requireVulkan();
    const engine = await create(provider);
    await tryOut(engine);
    return { engine };
  } catch (error) {
    return { provider, reason: firstLine(error), mend: mendOf(provider, seePlatform()) };
  }
}

/**
 * On Linux WebGPU comes through Vulkan, and writes warnings of its own to standard error where that
 * is missing.
 */
function requireVulkan(): void {
  if (Deno.build.os !== "linux") return;
  try {
    Deno.dlopen("libvulkan.so.1", {}).close();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) return;
    throw new Error("there is no Vulkan library (libvulkan.so.1) on this machine", { cause });
  }
}

async function tryOut(engine: Engine): Promise<void> {
  const graph = new Graph();
  const x = graph.input("x", "float32", [1, 1]);
  graph.output("y", new Ops(graph).matmul(x, x));
  const session = await engine.load(graph.toModel());
  try {
    const { y } = await session.run({ x: float32([1, 1], [3]) });
    if (y.data[0] !== 9) throw new Error(`3 × 3 came out as ${y.data[0]}`);
  } finally {
    await session.release();
  }
}

/** The runtime's messages run over many lines and start with places in its own source. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.split("\n").find((line) => line.trim() !== "")?.trim() ?? "unknown";
  return line.replace(/^\S*onnxruntime_src\S*\s+/, "").slice(0, 200).replace(/\.$/, "");
}
