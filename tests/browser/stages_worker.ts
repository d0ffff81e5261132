/** Runs in a worker of the test's page: answers every request with what the engine made of it. */
import { createWebEngine } from "../../scan/runtime/web_engine.ts";
import { describe, echo, samples } from "../runtime/echo.ts";
import { runStages, type StagesInput } from "./stages.ts";

// This file's global object is a worker's, of which the types of a page do not know.
declare const self: Pick<MessagePort, "onmessage" | "postMessage">;

const engine = createWebEngine({ wasmUrl: "/runtime/ort-wasm-simd-threaded.wasm" });

self.onmessage = async ({ data }: MessageEvent<StagesInput | "echo">) => {
  try {
    self.postMessage({ result: data === "echo" ? await echoAll() : await runStages(engine, data) });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.stack ?? error.message : `${error}` });
  }
};

async function echoAll(): Promise<string[]> {
  const echoes: string[] = [];
  for (const sample of Object.values(samples)) echoes.push(describe(await echo(engine, sample)));
  return echoes;
}
