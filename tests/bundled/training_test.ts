import assert from "node:assert/strict";
import type { Architecture } from "../../scan/bundled/architecture.ts";
import { packBatches, toDocuments } from "../../scan/bundled/batches.ts";
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
} from "../../scan/bundled/checkpoint.ts";
import { type Example, generateExamples } from "../../scan/bundled/corpus/mod.ts";
import { evaluate, sampleExamples } from "../../scan/bundled/evaluate.ts";
import { seededRandom } from "../../scan/bundled/initial_weights.ts";
import { learningRateAt } from "../../scan/bundled/schedule.ts";
import { loadTokenizer } from "../../scan/bundled/tokenizer/mod.ts";
import tokenizerJson from "../../scan/bundled/tokenizer/tokenizer.json" with { type: "json" };
import {
  bundledRecipe,
  type Recipe,
  train,
  type TrainingOptions,
} from "../../scan/bundled/training.ts";
import type { Session } from "../../scan/onnx/engine.ts";
import { float32 } from "../../scan/onnx/tensor.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";

const tokenizer = loadTokenizer(tokenizerJson);

const architecture: Architecture = {
  nLayers: 1,
  dModel: 16,
  nHeads: 2,
  dFeedForward: 16,
  dVocab: tokenizer.vocabularySize,
  context: 32,
};

const recipe: Recipe = { ...bundledRecipe, batch: 2, nTokens: 32, stepsPerRun: 3, peak: 1e-2 };

async function options(changes: Partial<TrainingOptions> = {}): Promise<TrainingOptions> {
  return {
    engine: await createEngine("cpu", { nThreads: 1 }),
    architecture,
    tokenizer,
    generateExamples,
    recipe,
    budget: { kind: "steps", steps: 9 },
    seed: 4,
    identity: "a",
    onRun: () => {},
    ...changes,
  };
}

Deno.test("train() comes to the same weights without loops when the device has none", async () => {
  const cpu = await options({ recipe: { ...recipe, stepsPerRun: 5 } });
  const whole = await train(cpu);
  const loopless = await train({ ...cpu, engine: { ...cpu.engine, provider: "webgpu" } });
  assert.equal(loopless.state.step, whole.state.step);
  for (const [name, weights] of Object.entries(whole.state.parameters)) {
    weights.forEach((x, i) => {
      const y = loopless.state.parameters[name][i];
      assert.ok(Math.abs(x - y) < 1e-4, `${name}[${i}]: ${x} ≠ ${y}`);
    });
  }
});

Deno.test("train() ends where an uncut training ends when it is cut off and taken up again", async () => {
  const whole = await train(await options());
  const stop = new AbortController();
  const first = await train(await options({ signal: stop.signal, onRun: () => stop.abort() }));
  assert.equal(first.state.step, 3);
  const checkpoint = decodeCheckpoint(encodeCheckpoint(first));
  const second = await train(await options({ checkpoint }));
  assert.deepEqual(second.state, whole.state);
  assert.equal(second.nTokens, whole.nTokens);
});

Deno.test("train() learns one text by heart", async () => {
  const text = "Count: one, two, three, four.";
  const example: Example = { skill: "counting", text, answers: [{ start: 6, end: text.length }] };
  function* repeat() {
    while (true) yield example;
  }
  const losses: number[] = [];
  await train(
    await options({
      generateExamples: repeat,
      recipe: { ...recipe, stepsPerRun: 40 },
      budget: { kind: "steps", steps: 200 },
      onRun: ({ loss }) => void losses.push(loss),
    }),
  );
  assert.ok(losses[0] > 1 && losses.at(-1)! < 0.05, `${losses}`);
});

Deno.test("train() refuses a checkpoint of another training", async () => {
  const checkpoint: Checkpoint = {
    identity: "b",
    seconds: 0,
    nTokens: 0,
    state: { parameters: {}, firstSums: {}, secondSums: {}, step: 0 },
  };
  await assert.rejects(train(await options({ checkpoint })), /Cannot go on with the checkpoint/);
});

Deno.test("train() ends within a budget of seconds", async () => {
  const seen: number[] = [];
  const end = await train(
    await options({
      budget: { kind: "seconds", seconds: 0.3 },
      onRun: ({ progress }) => void seen.push(progress),
    }),
  );
  assert.ok(end.state.step > 0);
  assert.equal(seen.at(-1), 1);
  assert.deepEqual(seen, [...seen].sort((a, b) => a - b));
});

Deno.test("decodeCheckpoint() refuses bytes that are no checkpoint", () => {
  for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3)]) {
    assert.throws(() => decodeCheckpoint(bytes), SyntaxError);
  }
});

Deno.test("packBatches() gives every token its successor in the document as the target", () => {
  const shape = { nSteps: 2, batch: 3, nTokens: 40, backgroundWeight: 0.1, joinedShare: 0.3 };
  const documents = toDocuments(generateExamples(1, "train"), tokenizer, seededRandom(1), shape);
  const batches = packBatches(documents, tokenizer.beginId, shape);
  const [ids, targets, documentIds] = [batches.ids, batches.targets, batches.documents].map(
    ({ data }) => Array.from(data, Number),
  );
  const weights = batches.weights.data;
  assert.deepEqual(batches.ids.shape, [2, 3, 40]);
  let free = 0;
  for (let i = 0; i < ids.length; i++) {
    const goesOn = (i + 1) % 40 !== 0 && documentIds[i] === documentIds[i + 1];
    if (documentIds[i] === -1) {
      assert.equal(weights[i], 0);
      free++;
    } else if (goesOn) assert.equal(targets[i], ids[i + 1]);
    const starts = i % 40 === 0 || documentIds[i] !== documentIds[i - 1];
    if (starts) assert.equal(ids[i], tokenizer.beginId);
  }
  assert.ok(free < ids.length / 4, `${free} of ${ids.length} places are free`);
  assert.ok(weights.includes(1) && weights.some((w) => w > 0 && w < 1));
});

Deno.test("packBatches() says so when the texts run out", () => {
  const shape = { nSteps: 1, batch: 1, nTokens: 8, backgroundWeight: 0.1, joinedShare: 0 };
  assert.throws(() => packBatches([][Symbol.iterator](), 0, shape), RangeError);
});

Deno.test("learningRateAt() rises to the peak, stays there and falls to the floor", () => {
  const schedule = { peak: 2, warmUp: 0.1, holdUntil: 0.5, floor: 0.25 };
  assert.equal(learningRateAt(0, schedule), 0);
  assert.equal(learningRateAt(0.05, schedule), 1);
  assert.equal(learningRateAt(0.1, schedule), 2);
  assert.equal(learningRateAt(0.5, schedule), 2);
  assert.ok(Math.abs(learningRateAt(0.75, schedule) - 1.25) < 1e-12);
  assert.equal(learningRateAt(1, schedule), 0.5);
  assert.equal(learningRateAt(7, schedule), 0.5);
});

/** Always guesses the token `guess`. */
function guessing(guess: number): Session {
  return {
    inputNames: ["input_ids"],
    outputNames: ["logits"],
    run: ({ input_ids: { shape: [n, t] } }) => {
      const data = new Float32Array(n * t * tokenizer.vocabularySize);
      for (let i = 0; i < n * t; i++) data[i * tokenizer.vocabularySize + guess] = 1;
      return Promise.resolve({ logits: float32([n, t, tokenizer.vocabularySize], data) });
    },
    release: () => Promise.resolve(),
  };
}

Deno.test("evaluate() counts hits at the answers alone", async () => {
  const examples: Example[] = [
    { skill: "x", text: "a red red", answers: [{ start: 1, end: 5 }, { start: 5, end: 9 }] },
    { skill: "x", text: "a red big", answers: [{ start: 1, end: 5 }, { start: 5, end: 9 }] },
    { skill: "y", text: "a big", answers: [{ start: 1, end: 5 }] },
  ];
  const [, , red, ...rest] = tokenizer.encode("a red").ids;
  assert.equal(rest.length, 0);
  const [x, y] = await evaluate(guessing(red), tokenizer, examples, 32);
  assert.deepEqual([x.skill, x.nTexts, x.textAccuracy], ["x", 2, 0.5]);
  assert.equal(x.tokenAccuracy, 3 / x.nTokens);
  assert.deepEqual([y.nTexts, y.tokenAccuracy, y.textAccuracy], [1, 0, 0]);
  await assert.rejects(evaluate(guessing(red), tokenizer, examples, 2), RangeError);
});

Deno.test("sampleExamples() finds the same number of texts of every skill", () => {
  const wanted = ["calendar", "facts"];
  const found = sampleExamples(generateExamples(2, "held-out"), wanted, 5);
  assert.deepEqual(found.map(({ skill }) => skill), wanted.flatMap((name) => Array(5).fill(name)));
  assert.throws(() => sampleExamples([][Symbol.iterator](), wanted, 1), RangeError);
});
