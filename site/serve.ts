/** `deno task serve`: the built site on this machine, built anew and reloaded when a source changes. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { LiveReload, reloadTag } from "./live_reload.ts";
import { catalogueOf } from "./lib/catalogue.ts";
import { InputError, readManifest } from "./load.ts";
import { serveFile } from "./static_files.ts";

const usage = `Serves the built gallery on this machine, and reloads it when its sources change.

Usage: deno task serve [options]

Options
  --port <n>     port to listen on (default: 8000, or the next free one)
  --host <name>  address to listen on (default: localhost; 0.0.0.0 opens it to the network)
  --site <dir>   folder of the site (default: _site); it is built first if it is not there
  --data <dir>   folder of the scans (default: _data)
  --no-watch     serve what is there, build nothing
  --open         open the gallery in the browser
  --pair <key>   with --open: the page of this comparison
  --help         this text

Exit codes: 0 stopped with Ctrl-C · 1 could not serve · 2 bad input`;

interface ServeOptions {
  /** Null for the default, which may give way to the next free port. */
  readonly port: number | null;
  readonly host: string;
  readonly siteFolder: string;
  readonly dataFolder: string;
  readonly watch: boolean;
  readonly open: boolean;
  /** Key of the comparison to open, null for the gallery. */
  readonly pair: string | null;
  readonly help: boolean;
}

const defaultPort = 8000;
/** How many ports after the default one are tried. */
const nPorts = 20;
/** Editors write a file in several steps: quiet time before a build. */
const settleMs = 150;

function parseOptions(args: readonly string[]): ServeOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        port: { type: "string" },
        host: { type: "string", default: "localhost" },
        site: { type: "string", default: "_site" },
        data: { type: "string", default: "_data" },
        watch: { type: "boolean", default: true },
        open: { type: "boolean", default: false },
        pair: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const port = values.port === undefined ? null : Number(values.port);
    if (port !== null && !(Number.isInteger(port) && port >= 0 && port < 65536)) {
      throw new RangeError(
        `Cannot use the port "${values.port}": expected a number from 0 to 65535`,
      );
    }
    const { host, site: siteFolder, data: dataFolder, watch, open, pair = null, help } = values;
    return { port, host, siteFolder, dataFolder, watch, open, pair, help };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new InputError(`${said}. See deno task serve --help`);
  }
}

/** Runs the build as a program of its own, so that changed modules are read anew. */
async function build({ siteFolder, dataFolder }: ServeOptions): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "-P=build",
      fileURLToPath(new URL("build.ts", import.meta.url)),
      // Lume's pages are the same, and it takes longer to start.
      "--builder=npm",
      `--data=${dataFolder}`,
      `--out=${siteFolder}`,
    ],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  return success;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Builds after every change of a source until `signal` aborts. */
async function watchSources(
  options: ServeOptions,
  signal: AbortSignal,
  onBuilt: () => void,
): Promise<void> {
  const folders = [fileURLToPath(new URL("./", import.meta.url))];
  if (await exists(options.dataFolder)) folders.push(options.dataFolder);
  const watcher = Deno.watchFs(folders);
  signal.addEventListener("abort", () => watcher.close());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let building: Promise<void> | null = null;
  let isStale = false;
  const rebuild = async () => {
    do {
      isStale = false;
      if (await build(options)) onBuilt();
    } while (isStale && !signal.aborted);
    building = null;
  };
  for await (const event of watcher) {
    // A scan in progress writes part files; only the list that it ends with makes pages.
    const counts = event.kind !== "access" &&
      event.paths.some((path) =>
        path.endsWith("scans.json") ||
        (/\.(?:ts|css|vto|svg)$/.test(path) && !path.includes(".part-"))
      );
    if (!counts) continue;
    isStale = true;
    clearTimeout(timer);
    timer = setTimeout(() => building ??= rebuild(), settleMs);
  }
  clearTimeout(timer);
  await building;
}

function listen(options: ServeOptions, handler: Deno.ServeHandler): Deno.HttpServer<Deno.NetAddr> {
  const { host: hostname } = options;
  const first = options.port ?? defaultPort;
  const last = options.port === null ? first + nPorts : first;
  for (let port = first; port <= last; port++) {
    try {
      return Deno.serve({ port, hostname, onListen() {} }, handler);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(
    first === last
      ? `Cannot listen on port ${first}: expected it free, got another program there. Choose one with --port.`
      : `Cannot listen: expected a free port from ${first} to ${last}, got none. Choose one with --port.`,
  );
}

/** Where a comparison's page is, without the leading slash. @throws {InputError} if none is listed */
async function pageOfPair(dataFolder: string, key: string): Promise<string> {
  const { scans, pairs } = await readManifest(dataFolder);
  const found = catalogueOf(scans, pairs).pairs.find(({ pair }) => pair.key === key);
  if (found) return found.url.slice(1);
  throw new InputError(
    `Cannot open the comparison "${key}": expected it in the list of "${dataFolder}", got ` +
      `${pairs.length} others. Run "deno task diff" first.`,
  );
}

async function openInBrowser(address: string): Promise<void> {
  const command = { darwin: "open", windows: "explorer" }[Deno.build.os as string] ?? "xdg-open";
  try {
    await new Deno.Command(command, { args: [address], stdout: "null", stderr: "null" }).output();
  } catch {
    console.error(`No program opens ${address} here: open it by hand.`);
  }
}

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const { siteFolder } = options;
  if (!await exists(join(siteFolder, "index.html"))) {
    if (!options.watch) {
      throw new InputError(
        `Cannot serve "${siteFolder}": expected a built site, got none. Run "deno task build" first.`,
      );
    }
    if (!await build(options)) return 2;
  }
  const page = options.pair === null ? "" : await pageOfPair(options.dataFolder, options.pair);
  const reload = new LiveReload();
  const server = listen(
    options,
    (request) => reload.answer(request) ?? serveFile(request, siteFolder, { headEnd: reloadTag }),
  );
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    if (Deno.build.os === "windows" && name === "SIGTERM") continue;
    Deno.addSignalListener(name, () => {
      stop.abort();
      reload.close();
      void server.shutdown();
    });
  }
  const shown = ["0.0.0.0", "::"].includes(options.host) ? "localhost" : options.host;
  const address = `http://${shown}:${server.addr.port}/`;
  console.log(`Serving ${siteFolder} at ${address} (Ctrl-C stops)`);
  if (page !== "") console.log(`The comparison is at ${address}${page}`);
  if (options.open) void openInBrowser(address + page);
  const watching = options.watch
    ? watchSources(options, stop.signal, () => reload.reload())
    : undefined;
  await server.finished;
  await watching;
  return 0;
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main(Deno.args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exitCode = error instanceof InputError ? 2 : 1;
  }
}
