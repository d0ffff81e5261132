import assert from "node:assert/strict";
import * as v from "valibot";
import { checkBrowser } from "../check_browser.ts";
import { root, trackedFiles } from "./files.ts";
import { findAnchors, findBrokenLinks, findForeign, findLinks } from "./repository.ts";

const configSchema = v.object({
  tasks: v.record(v.string(), v.object({ description: v.string(), command: v.string() })),
});

const config: unknown = JSON.parse(await Deno.readTextFile(root + "deno.json"));

Deno.test("deno.json gives every task a description and a command", () => {
  const { issues } = v.safeParse(configSchema, config);
  assert.deepEqual((issues ?? []).map((issue) => `${v.getDotPath(issue)}: ${issue.message}`), []);
});

Deno.test("deno.json pins every package of npm to one version", () => {
  const { imports } = v.parse(v.object({ imports: v.record(v.string(), v.string()) }), config);
  const loose = Object.values(imports)
    .filter((url) => url.startsWith("npm:") && !/@\d+\.\d+\.\d+(-[\w.]+)?(\/|$)/.test(url));
  assert.deepEqual(loose, []);
});

const { tasks } = v.parse(
  v.object({ tasks: v.record(v.string(), v.object({ command: v.string() })) }),
  config,
);

for (const [name, { command }] of Object.entries(tasks)) {
  // Of a chain the last part alone would get the flag; its parts are tasks themselves.
  if (!/^deno run /.test(command) || /[;&|]/.test(command)) continue;
  Deno.test(`deno task ${name} prints its usage when given --help`, async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", name, "--help"],
      cwd: root,
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
    const { code, stdout, stderr } = await child.output();
    clearTimeout(timer);
    const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.equal(code, 0, error);
    assert.match(out, new RegExp(`Usage: deno task ${name}\\b`));
  });
}

/** Tracked files, or null after having said why the test cannot run. */
async function tracked(): Promise<string[] | null> {
  const files = await trackedFiles();
  if (files === null) console.log("skipped: this is no git checkout, or there is no git");
  return files;
}

/** Text of a tracked file, null where it is binary. */
function readText(path: string): string | null {
  const bytes = Deno.readFileSync(root + path);
  if (bytes.subarray(0, 8000).includes(0)) return null;
  return new TextDecoder().decode(bytes);
}

Deno.test("every tracked file has at most 10 MB", async () => {
  const files = await tracked();
  if (files === null) return;
  const large = files.filter((path) => Deno.statSync(root + path).size > 10e6);
  assert.deepEqual(large, []);
});

Deno.test("no tracked file is a result or a dependency", async () => {
  const files = await tracked();
  if (files === null) return;
  const wrong = files.filter((path) => /(^|\/)(node_modules|_site|_data|\.cache)\//.test(path));
  assert.deepEqual(wrong, []);
});

Deno.test("findForeign() finds nothing in any tracked file", async () => {
  const files = await tracked();
  if (files === null) return;
  const complaints = files.flatMap((path) =>
    findForeign(readText(path) ?? "").map((complaint) => `${path}:${complaint}`)
  );
  assert.deepEqual(complaints, []);
});

Deno.test("no test is left out or run alone", async () => {
  const files = await tracked();
  if (files === null) return;
  const marks = new RegExp(
    `Deno\\.test\\.(${"on" + "ly"}|${"ig" + "nore"})|^\\s*(only|ignore): true`,
    "m",
  );
  const wrong = files.filter((path) =>
    /^tests\/.*\.ts$/.test(path) && marks.test(readText(path) ?? "")
  );
  assert.deepEqual(wrong, []);
});

Deno.test("deno.lock names no host", async () => {
  assert.doesNotMatch(await Deno.readTextFile(root + "deno.lock"), /https?:\/\//);
});

Deno.test("findBrokenLinks() finds none in any Markdown file", async () => {
  const files = await tracked();
  if (files === null) return;
  const known = new Set(files);
  const folders = new Set(
    files.flatMap((path) => {
      const parts = path.split("/");
      return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
    }),
  );
  const complaints = files.filter((path) => path.endsWith(".md")).flatMap((path) =>
    findBrokenLinks(
      path,
      (goal) => known.has(goal) ? readText(goal) ?? "" : null,
      (goal) => goal === "." || folders.has(goal),
    )
  );
  assert.deepEqual(complaints, []);
});

Deno.test("findForeign() tells of paths, hosts and notes when a text holds them", () => {
  const home = ["", "home", "ada", "code"].join("/");
  const host = "https://" + ["registry", "example", "org"].join(".") + "/x";
  const note = "// TO" + "DO: later";
  assert.deepEqual(findForeign(`fine\nconst p = "${home}";\nsee ${host}\n${note}\n`), [
    "2: a path of one machine",
    "3: the host of a package registry",
    "4: a note to self",
  ]);
  const fine = "https://example.org/home/ada/code\n$HOME/root/x\n./work/x\nnpm:three@1\n";
  assert.deepEqual(findForeign(fine), []);
});

Deno.test("findLinks() leaves out code and other hosts", () => {
  const text = '[a](b.md)\n`[c](d.md)`\n```\n[e](f.md)\n```\n![g](h.png "title")\n' +
    '[i](https://example.org) <a href="j#k">l</a>\n[m]: n.md\n';
  assert.deepEqual(findLinks(text), [
    { line: 1, target: "b.md" },
    { line: 6, target: "h.png" },
    { line: 7, target: "j#k" },
    { line: 8, target: "n.md" },
  ]);
});

Deno.test("findAnchors() numbers headings that are equal", () => {
  assert.deepEqual(
    [...findAnchors("# One, two!\n## `a_b` c\n# One, two!\n```\n# no\n```\n")],
    ["one-two", "a_b-c", "one-two-1"],
  );
});

Deno.test("findBrokenLinks() tells of files and anchors when they are not there", () => {
  const files: Record<string, string> = {
    "docs/a.md": "[b](../b.md#here) [c](c.md) [d](../b.md#gone) [e](../docs/) [f](#top)\n# Top",
    "b.md": "# Here\n",
  };
  const broken = findBrokenLinks(
    "docs/a.md",
    (path) => files[path] ?? null,
    (path) => path === "docs",
  );
  assert.deepEqual(broken, ["docs/a.md:1: c.md", "docs/a.md:1: ../b.md#gone"]);
});

Deno.test("checkBrowser() tells when a module needs more than a browser has", async () => {
  const folder = await Deno.makeTempDir({ prefix: "weightscan-" });
  try {
    await Deno.writeTextFile(`${folder}/bad.ts`, "export const id: number = Deno.pid;\n");
    await Deno.writeTextFile(`${folder}/good.ts`, "export const url: URL = new URL('x:');\n");
    const bad = await checkBrowser([`${folder}/bad.ts`]);
    assert.notEqual(bad.code, 0);
    assert.match(bad.output, /Deno/);
    const good = await checkBrowser([`${folder}/good.ts`]);
    assert.equal(good.code, 0, good.output);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
