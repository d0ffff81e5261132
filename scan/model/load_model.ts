import type { Engine } from "../onnx/engine.ts";
import type { LanguageModel } from "./types.ts";

/**
 * Reads a model's files and loads it onto an engine; what it takes is loaded at the first call, so
 * that a run with nothing to scan starts quickly.
 *
 * @param name as for `readModelSource()`
 */
export async function loadModel(name: string, engine: Engine): Promise<LanguageModel> {
  const { openModel } = await import("./open_model.ts");
  const { readModelSource } = await import("./source.ts");
  return await openModel(engine, await readModelSource(name));
}
