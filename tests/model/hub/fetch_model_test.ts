import assert from "node:assert/strict";
import { join } from "node:path";
import { HubClient } from "../../../scan/model/hub/client.ts";
import { writeAll } from "../../../scan/model/hub/download.ts";
import { fetchModel, findFetched } from "../../../scan/model/hub/fetch_model.ts";
import { listCached, verifyFetched } from "../../../scan/model/hub/inspect.ts";
import { parseModelId } from "../../../scan/model/hub/model_id.ts";
import { moveWeightsOut } from "../../fixtures/external_data.ts";
import { modelFolder } from "../../fixtures/models.ts";
import { root } from "../../ground/files.ts";
import { withModel } from "../model_folder.ts";
import { commit, dying, type LocalHub, startHub } from "./local_hub.ts";

const fixture = modelFolder("llama-genai");
const read = (name: string) => Deno.readFileSync(join(fixture, name));
const { model, data } = moveWeightsOut(read("model.onnx"), "model.onnx_data");
const files = {
  "README.md": new TextEncoder().encode("A model."),
  "genai_config.json": read("genai_config.json"),
  "tokenizer.json": read("tokenizer.json"),
  "onnx/model.onnx": model,
  "onnx/model.onnx_data": data,
};
const wanted = Object.keys(files).filter((name) => name !== "README.md");

const tiny = parseModelId("org/tiny")!;

/** A hub and an empty cache. @param use is handed a way to fetch, with waits left out and written down */
async function withHub(
  use: (fetch: typeof fetchTiny, hub: LocalHub, cache: string, waitsMs: number[]) => Promise<void>,
  others: Readonly<Record<string, Uint8Array>> = files,
): Promise<void> {
  await using hub = startHub(others);
  const cache = await Deno.makeTempDir({ prefix: "weightscan-" });
  const waitsMs: number[] = [];
  const fetchTiny_ = (id = tiny, token?: string) => {
    const wait = (durationMs: number) => {
      waitsMs.push(durationMs);
      return Promise.resolve();
    };
    return fetchModel(id, new HubClient({ endpoint: hub.endpoint, token, wait }), cache);
  };
  try {
    await use(fetchTiny_, hub, cache, waitsMs);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}
declare function fetchTiny(id?: typeof tiny, token?: string): ReturnType<typeof fetchModel>;

const snapshot = (cache: string) => join(cache, "models--org--tiny", "snapshots", commit);
const blobs = (cache: string) => [...Deno.readDirSync(join(cache, "models--org--tiny", "blobs"))];

Deno.test("fetchModel() lays out a cache from which the model can be opened", () =>
  withHub(async (fetch, hub, cache) => {
    const fetched = await fetch();
    assert.deepEqual(fetched.files.map(({ path }) => path).toSorted(), wanted.toSorted());
    assert.equal(fetched.model, join(snapshot(cache), "onnx", "model.onnx"));
    const ref = await Deno.readTextFile(join(cache, "models--org--tiny", "refs", "main"));
    assert.equal(ref, commit);
    for (const name of wanted) {
      const path = join(snapshot(cache), name);
      assert.deepEqual(await Deno.readFile(path), files[name as keyof typeof files]);
      assert.ok((await Deno.lstat(path)).isSymlink);
    }
    assert.ok(!hub.requests.some((request) => request.includes("README")));
    await withModel(snapshot(cache), async (opened) => {
      assert.equal((await opened.read("the cat")).states.shape[0], 4);
    });
  }));

Deno.test("fetchModel() fetches nothing twice", () =>
  withHub(async (fetch, hub) => {
    await fetch();
    hub.requests.length = 0;
    await fetch();
    assert.deepEqual(hub.requests, ["api/models/org/tiny/revision/main"]);
  }));

Deno.test("findFetched() finds without a request what was fetched, and says how to fetch the rest", () =>
  withHub(async (fetch, hub, cache) => {
    assert.throws(() => findFetched(tiny, cache), /got none\. Fetch it with: deno task model org/);
    const { model } = await fetch();
    hub.requests.length = 0;
    assert.deepEqual(findFetched(tiny, cache), { commit, model, files: [] });
    assert.equal(findFetched(parseModelId(`org/tiny@${commit}`)!, cache).model, model);
    assert.throws(() => findFetched(parseModelId("org/tiny@v2")!, cache), /at v2: expected it/);
    assert.deepEqual(hub.requests, []);
  }));

Deno.test("listCached() lists what was fetched, and what was begun", () =>
  withHub(async (fetch, _hub, cache) => {
    assert.deepEqual(listCached(join(cache, "nowhere")), []);
    await fetch();
    const begunPath = join(cache, "models--org--tiny", "blobs", "abc.incomplete");
    await Deno.writeFile(begunPath, new Uint8Array(10));
    const [begun, ...others] = listCached(cache);
    assert.deepEqual(others, []);
    assert.deepEqual([begun.repo, begun.models], ["org/tiny", ["onnx/model.onnx"]]);
    assert.deepEqual(begun.incomplete, [{ path: begunPath, sizeBytes: 10 }]);
    await Deno.remove(begunPath);
    const [whole] = listCached(cache);
    assert.deepEqual(whole.incomplete, []);
    const bytes = wanted.reduce((sum, name) => sum + files[name as keyof typeof files].length, 0);
    assert.equal(whole.sizeBytes, bytes);
  }));

Deno.test("verifyFetched() compares every file with its digest, without a request", () =>
  withHub(async (fetch, hub, cache) => {
    await assert.rejects(verifyFetched(tiny, cache), /got none\. Fetch it with: deno task model/);
    await fetch();
    hub.requests.length = 0;
    const sound = await verifyFetched(tiny, cache);
    assert.deepEqual(sound.files.map(({ path }) => path).toSorted(), wanted.toSorted());
    assert.deepEqual(sound.files.map(({ fault }) => fault), wanted.map(() => null));
    for (const name of ["tokenizer.json", "onnx/model.onnx_data"]) {
      const blob = await Deno.realPath(join(snapshot(cache), name));
      const bytes = await Deno.readFile(blob);
      await Deno.writeFile(blob, bytes.map((byte, i) => i === 3 ? byte ^ 1 : byte));
      const { files } = await verifyFetched(tiny, cache);
      const wrong = files.filter(({ fault }) => fault !== null);
      assert.deepEqual(wrong.map(({ path }) => path), [name]);
      assert.match(wrong[0].fault!, /delete .*blobs.* and run deno task model org\/tiny again/);
      await Deno.writeFile(blob, bytes);
    }
    await Deno.remove(await Deno.realPath(join(snapshot(cache), "onnx/model.onnx_data")));
    const { files } = await verifyFetched(tiny, cache);
    assert.match(files.find(({ fault }) => fault)?.fault ?? "", /not in the cache: run deno task/);
    assert.deepEqual(hub.requests, []);
  }));

Deno.test("verifyFetched() knows contents that are copies, where the system has no links", () =>
  withHub(async (fetch, _hub, cache) => {
    await fetch();
    const place = join(snapshot(cache), "tokenizer.json");
    const bytes = await Deno.readFile(place);
    const replace = async (bytes: Uint8Array) => {
      await Deno.remove(place);
      await Deno.writeFile(place, bytes);
    };
    await replace(bytes);
    assert.ok((await verifyFetched(tiny, cache)).files.every(({ fault }) => fault === null));
    await replace(new TextEncoder().encode("{}"));
    const { files } = await verifyFetched(tiny, cache);
    assert.match(files.find(({ fault }) => fault)?.fault ?? "", /delete .*snapshots.*tokenizer/);
  }));

Deno.test("fetchModel() goes on with a file where the connection died", () =>
  withHub(async (fetch, hub, cache) => {
    let nth = 0;
    hub.fault = (request, path) => {
      if (path !== "onnx/model.onnx_data" || ++nth > 3) return null;
      const start = Number(/\d+/.exec(request.headers.get("range") ?? "")?.[0] ?? 0);
      const headers = { "content-range": `bytes ${start}-${data.length - 1}/${data.length}` };
      return dying(data.slice(start), 20_000, { status: start > 0 ? 206 : 200, headers });
    };
    await fetch();
    const ranges = hub.requests.filter((request) => request.includes("bytes="));
    assert.ok(ranges.length >= 2 && ranges.length <= 4, ranges.join());
    const whole = await Deno.readFile(join(snapshot(cache), "onnx/model.onnx_data"));
    assert.deepEqual(whole, data);
  }));

Deno.test("fetchModel() keeps what it has when the connection dies for good, for the next time", () =>
  withHub(async (fetch, hub, cache) => {
    hub.fault = (request, path) =>
      path !== "onnx/model.onnx_data" ? null : request.headers.has("range")
        ? dying(data, 0, {
          status: 206,
          headers: {
            "content-range": `bytes ${/\d+/.exec(request.headers.get("range")!)![0]}-9/9`,
          },
        })
        : dying(data, 20_000);
    await assert.rejects(
      fetch(),
      /got 20000 \(.*\)\. Run the command again: it goes on from there/,
    );
    assert.ok(blobs(cache).some(({ name }) => name.endsWith(".incomplete")));
    hub.fault = () => null;
    hub.requests.length = 0;
    await fetch();
    assert.ok(
      hub.requests.some((request) => request.endsWith("bytes=20000-")),
      hub.requests.join(),
    );
    assert.ok(!blobs(cache).some(({ name }) => name.endsWith(".incomplete")));
  }));

Deno.test("fetchModel() begins anew where the server knows no ranges", () =>
  withHub(async (fetch, hub, cache) => {
    let nth = 0;
    hub.fault = (_, path) =>
      path !== "onnx/model.onnx_data"
        ? null
        : nth++ === 0
        ? dying(data, 20_000)
        : new Response(data.slice());
    await fetch();
    const whole = await Deno.readFile(join(snapshot(cache), "onnx/model.onnx_data"));
    assert.deepEqual(whole, data);
  }));

Deno.test("fetchModel() gives up a server that begins anew each time and never comes to the end", () =>
  withHub(async (fetch, hub) => {
    hub.fault = (_, path) => path === "onnx/model.onnx_data" ? dying(data, 1000) : null;
    await assert.rejects(
      fetch(),
      /expected \d+ bytes, got (0|1000) \(.*\)\. Run the command again/,
    );
  }));

for (const name of ["tokenizer.json", "onnx/model.onnx_data"]) {
  Deno.test(`fetchModel() refuses a ${name} of another digest`, () =>
    withHub(async (fetch, hub, cache) => {
      const bytes = files[name as keyof typeof files].slice();
      bytes[17] ^= 1;
      hub.fault = (_, path) => path.endsWith(name) ? new Response(bytes) : null;
      await assert.rejects(fetch(), {
        name: "RangeError",
        message: /Cannot use "org\/tiny: .*": expected \d+ bytes with the digest .* was deleted/,
      });
      assert.ok(!blobs(cache).some(({ name }) => name.endsWith(".incomplete")));
    }));
}

const refusals: readonly [status: number, mend: RegExp][] = [
  [401, /set HF_TOKEN/],
  [403, /set HF_TOKEN/],
  [404, /Check the spelling/],
  [410, /refuses the request/],
];

for (const [status, mend] of refusals) {
  Deno.test(`fetchModel() says what to do about the answer ${status}, and asks once`, () =>
    withHub(async (fetch, hub) => {
      hub.fault = () => new Response("", { status });
      await assert.rejects(fetch(), (error: Error) => {
        assert.match(error.message, RegExp(`Cannot fetch "org/tiny" .* the answer ${status}\\.`));
        assert.match(error.message, mend);
        return true;
      });
      assert.equal(hub.requests.length, 1);
    }));
}

for (const status of [429, 500, 503]) {
  Deno.test(`fetchModel() waits and asks again after the answer ${status}`, () =>
    withHub(async (fetch, hub, _cache, waitsMs) => {
      let nth = 0;
      const headers: HeadersInit = status === 429 ? { "retry-after": "7" } : {};
      hub.fault = () => ++nth <= 2 ? new Response("", { status, headers }) : null;
      await fetch();
      assert.deepEqual(waitsMs, status === 429 ? [7000, 7000] : [1000, 2000]);
      nth = -100;
      await assert.rejects(fetch(), RegExp(`got the answer ${status} 4 times\\. Try again later`));
    }));
}

Deno.test("fetchModel() shows its token to the hub and to no server that the hub sends to", () =>
  withHub(async (fetch, hub) => {
    hub.token = "hf_secret";
    await assert.rejects(fetch(), /answer 401/);
    await assert.rejects(fetch(tiny, "hf_other"), /The token of HF_TOKEN may not read it/);
    await fetch(tiny, "hf_secret");
    assert.deepEqual(hub.leaked, []);
  }));

Deno.test("fetchModel() gives up a ring of redirects", () =>
  withHub(async (fetch, hub) => {
    hub.fault = (request) =>
      new Response(null, { status: 302, headers: { location: new URL(request.url).pathname } });
    await assert.rejects(fetch(), /got 5 redirects/);
  }));

for (const name of ["../outside", "/etc/passwd", "a/../../b", "a\\b", "C:x", "a//b", "a/./b"]) {
  Deno.test(`fetchModel() refuses a list of files with ${name}`, () =>
    withHub(async (fetch, hub, cache) => {
      hub.announce = (siblings) => [...siblings, { ...siblings[0], rfilename: name }];
      await assert.rejects(fetch(), { name: "RangeError", message: /expected one inside of the/ });
      assert.deepEqual([...Deno.readDirSync(cache)], []);
    }));
}

Deno.test("fetchModel() refuses a digest or a commit that is a path", () =>
  withHub(async (fetch, hub) => {
    hub.announce = (siblings) =>
      siblings.map((file) => ({ ...file, blobId: "../x", lfs: undefined }));
    await assert.rejects(fetch(), /expected one inside of the repository/);
    hub.fault = () => Response.json({ sha: "../../x", siblings: [] });
    await assert.rejects(fetch(), { name: "SyntaxError" });
    hub.fault = () => new Response("<html>");
    await assert.rejects(fetch(), /expected JSON/);
  }));

Deno.test("writeAll() writes all that a file takes little of, and says so when the disk is full", async () => {
  const written: number[] = [];
  let room = 10;
  const file = {
    write(bytes: Uint8Array) {
      // What a system says whose disk is full.
      if (room === 0) return Promise.reject(new Error("No space left on device (os error 28)"));
      const n = Math.min(3, room, bytes.length);
      room -= n;
      written.push(...bytes.subarray(0, n));
      return Promise.resolve(n);
    },
  };
  await writeAll(file, Uint8Array.of(1, 2, 3, 4, 5, 6, 7), "blob");
  assert.deepEqual(written, [1, 2, 3, 4, 5, 6, 7]);
  await assert.rejects(writeAll(file, new Uint8Array(7), "blob"), {
    name: "RangeError",
    message: /Cannot write "blob": expected room on the disk, got "No space .* set HF_HOME/,
  });
});

Deno.test({
  name: "fetchModel() says so when the disk is full, and goes on when there is room",
  // A device that is always full, which other systems do not have.
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withHub(async (fetch, hub, cache) => {
      const { files: fetched } = await fetch();
      const place = await Deno.realPath(
        join(snapshot(cache), fetched.find(({ path }) => path.endsWith("_data"))!.path),
      );
      await Deno.remove(place);
      await Deno.symlink("/dev/full", `${place}.incomplete`);
      // A program of its own: devices are open to those with all permissions alone.
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "-A", "scan/model/hub/main.ts", "org/tiny"],
        cwd: root,
        env: { HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: cache, NO_COLOR: "1" },
      }).output();
      assert.notEqual(code, 0);
      assert.match(
        new TextDecoder().decode(stderr),
        /expected room on the disk, got "No space left.* set HF_HOME/,
      );
      await Deno.remove(`${place}.incomplete`);
      await fetch();
      assert.deepEqual(await Deno.readFile(place), data);
    }),
});

Deno.test("fetchModel() asks which file is meant, and takes the one that is named", () => {
  const { "onnx/model.onnx": _, ...rest } = files;
  const several = { ...rest, "onnx/a.onnx": model, "onnx/b.onnx": model };
  return withHub(async (fetch) => {
    await assert.rejects(fetch(), /got onnx\/a\.onnx .*, onnx\/b\.onnx .* org\/tiny:onnx\/a\.onnx/);
    const fetched = await fetch(parseModelId("org/tiny:onnx/b.onnx")!);
    assert.match(fetched.model, /b\.onnx$/);
    await assert.rejects(fetch(parseModelId("org/tiny:onnx/c.onnx")!), /expected onnx\/c\.onnx/);
  }, several);
});

for (const lacking of ["tokenizer.json", "genai_config.json", "onnx/model.onnx_data"]) {
  Deno.test(`fetchModel() says so when the repository has no ${lacking}`, () =>
    withHub(async (fetch) => {
      const name = lacking.replace("genai_", "");
      await assert.rejects(fetch(), RegExp(`expected .*${name}`));
    }, Object.fromEntries(Object.entries(files).filter(([name]) => name !== lacking))));
}

Deno.test("HubClient refuses an address that is not encrypted", () => {
  const make = (endpoint: string) => () => new HubClient({ endpoint });
  assert.throws(make("http://hub.example"), /expected https/);
  assert.throws(make("hub"), /expected an address/);
  make("https://hub.example/mirror")();
});

Deno.test("parseModelId() reads revisions and files, and no paths", () => {
  assert.deepEqual(parseModelId("org/name@v1.0:onnx/model_fp16.onnx"), {
    repo: "org/name",
    revision: "v1.0",
    file: "onnx/model_fp16.onnx",
  });
  assert.deepEqual(parseModelId("org/name"), { repo: "org/name", revision: "main", file: null });
  for (const text of ["bundled", "./org/name", "/org/name", "../a/b", "a/b/c", "org/..name", ""]) {
    assert.equal(parseModelId(text), null, text);
  }
  assert.throws(() => parseModelId("org/name:../x.onnx"), RangeError);
  assert.throws(() => parseModelId("org/name@../../x"), RangeError);
});
