import { fileURLToPath } from "node:url";
import type * as v from "valibot";
import { peerEnvironment } from "./python.ts";
import { greetingSchema, parseReport } from "./reports.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** A Python program that waits, warm, for work: see `serve.py`. */
export class Peer {
  /** Versions of the packages that it uses, by their names on PyPI. */
  versions: Readonly<Record<string, string>> = {};
  readonly #script: string;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<string>;

  private constructor(python: string, script: string) {
    this.#script = script;
    this.#child = new Deno.Command(python, {
      args: ["-W", "ignore", script],
      cwd: folder,
      clearEnv: true,
      // Compiled files of our own scripts would lie about in the checkout.
      env: { ...peerEnvironment(Deno.env.toObject()), PYTHONDONTWRITEBYTECODE: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(splitLines()).getReader();
    this.#errors = new Response(this.#child.stderr).text();
  }

  /**
   * Starts a script of this folder and waits until it is warm.
   *
   * @throws {Error} if it ends, with the last lines that it wrote
   */
  static async start(python: string, script: string): Promise<Peer> {
    const peer = new Peer(python, script);
    peer.versions = (await peer.#read(greetingSchema)).versions;
    return peer;
  }

  /** @throws {Error} if it ends without an answer; {@linkcode SyntaxError} if the answer is another */
  async ask<S extends v.GenericSchema>(schema: S, request: unknown): Promise<v.InferOutput<S>> {
    await this.#writer.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
    return await this.#read(schema);
  }

  /** Lets it end. */
  async close(): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#child.status;
  }

  async #read<S extends v.GenericSchema>(schema: S): Promise<v.InferOutput<S>> {
    const { value, done } = await this.#lines.read();
    if (!done) return parseReport(schema, value, this.#script);
    const { code } = await this.#child.status;
    const tail = (await this.#errors).trim().split("\n").slice(-5).join("\n");
    throw new Error(
      `Cannot run the peer "${this.#script}": expected a report, got exit code ${code}\n${tail}`,
    );
  }
}

/** Text in pieces of any size → whole lines; an unfinished one at the end is dropped. */
export function splitLines(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(text, controller) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) controller.enqueue(line);
    },
  });
}

/** Writes a float32 array as its raw little-endian bytes, row-major. */
export async function writeArray(path: string, { buffer, byteOffset, byteLength }: Float32Array) {
  await Deno.writeFile(path, new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
}

/** @throws {RangeError} if the file does not hold `length` numbers */
export async function readArray(path: string, length: number): Promise<Float32Array> {
  const bytes = await Deno.readFile(path);
  if (bytes.length !== 4 * length) {
    throw new RangeError(
      `Cannot read the peer's "${path}": expected ${4 * length} bytes, got ${bytes.length}`,
    );
  }
  return new Float32Array(bytes.buffer);
}
