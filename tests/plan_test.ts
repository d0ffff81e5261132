import assert from "node:assert/strict";
import type { Family, Prompt } from "../scan/collection/mod.ts";
import { builtInParameters } from "../scan/collection/mod.ts";
import { entryOf, listScans, type Overrides, planJobs, selectFamilies } from "../scan/plan.ts";
import type { ScanEntry, ScanRecord } from "../scan/store/manifest.ts";

function prompt(family: string, variant: string, text: string, expected = " b"): Prompt {
  const id = variant === "" ? family : `${family}/${variant}`;
  return {
    id,
    family,
    variant,
    title: id,
    text,
    change: variant === "" ? "" : "one word",
    expected,
    lookFor: "the end",
    control: false,
  };
}

function family(id: string, members: Prompt[], models = ["bundled"]): Family {
  return {
    id,
    title: id,
    tags: ["t"],
    author: "a",
    licence: "CC0-1.0",
    date: "2026-01-01",
    models,
    parameters: builtInParameters,
    members,
  };
}

const days = family("days", [prompt("days", "", "Monday,"), prompt("days", "back", "Friday,")]);
const cats = family("cats", [prompt("cats", "", "The cat")], ["bundled", "other"]);
const families = [cats, days];
const none: Overrides = { models: null, parameters: {} };
const identify = (name: string) => Promise.resolve({ name, digest: `sha256:${name}` });

function record(key: string, model: string, answer = " b"): ScanRecord {
  return {
    key,
    model: { name: model, revision: "", digest: "", nLayers: 1, dModel: 1, dVocab: 1 },
    parameters: {},
    quality: { explainedVariance: 1, trustworthiness: 1, neighbourRecall: 1 },
    tokens: [],
    answer: [{ id: 0, text: answer, p: 1 }],
    layers: ["embedding"],
    frames: { path: `frames/${key}.msgpack`, bytes: 1 },
    lens: { path: `frames/${key}.lens.msgpack`, bytes: 1 },
    thumbnail: { path: `thumbs/${key}.webp`, bytes: 1 },
    run: { provider: "cpu", durationMs: 1, writer: "", date: "" },
  };
}

Deno.test("planJobs() makes a job for every family and model, with a key for every member", async () => {
  const jobs = await planJobs(families, none, identify);
  assert.deepEqual(jobs.map((job) => `${job.family.id} ${job.modelName} ${job.members.length}`), [
    "cats bundled 1",
    "cats other 1",
    "days bundled 2",
  ]);
  const keys = jobs.flatMap((job) => job.members.map((member) => member.key));
  assert.equal(new Set(keys).size, 4);
});

Deno.test("planJobs() lets the command line replace models, particles and seed", async () => {
  const overrides: Overrides = { models: ["x", "x"], parameters: { particles: 64, seed: 7 } };
  const jobs = await planJobs([days], overrides, identify);
  assert.equal(jobs.length, 1);
  assert.equal(jobs[0].modelName, "x");
  assert.deepEqual(jobs[0].parameters, { ...builtInParameters, particles: 64, seed: 7 });
});

Deno.test("selectFamilies() finds families by their own and their members' ids", () => {
  assert.deepEqual(selectFamilies(families, []).families, families);
  assert.deepEqual(selectFamilies(families, ["days/back", "days"]).families, [days]);
  const { families: found, unknown } = selectFamilies(families, ["cats", "dogs", "days/forth"]);
  assert.deepEqual(found, [cats]);
  assert.deepEqual(unknown, ["dogs", "days/forth"]);
});

Deno.test("entryOf() says whether the model's best guess is the expected token", () => {
  const [base] = days.members;
  assert.equal(entryOf(days, base, record("k", "m", " b")).correct, true);
  assert.equal(entryOf(days, base, record("k", "m", " c")).correct, false);
  assert.equal(entryOf(days, { ...base, expected: "" }, record("k", "m")).correct, null);
});

Deno.test("listScans() prefers this run's scan, then the list before, then the default", async () => {
  const wanted = await planJobs([days], { ...none, parameters: { seed: 7 } }, identify);
  const own = await planJobs(families, none, identify);
  const stored = new Map<string, ScanRecord>();
  const read = (key: string) => Promise.resolve(stored.get(key) ?? null);
  for (const job of [...wanted, ...own]) {
    for (const { key } of job.members) stored.set(key, record(key, job.modelName));
  }
  const keysOf = (entries: readonly ScanEntry[]) => entries.map((entry) => entry.key);
  const expected = [
    own[0].members[0].key,
    own[1].members[0].key,
    ...wanted[0].members.map((member) => member.key),
  ];
  const first = await listScans(families, wanted, [], own, read);
  assert.deepEqual(keysOf(first), expected);
  // A later run for another family keeps what was listed for this one.
  const later = await planJobs([cats], none, identify);
  assert.deepEqual(keysOf(await listScans(families, later, first, own, read)), expected);
});

Deno.test("listScans() leaves out what is not stored, and prompts that are gone or reworded", async () => {
  const own = await planJobs([days], none, identify);
  const base = own[0].members[0];
  const stored = new Map([[base.key, record(base.key, "bundled")]]);
  const read = (key: string) => Promise.resolve(stored.get(key) ?? null);
  const listed = await listScans([days], own, [], own, read);
  assert.deepEqual(listed.map((entry) => entry.id), ["days"]);
  assert.deepEqual(await listScans([cats], [], listed, [], read), []);
  const reworded = family("days", [prompt("days", "", "Tuesday,")]);
  assert.deepEqual(await listScans([reworded], [], listed, [], read), []);
});
