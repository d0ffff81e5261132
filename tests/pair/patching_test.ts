import assert from "node:assert/strict";
import type { Rung } from "../../scan/format/pair_types.ts";
import { type LoadedModel, openModel } from "../../scan/model/open_model.ts";
import { readModelSource } from "../../scan/model/source.ts";
import { float32, type Tensor } from "../../scan/onnx/tensor.ts";
import {
  leastContrast,
  type PatchedSide,
  type PatchingInput,
  patchPairs,
} from "../../scan/pair/patching.ts";
import type { PatchTail } from "../../scan/pair/types.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { carrierPair, idOfLetter, writeCarrierModel } from "../fixtures/carrier_model.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";

const engine = await createEngine("cpu", { nThreads: 1, spins: false });

/** A pair alone. */
async function patchCells(...[input, ...rest]: [PatchingInput, ...PatchOne]) {
  return (await patchPairs([input], ...rest))[0];
}
type PatchOne = Parameters<typeof patchPairs> extends [unknown, ...infer Rest] ? Rest : never;

async function withModel(
  write: (folder: string) => Promise<void>,
  use: (model: LoadedModel) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "weightscan-" });
  try {
    await write(folder);
    const model = await openModel(engine, await readModelSource(folder));
    try {
      await use(model);
    } finally {
      await model.release();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function frameOf({ shape: [, nTokens, dModel], data }: Tensor<"float32">, frame: number) {
  const size = nTokens * dModel;
  return float32([nTokens, dModel], data.slice(frame * size, (frame + 1) * size));
}

/** Two texts read; without a ladder their tokens stand side by side. */
async function readPair(
  model: LoadedModel,
  texts: Texts,
  ladder?: readonly Rung[],
): Promise<PatchingInput> {
  const [a, b] = [await model.read(texts.a), await model.read(texts.b)];
  const rungs = ladder ?? a.tokens.map((_, i) => ({ a: i, b: i }));
  const firstChange = rungs.findIndex((rung) =>
    rung.a === null || rung.b === null || a.tokens[rung.a].id !== b.tokens[rung.b].id
  );
  const [logitsA, logitsB] = [await lastLogits(model, a), await lastLogits(model, b)];
  // The two tokens that the change moves furthest, one way and the other.
  const gain = logitsA.map((logit, id) => logit - logitsB[id]);
  const tokenOf = (most: number) => ({ id: gain.indexOf(most), text: "" });
  const contrast = { a: tokenOf(Math.max(...gain)), b: tokenOf(Math.min(...gain)) };
  const difference = (logits: Float32Array) => logits[contrast.a.id] - logits[contrast.b.id];
  return {
    a,
    b,
    ladder: rungs,
    firstChange: firstChange < 0 ? rungs.length : firstChange,
    contrast: {
      ...contrast,
      logitDifference: { a: difference(logitsA), b: difference(logitsB) },
    },
  };
}

async function lastLogits(model: LoadedModel, { tokens, states }: PatchedSide) {
  const tail = await model.openTail(model.nLayers);
  const { data } = await tail.run(frameOf(states, model.nLayers), tokens.map(({ id }) => id));
  await tail.release();
  return data.slice(-model.dVocab);
}

/** Every cell run by itself through the whole tail: what is equal, unread or known included. */
async function patchEverything(model: LoadedModel, input: PatchingInput) {
  const { ladder, contrast } = input;
  const { a: ldA, b: ldB } = contrast.logitDifference;
  const all: { restored: number[]; lost: number[] }[] = [];
  for (let frame = 0; frame <= model.nLayers; frame++) {
    const tail = await model.openTail(frame);
    const patched = async (
      run: PatchedSide,
      into: number | null,
      donor: PatchedSide,
      from: number | null,
    ) => {
      if (into === null || from === null) return NaN;
      const states = frameOf(run.states, frame);
      const dModel = states.shape[1];
      const other = frameOf(donor.states, frame).data;
      for (let i = 0; i < dModel; i++) states.data[into * dModel + i] = other[from * dModel + i];
      const { data } = await tail.run(states, run.tokens.map(({ id }) => id));
      const logits = data.slice(-model.dVocab);
      return logits[contrast.a.id] - logits[contrast.b.id];
    };
    const row = { restored: [] as number[], lost: [] as number[] };
    for (const { a, b } of ladder) {
      row.restored.push((await patched(input.b, b, input.a, a) - ldB) / (ldA - ldB));
      row.lost.push((ldA - await patched(input.a, a, input.b, b)) / (ldA - ldB));
    }
    all.push(row);
    await tail.release();
  }
  return all;
}

/** Counts what is run and what stays open. */
function counting(model: LoadedModel) {
  const counts = { cells: 0, batches: 0, largest: 0, opened: [] as number[], open: 0, mostOpen: 0 };
  const openTail = async (frame: number): Promise<PatchTail> => {
    const tail = await model.openPatchTail(frame);
    counts.opened.push(frame);
    counts.mostOpen = Math.max(counts.mostOpen, ++counts.open);
    return {
      runBatch(states, ids) {
        counts.batches++;
        counts.cells += states.shape[0];
        counts.largest = Math.max(counts.largest, states.shape[0]);
        return tail.runBatch(states, ids);
      },
      release() {
        counts.open--;
        return tail.release();
      },
    };
  };
  return { counts, openTail };
}

function assertClose(got: ArrayLike<number>, expected: readonly number[], what: string): void {
  assert.equal(got.length, expected.length);
  expected.forEach((value, i) => {
    const same = Number.isNaN(value) ? Number.isNaN(got[i]) : Math.abs(got[i] - value) <= 2e-3;
    assert.ok(same, `${what}, rung ${i}: expected ${value}, got ${got[i]}`);
  });
}

/** b has two letters more, in its middle and at its end; a has one. */
const unequal: readonly Rung[] = [
  { a: 0, b: 0 },
  { a: 1, b: 1 },
  { a: 2, b: null },
  { a: 3, b: 2 },
  { a: null, b: 3 },
  { a: 4, b: 4 },
  { a: null, b: 5 },
];

type Texts = { readonly a: string; readonly b: string };

const pairs: readonly (readonly [name: string, texts: Texts, ladder?: readonly Rung[]])[] = [
  ["the change is in the middle", { a: "Day after", b: "Day aXter" }],
  ["the change is in the first letter", { a: "after", b: "Xfter" }],
  ["the change is in the last letter", { a: "after", b: "afteX" }],
  ["there is one letter", { a: "a", b: "b" }],
  ["lengths differ", { a: "abcd", b: "acxdy" }, unequal],
  [
    "the last tokens stand on other rungs",
    { a: "abcd", b: "acx" },
    [{ a: 0, b: 0 }, { a: 1, b: 1 }, { a: 2, b: 2 }, { a: 3, b: 3 }, { a: 4, b: null }],
  ],
];

for (const [name, texts, ladder] of pairs) {
  Deno.test(`patchPairs() gives what running every cell gives when ${name}`, () =>
    withModel((folder) => writeTinyModel(folder, 5), async (model) => {
      const input = await readPair(model, texts, ladder);
      const { a: ldA, b: ldB } = input.contrast.logitDifference;
      assert.ok(Math.abs(ldA - ldB) >= leastContrast, `nothing to share: ${ldA} and ${ldB}`);
      const { counts, openTail } = counting(model);
      const told: string[] = [];
      const cause = await patchCells(input, openTail, {
        onProgress: (done, total) => told.push(`${done} of ${total}`),
      });
      const everything = await patchEverything(model, input);
      assert.equal(cause.length, model.nLayers + 1);
      cause.forEach(({ restored, lost }, frame) => {
        const late = (row: readonly number[]) =>
          row.map((share, rung) => rung < input.firstChange ? NaN : share);
        assertClose(restored, late(everything[frame].restored), `restored, frame ${frame}`);
        assertClose(lost, late(everything[frame].lost), `lost, frame ${frame}`);
      });
      assert.equal(told.at(-1), `${counts.cells} of ${counts.cells}`);
      assert.equal(counts.open, 0);
      assert.equal(counts.mostOpen, 1);
    }));
}

Deno.test("patchPairs() gives each of several pairs what it gets alone, and opens a tail once", () =>
  withModel((folder) => writeTinyModel(folder, 5), async (model) => {
    const inputs = [
      await readPair(model, { a: "Day after", b: "Day aXter" }),
      await readPair(model, { a: "abcd", b: "abXd" }),
    ];
    const { counts, openTail } = counting(model);
    const together = await patchPairs(inputs, openTail);
    assert.deepEqual(counts.opened, [...new Set(counts.opened)]);
    for (const [i, input] of inputs.entries()) {
      assert.deepEqual(together[i], await patchCells(input, model.openPatchTail));
    }
    assert.deepEqual(await patchPairs([], openTail), []);
  }));

Deno.test("patchPairs() runs only what must be run", () =>
  withModel((folder) => writeTinyModel(folder, 5), async (model) => {
    const { counts, openTail } = counting(model);
    await patchCells(await readPair(model, { a: "Day after", b: "Day aXter" }), openTail);
    // Frame 0: the changed letter alone differs. Frame 1: it and the three behind it. Frame 2 is known.
    assert.deepEqual(counts.opened, [0, 1]);
    assert.equal(counts.cells, 2 * (1 + 4));
    assert.equal(counts.batches, 4);
  }));

Deno.test("patchPairs() gives the same shares in batches of any size", () =>
  withModel((folder) => writeTinyModel(folder, 5), async (model) => {
    const input = await readPair(model, { a: "Day after", b: "Xay after" });
    const whole = await patchCells(input, model.openPatchTail);
    for (const [budgetBytes, largest] of [[0, 1], [70_000, 4]]) {
      const { counts, openTail } = counting(model);
      const cause = await patchCells(input, openTail, { budgetBytes });
      assert.equal(counts.largest, largest);
      cause.forEach(({ restored, lost }, frame) => {
        assertClose(restored, [...whole[frame].restored], `restored, frame ${frame}`);
        assertClose(lost, [...whole[frame].lost], `lost, frame ${frame}`);
      });
      assert.ok(counts.cells > 10);
    }
  }));

Deno.test("patchPairs() swaps restored and lost when the prompts are swapped", () =>
  withModel((folder) => writeTinyModel(folder, 5), async (model) => {
    const input = await readPair(model, { a: "Day after", b: "Day aXter" });
    const { a, b, logitDifference: { a: ldA, b: ldB } } = input.contrast;
    const swapped: PatchingInput = {
      ...input,
      a: input.b,
      b: input.a,
      contrast: { a: b, b: a, logitDifference: { a: -ldB, b: -ldA } },
    };
    const one = await patchCells(input, model.openPatchTail);
    assert.ok(Number.isFinite(one[1].restored.at(-1)));
    const other = await patchCells(swapped, model.openPatchTail);
    one.forEach(({ restored, lost }, frame) => {
      assertClose(other[frame].restored, [...lost], `frame ${frame}`);
      assertClose(other[frame].lost, [...restored], `frame ${frame}`);
    });
  }));

Deno.test("patchPairs() says NaN and runs nothing when there is nothing to share", () =>
  withModel((folder) => writeTinyModel(folder, 5), async (model) => {
    const same = await readPair(model, { a: "after", b: "after" });
    const near = await readPair(model, { a: "after", b: "aXter" });
    const alike: PatchingInput = {
      ...near,
      contrast: { ...near.contrast, logitDifference: { a: 1, b: 1 - 0.9 * leastContrast } },
    };
    for (const input of [same, alike]) {
      const { counts, openTail } = counting(model);
      const cause = await patchCells(input, openTail);
      assert.equal(counts.opened.length, 0);
      assert.equal(cause.length, 3);
      for (const { restored, lost } of cause) {
        assert.equal(restored.length, input.ladder.length);
        assert.ok([...restored, ...lost].every(Number.isNaN));
      }
    }
  }));

Deno.test("patchPairs() stops between two batches and releases its tail when it is stopped", () =>
  withModel((folder) => writeTinyModel(folder, 5), async (model) => {
    const input = await readPair(model, { a: "Day after", b: "Xay after" });
    const { counts, openTail } = counting(model);
    const abort = new AbortController();
    await assert.rejects(
      patchCells(input, openTail, {
        budgetBytes: 0,
        signal: abort.signal,
        onProgress: (done) => done === 3 && abort.abort(),
      }),
      { name: "AbortError" },
    );
    assert.equal(counts.cells, 3);
    assert.equal(counts.open, 0);
  }));

Deno.test("patchPairs() throws a TypeError when states and tokens do not belong together", () =>
  withModel((folder) => writeTinyModel(folder, 5), async (model) => {
    const input = await readPair(model, { a: "after", b: "aXter" });
    const cut = { ...input.b, tokens: input.b.tokens.slice(1) };
    await assert.rejects(patchCells({ ...input, b: cut }, model.openPatchTail), {
      name: "TypeError",
      message: 'Cannot patch the states of "b": expected [3,5,16], got [3,6,16]',
    });
  }));

Deno.test("patchPairs() names the cells that carry the answer of a model built so", () =>
  withModel(writeCarrierModel, async (model) => {
    const input = await readPair(model, carrierPair);
    assert.equal(input.contrast.a.id, idOfLetter(carrierPair.answers.a));
    assert.equal(input.contrast.b.id, idOfLetter(carrierPair.answers.b));
    const cause = await patchCells(input, model.openPatchTail);
    assert.equal(cause.length, carrierPair.nLayers + 1);
    cause.forEach(({ restored, lost }, frame) => {
      const expected = input.ladder.map((_, rung) =>
        rung < input.firstChange ? NaN : rung === carrierPair.carriers[frame] ? 1 : 0
      );
      assertClose(restored, expected, `restored, frame ${frame}`);
      assertClose(lost, expected, `lost, frame ${frame}`);
    });
  }));

Deno.test("patchPairs() tells movement from effect in a model built so", () =>
  withModel(writeCarrierModel, async (model) => {
    const input = await readPair(model, carrierPair);
    const cause = await patchCells(input, model.openPatchTail);
    const moved = (frame: number, token: number) => {
      const [a, b] = [frameOf(input.a.states, frame), frameOf(input.b.states, frame)];
      const row = (
        x: Tensor<"float32">,
      ) => [...x.data.slice(token * x.shape[1], (token + 1) * x.shape[1])];
      const other = row(b);
      return Math.hypot(...row(a).map((value, i) => value - other[i])) / Math.hypot(...other);
    };
    const { idle, quiet } = carrierPair;
    for (const frame of idle.frames) {
      assert.ok(moved(frame, idle.token) > 1, `frame ${frame}: ${moved(frame, idle.token)}`);
      assert.ok(Math.abs(cause[frame].restored[idle.token]) < 1e-3);
    }
    for (const frame of quiet.frames) {
      const way = moved(frame, quiet.token);
      assert.ok(way > 0 && way < 0.01, `frame ${frame}: ${way}`);
      assert.ok(cause[frame].restored[quiet.token] > 0.999);
    }
  }));
