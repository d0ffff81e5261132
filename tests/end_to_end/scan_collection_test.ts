import assert from "node:assert/strict";
import { join } from "node:path";
import { type Family, parseCollection, readCollection } from "../../scan/collection/mod.ts";
import { decodeScan } from "../../scan/format/mod.ts";
import { createLocalLane } from "../../scan/lane.ts";
import { createModelKnowledge } from "../../scan/model/knowledge.ts";
import { loadModel } from "../../scan/model/load_model.ts";
import { openModel } from "../../scan/model/open_model.ts";
import { identifyModel, readModelSource } from "../../scan/model/source.ts";
import { planJobs } from "../../scan/plan.ts";
import type { Reporter } from "../../scan/progress.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { type RunContext, runJobs, type RunPlan } from "../../scan/scan_collection.ts";
import { Store } from "../../scan/store/store.ts";
import { createWorkerLane } from "../../scan/worker_lane.ts";
import {
  type Collection,
  contents,
  endless,
  familyFile,
  makeCollection,
  readManifest,
  snapshot,
} from "./collection.ts";

const asWritten = { models: null, parameters: {} };

async function planOf(
  { prompts }: Collection,
  change = (family: Family) => family,
): Promise<RunPlan> {
  const { files, faults } = await readCollection(prompts);
  const parsed = parseCollection(files, createModelKnowledge(), faults);
  assert.ok(parsed.ok);
  const families = parsed.families.map(change);
  const jobs = await planJobs(families, asWritten, identifyModel);
  return { families, jobs, ownJobs: jobs, forgetOthers: false };
}

/** What the command line hands to a run, with everything that is told written down. */
async function contextOf({ data }: Collection, changes: Partial<RunContext> = {}) {
  const told: string[] = [];
  const loaded: string[] = [];
  const reporter: Reporter = {
    line: (text) => void told.push(text),
    row: () => ({
      stage: (subject, stage) => {
        told.push(`${subject.split(" ")[0]} ${stage}`);
        return () => {};
      },
      end: () => {},
    }),
  };
  const store = await Store.open(data);
  const context: RunContext = {
    store,
    reporter,
    openLanes: async () => [
      createLocalLane({
        store,
        engine: await createEngine("cpu"),
        loadModel: (name, engine) => {
          loaded.push(name);
          return loadModel(name, engine);
        },
      }),
    ],
    signal: new AbortController().signal,
    force: false,
    ...changes,
  };
  return { context, told, loaded };
}

Deno.test("runJobs() loads a model once for all families, and none when all is stored", async () => {
  await using collection = await makeCollection();
  const plan = await planOf(collection);
  const first = await contextOf(collection);
  const outcomes = await runJobs(plan, first.context);
  assert.deepEqual(outcomes.map(({ status }) => status), ["scanned", "scanned"]);
  assert.deepEqual(first.loaded, [collection.model]);
  const stages = ["model", "particles", "projection", "pairs", "files"];
  assert.deepEqual(
    first.told.filter((line) => !line.startsWith("✓")),
    [...stages.map((stage) => `cat ${stage}`), ...stages.map((stage) => `dog ${stage}`)],
  );

  const second = await contextOf(collection, {
    openLanes: () => Promise.reject(new Error("no runtime is wanted")),
  });
  const skipped = await runJobs(plan, second.context);
  assert.deepEqual(skipped.map(({ status }) => status), ["skipped", "skipped"]);
  assert.deepEqual(second.loaded, []);
  assert.deepEqual(skipped.map(({ records }) => records), outcomes.map(({ records }) => records));
});

Deno.test("runJobs() gives the same bytes whatever was scanned before in the same process", async () => {
  await using one = await makeCollection();
  await using other = await makeCollection();
  await runJobs(await planOf(one), (await contextOf(one)).context);
  // Another order, one family at a time, twice.
  const plan = await planOf(other);
  for (const force of [false, true]) {
    for (const job of plan.jobs.toReversed()) {
      await runJobs({ ...plan, jobs: [job] }, (await contextOf(other, { force })).context);
    }
  }
  assert.deepEqual(contents(await snapshot(other.data)), contents(await snapshot(one.data)));
});

Deno.test("runJobs() gives the same bytes from two workers as from one lane", async () => {
  await using one = await makeCollection();
  await using other = await makeCollection();
  await runJobs(await planOf(one), (await contextOf(one)).context);
  const { context, told } = await contextOf(other, {
    openLanes: () =>
      Promise.resolve([1, 1].map((nThreads) => createWorkerLane("cpu", nThreads, other.data))),
  });
  const outcomes = await runJobs(await planOf(other), context);
  assert.deepEqual(outcomes.map(({ status, reason }) => [status, reason]), [
    ["scanned", ""],
    ["scanned", ""],
  ]);
  assert.ok(told.includes("cat files") && told.includes("dog files"));
  assert.deepEqual(contents(await snapshot(other.data)), contents(await snapshot(one.data)));
});

Deno.test("runJobs() tells what a worker fails with, and goes on", async () => {
  await using collection = await makeCollection();
  const plan = await planOf(collection);
  const [cat, dog] = plan.jobs;
  const broken = { ...cat, modelName: join(collection.folder, "nowhere") };
  const { context } = await contextOf(collection, {
    openLanes: () => Promise.resolve([createWorkerLane("cpu", 1, collection.data)]),
  });
  const outcomes = await runJobs({ ...plan, jobs: [broken, dog] }, context);
  assert.deepEqual(outcomes.map(({ status }) => status), ["failed", "scanned"]);
  assert.match(outcomes[0].reason, /nowhere/);
});

Deno.test("runJobs() does not hang on a worker that breaks down", async () => {
  await using collection = await makeCollection();
  const script = new URL('data:text/javascript,self.onmessage = () => { throw new Error("gone") }');
  const { context, told } = await contextOf(collection, {
    openLanes: () => Promise.resolve([createWorkerLane("cpu", 1, collection.data, script)]),
  });
  const outcomes = await runJobs(await planOf(collection), context);
  assert.deepEqual(outcomes.map(({ status }) => status), ["failed", "failed"]);
  for (const { reason } of outcomes) assert.match(reason, /broke down: .*gone/);
  assert.equal(told.filter((line) => line.startsWith("✗")).length, 2);
});

Deno.test("runJobs() stops a worker that is in the middle of a family", async () => {
  await using collection = await makeCollection({ "cat.yml": familyFile("cat", endless) });
  const plan = await planOf(collection);
  const controller = new AbortController();
  const { context } = await contextOf(collection, {
    signal: controller.signal,
    openLanes: () => Promise.resolve([createWorkerLane("cpu", 1, collection.data)]),
  });
  const reporter: Reporter = {
    line: () => {},
    row: () => ({
      stage: (_subject, stage) => () => {
        if (stage === "projection") controller.abort(new Error("stop"));
      },
      end: () => {},
    }),
  };
  const [{ status }] = await runJobs(plan, { ...context, reporter });
  assert.equal(status, "interrupted");
  assert.deepEqual((await readManifest(collection)).scans, []);
});

for (const stage of ["model", "particles", "projection", "files"]) {
  Deno.test(`runJobs() keeps the families that are done when it is stopped at the stage "${stage}"`, async () => {
    await using collection = await makeCollection({
      "ant.yml": familyFile("ant"),
      "bee.yml": familyFile("bee"),
      "cat.yml": familyFile("cat"),
    });
    const plan = await planOf(collection);
    const controller = new AbortController();
    const { context, told } = await contextOf(collection, { signal: controller.signal });
    const row = context.reporter.row();
    const stop: Reporter = {
      ...context.reporter,
      row: () => ({
        ...row,
        stage: (subject, name) => {
          if (subject.startsWith("bee") && name === stage) controller.abort(new Error("stop"));
          return row.stage(subject, name);
        },
      }),
    };
    const outcomes = await runJobs(plan, { ...context, reporter: stop });
    assert.deepEqual(outcomes.map(({ status }) => status), [
      "scanned",
      "interrupted",
      "interrupted",
    ]);
    assert.ok(!told.some((line) => line.startsWith("✗")), "an interruption is no failure");
    const { scans } = await readManifest(collection);
    assert.deepEqual(scans.map((entry) => entry.id), ["ant", "ant/ran", "ant/control"]);
  });
}

Deno.test("runJobs() lists what is done after every family", async () => {
  await using collection = await makeCollection();
  const plan = await planOf(collection);
  const { context } = await contextOf(collection);
  const seen: number[] = [];
  const reporter: Reporter = {
    ...context.reporter,
    row: () => ({
      stage: (subject, stage) => {
        if (stage === "model" && subject.startsWith("dog")) {
          seen.push(
            JSON.parse(Deno.readTextFileSync(join(collection.data, "scans.json"))).scans.length,
          );
        }
        return () => {};
      },
      end: () => {},
    }),
  };
  await runJobs(plan, { ...context, reporter });
  assert.deepEqual(seen, [3]);
});

Deno.test("runJobs() goes on with the others when a family's files cannot be written", async () => {
  await using collection = await makeCollection();
  const plan = await planOf(collection);
  // A folder where the second member's file is to go: a rename onto it fails on every system.
  const { key } = plan.jobs[0].members[1];
  await Deno.mkdir(join(collection.data, "frames", `${key}.msgpack`, "x"), { recursive: true });
  const { context, told } = await contextOf(collection);
  const outcomes = await runJobs(plan, context);
  assert.deepEqual(outcomes.map(({ status }) => status), ["failed", "scanned"]);
  assert.ok(outcomes[0].reason.length > 0);
  assert.ok(told.some((line) => line.startsWith("✗ cat")));
  const { scans } = await readManifest(collection);
  assert.ok(scans.some((entry) => entry.id === "dog/control"));
  assert.ok(!scans.some((entry) => entry.id === "cat/ran"), "the scan that failed is not listed");
  for (const folder of ["frames", "thumbs", "records"]) {
    for await (const { name } of Deno.readDir(join(collection.data, folder))) {
      assert.ok(!name.startsWith(".part-"), `${name} is left over`);
    }
  }

  await Deno.remove(join(collection.data, "frames", `${key}.msgpack`), { recursive: true });
  const again = await runJobs(plan, (await contextOf(collection)).context);
  assert.deepEqual(again.map(({ status }) => status), ["scanned", "skipped"]);
});

Deno.test("tokens before the changed word have the same hidden states in every member", async () => {
  await using collection = await makeCollection();
  const model = await openModel(await createEngine("cpu"), await readModelSource(collection.model));
  try {
    const [base, ran] = [
      await model.read("One cat sat on the mat"),
      await model.read("One cat ran on the mat"),
    ];
    const nTokens = base.tokens.length;
    assert.equal(ran.tokens.length, nTokens);
    const changed = base.tokens.findIndex(({ id }, i) => id !== ran.tokens[i].id);
    assert.equal(changed, "One cat ".length + 1, "one token for each byte, and one that begins");
    const { dModel, nLayers } = model;
    for (let layer = 0; layer <= nLayers; layer++) {
      const stateOf = (states: Float32Array, token: number) => {
        const start = (layer * nTokens + token) * dModel;
        return states.slice(start, start + dModel);
      };
      for (let token = 0; token < nTokens; token++) {
        const [a, b] = [base, ran].map(({ states }) => stateOf(states.data, token));
        const apart = Math.max(...a.map((value, i) => Math.abs(value - b[i])));
        const size = Math.max(...a.map(Math.abs));
        if (token < changed) assert.ok(apart <= 1e-6 * size, `layer ${layer}, token ${token}`);
        else if (token === changed) assert.ok(apart > 1e-3 * size, `layer ${layer}: the change`);
        if (token < changed && layer > 0) {
          assert.deepEqual(base.guesses[layer][token], ran.guesses[layer][token]);
        }
      }
    }
    // The changed word reaches the last token through attention, and not before the first layer.
    const last = (states: Float32Array, layer: number) =>
      states.slice((layer * nTokens + nTokens - 1) * dModel, (layer + 1) * nTokens * dModel);
    assert.deepEqual(last(base.states.data, 0), last(ran.states.data, 0));
    assert.notDeepEqual(last(base.states.data, nLayers), last(ran.states.data, nLayers));
  } finally {
    await model.release();
  }
});

Deno.test("members of a family share one space: what is equal in them lies at the same place", async () => {
  await using collection = await makeCollection({ "cat.yml": familyFile("cat") });
  // A collection refuses the same text twice; here it is what is wanted.
  const plan = await planOf(collection, (family) => {
    const [base, ran, control] = family.members;
    return { ...family, members: [base, { ...ran, text: base.text }, control] };
  });
  await runJobs(plan, (await contextOf(collection)).context);
  const { scans } = await readManifest(collection);
  const [base, same, other] = await Promise.all(
    scans.map(async (
      entry,
    ) => (await decodeScan(await Deno.readFile(join(collection.data, entry.frames.path)), {
      source: entry.id,
    }))),
  );
  assert.deepEqual(base.header.box, same.header.box);
  assert.deepEqual(base.header.box, other.header.box);
  const { trustworthiness } = base.header.quality;
  assert.equal(other.header.quality.trustworthiness, trustworthiness);
  assert.deepEqual(
    base.frames.map(({ guesses }) => guesses),
    same.frames.map(({ guesses }) => guesses),
  );
  // Equal particles are each other's nearest neighbours, so they end up close together.
  const size = Math.hypot(...base.header.box.max.map((max, i) => max - base.header.box.min[i]));
  const distances = base.frames.flatMap(({ positions }, layer) =>
    Array.from(
      { length: base.header.nParticles },
      (_, i) =>
        Math.hypot(...[0, 1, 2].map((axis) =>
          positions[i * 3 + axis] - same.frames[layer].positions[i * 3 + axis]
        )),
    )
  ).sort((a, b) => a - b);
  assert.ok(distances[Math.floor(distances.length / 2)] < size / 10, `${distances} of ${size}`);
});
