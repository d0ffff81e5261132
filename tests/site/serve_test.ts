import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeSyntheticData } from "../fixtures/synthetic_scan.ts";
import { projectFolder, runScript, siteSource, withFolder } from "./fixtures.ts";

/** Starts the server and reads the address that it prints. */
async function start(args: readonly string[]): Promise<{ child: Deno.ChildProcess; url: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", fileURLToPath(new URL("serve.ts", siteSource)), ...args],
    cwd: projectFolder,
    stdout: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  let printed = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += chunk;
    const url = / at (http:\S+)/.exec(printed)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error(`Cannot start the server: expected an address, got "${printed}"`);
}

Deno.test("serve.ts serves the site, says when its port is taken, and stops on a signal", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "index.html"), "<head></head>home");
    const { child, url } = await start(["--port=0", "--no-watch", `--site=${folder}`]);
    try {
      const page = await (await fetch(url)).text();
      assert.match(page, /_reload\.js.*home/s);
      const port = new URL(url).port;
      const second = await runScript("serve.ts", [
        `--port=${port}`,
        "--no-watch",
        `--site=${folder}`,
      ]);
      assert.equal(second.code, 1);
      assert.match(second.stderr, new RegExp(`Cannot listen on port ${port}: expected it free`));
    } finally {
      child.kill("SIGTERM");
    }
    assert.equal((await child.status).code, 0);
  });
});

Deno.test("serve.ts exits with 2 and says what to do when it is asked for what it cannot serve", async () => {
  await withFolder(async (folder) => {
    const none = await runScript("serve.ts", ["--no-watch", `--site=${join(folder, "none")}`]);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /Run "deno task build" first/);
    await writeSyntheticData(folder, {
      families: 1,
      members: 2,
      frames: 2,
      particles: 16,
      pairs: true,
    });
    await Deno.writeTextFile(join(folder, "index.html"), "home");
    const flags = [`--site=${folder}`, `--data=${folder}`, "--no-watch", "--port=0"];
    const other = await runScript("serve.ts", [...flags, "--pair=none"]);
    assert.equal(other.code, 2);
    assert.match(other.stderr, /Cannot open the comparison "none".*Run "deno task diff"/);
    for (const args of [["--port=http"], ["--port=70000"], ["--prot=1"]]) {
      const { code, stderr } = await runScript("serve.ts", args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /See deno task serve --help/);
    }
  });
});
