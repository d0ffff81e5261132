import assert from "node:assert/strict";
import {
  defaultEncoderParameters,
  encode,
  type EncoderMember,
  type EncoderName,
  type EncoderParameters,
  encoders,
} from "../../scan/encoder/mod.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import { createRandom } from "../../scan/onnx/random.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";

const engine = await createEngine("cpu");
/** The encoders that are trained. */
const trained: readonly EncoderName[] = ["slots", "pooled"];
const parameters: EncoderParameters = {
  ...defaultEncoderParameters,
  particles: 64,
  code: 8,
  hidden: 64,
};
const nStates = 7;
const dModel = 24;

/** Members whose states wander along shared directions, as layers do. */
function createFamily(nMembers: number, nTokens = 5): EncoderMember[] {
  return Array.from({ length: nMembers }, (_, member) => {
    const random = createRandom(100);
    const states = new Float32Array(nStates * nTokens * dModel);
    const directions = Float64Array.from({ length: 3 * dModel }, () => random.next() - 0.5);
    for (let state = 0; state < nStates; state++) {
      for (let token = 0; token < nTokens; token++) {
        for (let c = 0; c < dModel; c++) {
          states[(state * nTokens + token) * dModel + c] = 1 +
            Math.cos(state / 2) * directions[c] +
            Math.sin(state / 2) * directions[dModel + c] +
            member * state / 10 * directions[2 * dModel + c] +
            0.3 * (random.next() - 0.5);
        }
      }
    }
    return { states, nTokens, dModel };
  });
}

for (const encoder of trained) {
  const own: EncoderParameters = { ...parameters, encoder };

  Deno.test(`encode() by ${encoder} explains the variance of states that lie along few directions`, async () => {
    const notes: string[] = [];
    const encoding = await encode(engine, createFamily(3), own, {
      onProgress: (done, total, note) => notes.push(`${done}/${total} ${note}`),
    });
    const { members, explainedVariance, nSteps, losses } = encoding;
    for (const { codes, nParticles, dCode } of members) {
      assert.deepEqual([nParticles, dCode, codes.length], [64, 8, nStates * 64 * 8]);
      assert.ok(codes.every(Number.isFinite));
    }
    assert.ok(explainedVariance > 0.9 && explainedVariance <= 1, `${explainedVariance}`);
    assert.equal(losses.length, nSteps);
    assert.ok(nSteps <= own.maxSteps);
    assert.ok(losses[nSteps - 1] < losses[0], `${losses}`);
    const end = `${own.maxSteps}/${own.maxSteps} explained variance 0.9`;
    assert.ok(notes.at(-1)!.startsWith(end), `${notes.at(-1)}`);
  });

  Deno.test(`encode() by ${encoder} stops before maxSteps when the explained variance has settled`, async () => {
    const { nSteps, explainedVariance } = await encode(engine, createFamily(1), {
      ...own,
      maxSteps: 2000,
    });
    assert.ok(nSteps < 1000, `${nSteps}`);
    assert.ok(explainedVariance > 0.9);
  });

  Deno.test(`encode() by ${encoder} gives the same bytes for a seed and others for another`, async () => {
    const run = async (seed: number) =>
      (await encode(engine, createFamily(2), { ...own, seed, maxSteps: 8 })).members
        .map(({ codes }) => codes);
    const first = await run(1);
    assert.deepEqual(first, await run(1));
    assert.notDeepEqual(first, await run(2));
  });

  Deno.test(`encode() by ${encoder} gives equal members equal codes`, async () => {
    const [member] = createFamily(1);
    const { members } = await encode(engine, [member, { ...member }], { ...own, maxSteps: 8 });
    assert.deepEqual(members[0].codes, members[1].codes);
  });

  Deno.test(`encode() by ${encoder} learns nothing when all states are equal`, async () => {
    const states = new Float32Array(nStates * 2 * dModel).fill(0.5);
    const encoding = await encode(engine, [{ states, nTokens: 2, dModel }], own);
    assert.deepEqual([encoding.nSteps, encoding.explainedVariance], [0, 1]);
    assert.ok(encoding.members[0].codes.every(Number.isFinite));
  });

  Deno.test(`encode() by ${encoder} takes one state, one particle and one token`, async () => {
    const member = { states: Float32Array.of(1, 2, 3), nTokens: 1, dModel: 3 };
    const { members } = await encode(
      engine,
      [member, { ...member, states: Float32Array.of(3, 1, 2) }],
      { ...own, particles: 1, code: 1, hidden: 1 },
    );
    assert.deepEqual(members.map(({ codes }) => codes.length), [1, 1]);
    assert.ok(members.every(({ codes }) => codes.every(Number.isFinite)));
  });

  Deno.test(`encode() by ${encoder} throws the signal's reason when it is aborted`, async () => {
    const controller = new AbortController();
    const stopped = encode(engine, createFamily(2), { ...own, maxSteps: 2000 }, {
      signal: controller.signal,
      onProgress: (done) => done >= 4 && controller.abort(new Error("enough")),
    });
    await assert.rejects(stopped, /enough/);
  });
}

Deno.test("encode() by pooled sees only the mean over tokens", async () => {
  const [one] = createFamily(1, 1);
  // Each token three times over: the mean over tokens is the same up to rounding.
  const states = new Float32Array(one.states.length * 3);
  for (let state = 0; state < nStates; state++) {
    for (let token = 0; token < 3; token++) {
      states.set(
        one.states.subarray(state * dModel, (state + 1) * dModel),
        (state * 3 + token) * dModel,
      );
    }
  }
  const { members } = await encode(engine, [one, { states, nTokens: 3, dModel }], {
    ...parameters,
    encoder: "pooled",
  });
  members[0].codes.forEach((x, i) => assert.ok(Math.abs(x - members[1].codes[i]) < 1e-4));
  assert.equal(members[0].attention, null);
});

Deno.test("encode() by tokens gives the states themselves", async () => {
  const [member] = createFamily(1, 3);
  const { members: [encoded], explainedVariance } = await encode(engine, [member], {
    ...parameters,
    encoder: "tokens",
  });
  assert.deepEqual([encoded.nParticles, encoded.dCode, explainedVariance], [3, dModel, 1]);
  assert.deepEqual(encoded.codes, member.states);
  assert.notEqual(encoded.codes, member.states);
  assert.deepEqual([...encoded.attention!.subarray(0, 9)], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
});

for (const encoder of Object.keys(encoders) as EncoderName[]) {
  Deno.test(`encode() by ${encoder} says what is wrong when members or parameters are`, async () => {
    const [member] = createFamily(1);
    const rejects = (
      members: EncoderMember[],
      pattern: RegExp,
      part: Partial<EncoderParameters> = {},
    ) => assert.rejects(encode(engine, members, { ...parameters, encoder, ...part }), pattern);
    await rejects([], /^RangeError: .*at least one member/);
    await rejects(
      [member, { ...member, dModel: 12, nTokens: 10 }],
      /^TypeError: .*member 1.*got 12/,
    );
    await rejects([{ ...member, nTokens: 4 }], /^TypeError: .*member 0.*multiple of 4 tokens/);
    const fewer = { ...member, states: member.states.slice(0, 3 * 5 * dModel) };
    await rejects([member, fewer], /^TypeError: .*expected 7 states.*got 3/);
    const broken = { ...member, states: member.states.slice() };
    broken.states[9] = NaN;
    await rejects([member, broken], /^RangeError: .*finite/);
    await rejects([member], /^RangeError: .*particles 0/, { particles: 0 });
    await rejects([member], /^RangeError: .*learningRate -1/, { learningRate: -1 });
    await rejects([member], /^RangeError: .*encoder dense.*slots/, { encoder: "dense" as "slots" });
  });
}

for (const encoder of trained) {
  Deno.test(`encode() by ${encoder} comes to the same without loops when the device has none`, async () => {
    // A CPU that calls itself WebGPU is trained on with unrolled steps.
    const loopless: Engine = { ...engine, provider: "webgpu" };
    const own: EncoderParameters = { ...parameters, encoder, maxSteps: 6 };
    const [a, b] = [
      await encode(engine, createFamily(2), own),
      await encode(loopless, createFamily(2), own),
    ];
    assert.equal(a.nSteps, b.nSteps);
    a.losses.forEach((loss, i) => assert.ok(Math.abs(loss - b.losses[i]) <= 1e-4 * loss));
    assert.ok(Math.abs(a.explainedVariance - b.explainedVariance) < 1e-4);
  });
}
