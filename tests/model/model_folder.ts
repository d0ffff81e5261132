import { join } from "node:path";
import { type LoadedModel, openModel } from "../../scan/model/open_model.ts";
import { readModelSource } from "../../scan/model/source.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { modelFolder } from "../fixtures/models.ts";

/** Copies a fixture into a folder that is removed again. */
export async function withModelFolder(
  name: string,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "weightscan-" });
  const folder = join(parent, name);
  try {
    await Deno.mkdir(folder);
    for await (const { name: file } of Deno.readDir(modelFolder(name))) {
      await Deno.copyFile(join(modelFolder(name), file), join(folder, file));
    }
    await use(folder);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

/** Opens the model of a folder on the CPU and releases it again. */
export async function withModel(
  folder: string,
  use: (model: LoadedModel, engine: Engine) => Promise<void>,
): Promise<void> {
  const engine = await createEngine("cpu", { nThreads: 1, spins: false });
  const model = await openModel(engine, await readModelSource(folder));
  try {
    await use(model, engine);
  } finally {
    await model.release();
  }
}

/** Changes the fields of a folder's JSON file. */
export async function changeJson(
  folder: string,
  file: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const path = join(folder, file);
  const json: object = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(path, JSON.stringify({ ...json, ...changes }));
}
