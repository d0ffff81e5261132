import { extname, join, sep } from "node:path";

/** Types that this site has; anything else is a download. */
const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".msgpack": "application/vnd.msgpack",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".xml": "application/xml; charset=utf-8",
};

export interface StaticOptions {
  /** Markup put before `</head>` of every page, for the reload script. */
  readonly headEnd?: string;
}

/**
 * Answers as a static host does: index files, the site's own page for what is missing, ranges,
 * revalidation. Nothing outside `root` is ever read, whatever the address says.
 */
export async function serveFile(
  request: Request,
  root: string,
  options: StaticOptions = {},
): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response("Only GET and HEAD are answered here.\n", {
      status: 405,
      headers: { allow: "GET, HEAD" },
    });
  }
  const url = new URL(request.url);
  const path = safePath(url.pathname);
  const file = path === null ? null : await findFile(root, path);
  if (file === "folder") {
    // Relative, so that it holds behind a proxy too.
    const name = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
    return new Response(null, { status: 301, headers: { location: `./${name}/${url.search}` } });
  }
  if (file !== null) return await send(request, file, 200, options);
  const missing = await findFile(root, "404.html");
  if (missing !== null && missing !== "folder") return await send(request, missing, 404, options);
  return new Response("Nothing is at this address.\n", { status: 404 });
}

/** The address as a path below the root, or null for one that no file of a site can have. */
function safePath(pathname: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  const parts = path.split("/").filter((part) => part !== "");
  // Hidden files, "..", drives, streams and backslashes of Windows, and the end of a C string.
  if (parts.some((part) => part.startsWith(".") || /[\\:\0]/.test(part))) return null;
  return parts.join(sep) + (path.endsWith("/") ? sep : "");
}

interface FoundFile {
  readonly path: string;
  readonly size: number;
  readonly mtime: Date;
}

async function findFile(root: string, path: string): Promise<FoundFile | "folder" | null> {
  const isFolder = path === "" || path.endsWith(sep);
  const candidate = join(root, path, isFolder ? "index.html" : "");
  try {
    const [realRoot, real] = [await Deno.realPath(root), await Deno.realPath(candidate)];
    if (!real.startsWith(realRoot + sep)) return null;
    const { isFile, isDirectory, size, mtime } = await Deno.stat(real);
    if (isDirectory) return "folder";
    return isFile ? { path: real, size, mtime: mtime ?? new Date(0) } : null;
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (isMissing) return null;
    throw error;
  }
}

async function send(
  request: Request,
  file: FoundFile,
  status: number,
  { headEnd }: StaticOptions,
): Promise<Response> {
  const type = types[extname(file.path)] ?? "application/octet-stream";
  const headers = new Headers({
    "content-type": type,
    // A rebuilt file must show at once; unchanged ones cost a 304 only.
    "cache-control": "no-cache",
    "last-modified": file.mtime.toUTCString(),
    "x-content-type-options": "nosniff",
  });
  if (type.startsWith("text/html") && headEnd !== undefined) {
    const text = (await Deno.readTextFile(file.path)).replace("</head>", () => `${headEnd}</head>`);
    return new Response(request.method === "HEAD" ? null : text, { status, headers });
  }
  const etag = `"${file.size.toString(36)}-${file.mtime.getTime().toString(36)}"`;
  headers.set("etag", etag);
  headers.set("accept-ranges", "bytes");
  if (status === 200 && request.headers.get("if-none-match") === etag) {
    return new Response(null, { status: 304, headers });
  }
  const range = status === 200 ? readRange(request, file.size, etag) : null;
  if (range === "unsatisfiable") {
    headers.set("content-range", `bytes */${file.size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: file.size };
  if (range !== null) headers.set("content-range", `bytes ${start}-${end - 1}/${file.size}`);
  headers.set("content-length", String(end - start));
  const body = request.method === "HEAD" ? null : await openRange(file.path, start, end);
  return new Response(body, { status: range === null ? status : 206, headers });
}

/** The one range asked for, end exclusive; null for the whole file, as several ranges are answered. */
function readRange(
  request: Request,
  size: number,
  etag: string,
): { start: number; end: number } | "unsatisfiable" | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
  const condition = request.headers.get("if-range");
  if (match === null || (condition !== null && condition !== etag)) return null;
  const [, first, last] = match;
  if (first === "" && last === "") return null;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  return start >= end ? "unsatisfiable" : { start, end };
}

/** Streams bytes `start` … `end - 1` of a file, which is closed with the stream. */
async function openRange(path: string, start: number, end: number): Promise<ReadableStream> {
  const file = await Deno.open(path);
  await file.seek(start, Deno.SeekMode.Start);
  let left = end - start;
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      controller.enqueue(chunk.subarray(0, left));
      left -= Math.min(left, chunk.length);
      if (left === 0) controller.terminate();
    },
  });
  return file.readable.pipeThrough(cut);
}
