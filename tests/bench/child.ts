/** Programs of the benchmarks that run in a process of their own and report in lines of JSON. */
import { fileURLToPath } from "node:url";
import type * as v from "valibot";
import { splitLines } from "./peers/peer.ts";
import { parseReport } from "./peers/reports.ts";

export interface ChildOptions {
  /** It is ended when it takes longer; without end by default. */
  readonly limitSeconds?: number;
}

/**
 * Runs a program and tells each report as soon as it is there.
 *
 * @param program path relative to this folder
 * @throws {RangeError} if the time is over, or the process was ended from outside (out of memory)
 * @throws {Error} if it fails, with the last lines that it wrote
 */
export async function* runChild<S extends v.GenericSchema>(
  schema: S,
  program: string,
  args: readonly string[],
  { limitSeconds = Infinity }: ChildOptions = {},
): AsyncGenerator<v.InferOutput<S>> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", fileURLToPath(new URL(program, import.meta.url)), ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let isLate = false;
  let isOver = false;
  const timer = Number.isFinite(limitSeconds)
    ? setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, 1000 * limitSeconds)
    : undefined;
  const errors = new Response(child.stderr).text();
  try {
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(splitLines());
    for await (const line of lines) yield parseReport(schema, line, program);
    const { success, code, signal } = await child.status;
    isOver = true;
    if (isLate) throw new RangeError(`it took longer than ${limitSeconds} s`);
    if (signal !== null) {
      throw new RangeError(`the system ended it (${signal}): too little memory?`);
    }
    if (success) return;
    const tail = (await errors).trim().split("\n").slice(-5).join("\n");
    throw new Error(`Cannot run "${program}": expected exit code 0, got ${code}\n${tail}`);
  } finally {
    clearTimeout(timer);
    // Whoever stops listening ends it.
    if (!isOver) child.kill("SIGKILL");
    await Promise.all([child.status, errors]);
  }
}
