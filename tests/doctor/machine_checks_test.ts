import assert from "node:assert/strict";
import type { Finding } from "../../scan/doctor/finding.ts";
import {
  checkCards,
  checkDeno,
  checkDevices,
  checkMemory,
  checkRuntime,
  madeForDeno,
} from "../../scan/doctor/machine_checks.ts";
import type { Probes } from "../../scan/doctor/probes.ts";
import type { NodeProvider } from "../../scan/runtime/node_engine.ts";
import { root } from "../ground/files.ts";

const levelOf = ({ level }: Finding) => level;

Deno.test("checkDeno() tells an older, a newer and the right version apart", () => {
  assert.deepEqual(checkDeno({ denoVersion: madeForDeno }), {
    topic: "Deno",
    level: "ok",
    says: madeForDeno,
  });
  for (
    const [denoVersion, level] of [["2.8.9", "fault"], ["1.46.3", "fault"], ["2.10.0", "note"]]
  ) {
    const found = checkDeno({ denoVersion });
    assert.equal(found.level, level, denoVersion);
    assert.match(found.mend ?? "", RegExp(`deno upgrade ${madeForDeno}`));
  }
});

Deno.test("the doctor wants the version of Deno that the README runs", async () => {
  const readme = await Deno.readTextFile(root + "README.md");
  const versions = [...readme.matchAll(/deno@(\d+\.\d+\.\d+)/g)].map((match) => match[1]);
  assert.deepEqual(new Set(versions), new Set([madeForDeno]));
});

Deno.test("checkRuntime() says what is wrong when ONNX Runtime does not load", async () => {
  const sound = await checkRuntime({ loadRuntime: () => Promise.resolve("1.2.3") });
  assert.deepEqual(sound, { topic: "ONNX Runtime", level: "ok", says: "1.2.3 loads" });
  const broken = await checkRuntime({
    loadRuntime: () => Promise.reject(new Error("libonnxruntime.so: cut off\nat …")),
  });
  assert.equal(broken.level, "fault");
  assert.match(broken.says, /does not load: libonnxruntime\.so: cut off$/);
  assert.match(broken.mend ?? "", /deno install/);
});

Deno.test("checkMemory() finds fault with too little, and none where the system does not say", () => {
  const free = (bytes: number) =>
    checkMemory({ totalMemoryBytes: 8e9, freeMemoryBytes: () => bytes });
  assert.deepEqual([3e9, 1e8, Infinity].map(free).map(levelOf), ["ok", "fault", "note"]);
  assert.match(free(3e9).says, /3\.0 GB free of 8\.0 GB/);
});

const nvidia = (code: number, out: string, err = ""): Pick<Probes, "askNvidia"> => ({
  askNvidia: () => Promise.resolve({ code, out, err }),
});

Deno.test("checkCards() tells every card with its memory", async () => {
  const out = "NVIDIA H100 80GB HBM3, 81559, 81000, 550.54\nNVIDIA GB10, [N/A], [N/A], 580.1\n";
  const found = await checkCards(nvidia(0, out));
  assert.deepEqual(found.map(levelOf), ["ok", "ok"]);
  assert.equal(found[0].says, "NVIDIA H100 80GB HBM3, 84.9 GB free of 85.5 GB, driver 550.54");
  assert.match(found[1].says, /an unknown amount free/);
});

Deno.test("checkCards() says so when there is no nvidia-smi, or it does not work", async () => {
  const [none] = await checkCards({ askNvidia: () => Promise.resolve(null) });
  assert.match(none.says, /there is no nvidia-smi/);
  for (const probe of [nvidia(9, "", "couldn't talk to the driver"), nvidia(0, "\n")]) {
    const [broken] = await checkCards(probe);
    assert.equal(broken.level, "note");
    assert.match(broken.mend ?? "", /driver/);
  }
});

/** Only some providers work. */
const working = (...names: NodeProvider[]): Pick<Probes, "tryProvider"> => ({
  tryProvider: (provider) =>
    Promise.resolve(
      names.includes(provider)
        ? { engine: { provider, load: () => Promise.reject(new Error("not here")) } }
        : { provider, reason: "it is not there", mend: `Install ${provider}.` },
    ),
});

Deno.test("checkDevices() takes the first that works and notes the others with their mends", async () => {
  const { findings, engine } = await checkDevices(working("webgpu", "cpu"), "auto");
  assert.equal(engine?.provider, "webgpu");
  assert.deepEqual(findings.map(levelOf), ["note", "ok", "ok"]);
  assert.deepEqual(findings[0], {
    topic: "device",
    level: "note",
    says: "cuda does not work: it is not there",
    mend: "Install cuda.",
  });
});

Deno.test("checkDevices() finds fault when the device that is wanted, or the CPU, does not work", async () => {
  const wanted = await checkDevices(working("cpu"), "cuda");
  assert.deepEqual(wanted.findings.map(levelOf), ["fault", "note", "ok"]);
  assert.equal(wanted.engine, null);
  const none = await checkDevices(working(), "auto");
  assert.deepEqual(none.findings.map(levelOf), ["note", "note", "fault"]);
  assert.equal(none.engine, null);
});
