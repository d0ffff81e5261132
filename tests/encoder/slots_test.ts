import assert from "node:assert/strict";
import {
  defaultEncoderParameters,
  encode,
  type EncoderMember,
  type EncoderParameters,
} from "../../scan/encoder/mod.ts";
import { findPrincipalSubspace } from "../../scan/encoder/principal_subspace.ts";
import { listBatches, planSteps } from "../../scan/encoder/slots_batches.ts";
import {
  buildSlotForward,
  listSlotParameters,
  slotLoss,
  type SlotSizes,
} from "../../scan/encoder/slots_graph.ts";
import { reduceStates } from "../../scan/encoder/reduced_states.ts";
import { fitReadout, solveSymmetric } from "../../scan/encoder/slots_readout.ts";
import { createSlotStart } from "../../scan/encoder/slots_start.ts";
import { alignPlaces, createWindow } from "../../scan/encoder/slots_window.ts";
import { readBlocks, rowsOf, rowsPerBlock } from "../../scan/encoder/rows.ts";
import { centreTokenStates, gatherTokenStates } from "../../scan/encoder/token_states.ts";
import { shareOutDisplacement } from "../../scan/measure/mod.ts";
import { createRandom } from "../../scan/onnx/random.ts";
import { float32, int64, tensor } from "../../scan/onnx/tensor.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { checkGradient } from "./check_gradient.ts";

const engine = await createEngine("cpu");
const parameters: EncoderParameters = {
  ...defaultEncoderParameters,
  particles: 96,
  code: 6,
  hidden: 24,
};

/** A member of random token states, each token's wandering from state to state. */
function createMember(nStates: number, nTokens: number, dModel: number, seed = 5): EncoderMember {
  const random = createRandom(seed);
  const base = Float64Array.from({ length: nTokens * dModel }, () => random.next() - 0.5);
  const drift = Float64Array.from({ length: nTokens * dModel }, () => random.next() - 0.5);
  const states = Float32Array.from({ length: nStates * nTokens * dModel }, (_, i) => {
    const at = i % (nTokens * dModel);
    return base[at] + drift[at] * Math.floor(i / (nTokens * dModel)) / nStates;
  });
  return { states, nTokens, dModel };
}

const sizes: SlotSizes = { dModel: 5, particles: 7, code: 2, channels: 4, dKey: 3, hidden: 6 };

/** Weights that no start has zeros in, so that every path carries something. */
function randomWeights(seed: number): Record<string, Float32Array> {
  const random = createRandom(seed);
  return Object.fromEntries(
    listSlotParameters(sizes).map(({ name, shape }) => [
      name,
      Float32Array.from(
        { length: shape.reduce((a, b) => a * b, 1) },
        () => 1.5 * (random.next() - 0.5),
      ),
    ]),
  );
}

Deno.test("slotLoss() has the gradient that finite differences give in float64", async () => {
  const members = [createMember(3, 4, 5), createMember(3, 2, 5, 6)];
  const states = { ...gatherTokenStates(members), lost: 3 };
  const { spec, dataOf } = planSteps(members, states, 5, sizes, 1);
  const { x, window, share, lost } = dataOf(0, 1);
  const double = (t: typeof x) =>
    tensor("float64", t.shape, Float64Array.from(t.data as Float32Array));
  for (const chosen of [[0, 1, 2], [2]]) {
    await checkGradient(engine, {
      parameters: spec.parameters,
      start: randomWeights(chosen.length),
      data: {
        x: double(x),
        window: double(window),
        share: double(share),
        lost: double(lost),
        chosen: int64([chosen.length], chosen),
      },
      buildLoss: slotLoss,
    });
  }
});

Deno.test("buildSlotForward() agrees with plain loops", async () => {
  const { dModel, particles, code, channels, dKey, hidden } = sizes;
  const nTokens = 3;
  const w = randomWeights(9);
  const x = createMember(1, nTokens, dModel).states;
  const window = createWindow(particles, (place) => place, nTokens, nTokens);
  const session = await engine.load(buildSlotForward(sizes));
  const result = await session.run({
    x: float32([1, 1, nTokens, dModel], x),
    window: float32([1, 1, particles, nTokens], window),
    ...Object.fromEntries(
      listSlotParameters(sizes).map(({ name, shape }) => [name, float32(shape, w[name])]),
    ),
  });
  await session.release();

  const product = (
    a: ArrayLike<number>,
    b: ArrayLike<number>,
    rows: number,
    inner: number,
    columns: number,
  ) =>
    Float64Array.from({ length: rows * columns }, (_, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a[i * inner + k] * b[k * columns + j];
      return sum;
    });
  const keys = product(x, w.key, nTokens, dModel, dKey);
  const values = product(x, w.value, nTokens, dModel, channels);
  const attention = new Float64Array(particles * nTokens);
  for (let p = 0; p < particles; p++) {
    const scores = Array.from({ length: nTokens }, (_, t) => {
      let score = window[p * nTokens + t];
      for (let k = 0; k < dKey; k++) score += w.query[p * dKey + k] * keys[t * dKey + k];
      return Math.exp(score);
    });
    const total = scores.reduce((a, b) => a + b);
    scores.forEach((score, t) => attention[p * nTokens + t] = score / total);
  }
  const seen = product(attention, values, particles, nTokens, channels)
    .map((v, i) => v * w.gain[i]);
  const codes = product(seen, w.mix, particles, channels, code);
  const spread = product(codes, w.unmix, particles, code, channels)
    .map((v, i) => v * w.ungain[i]);
  let squares = 0;
  for (let t = 0; t < nTokens; t++) {
    let total = 1e-6;
    const gathered = new Float64Array(channels);
    for (let p = 0; p < particles; p++) {
      total += attention[p * nTokens + t];
      for (let j = 0; j < channels; j++) {
        gathered[j] += attention[p * nTokens + t] * spread[p * channels + j];
      }
    }
    for (let j = 0; j < channels; j++) gathered[j] /= total;
    const active = product(gathered, w["rise.weight"], 1, channels, hidden)
      .map((h, k) => h + w["rise.bias"][k])
      .map((h) => h / (1 + Math.exp(-h)));
    const rebuilt = product(active, w["rebuild.weight"], 1, hidden, dModel);
    const direct = product(gathered, w["direct.weight"], 1, channels, dModel);
    for (let c = 0; c < dModel; c++) {
      squares += (rebuilt[c] + direct[c] + w["rebuild.bias"][c] - x[t * dModel + c]) ** 2;
    }
  }
  const close = (found: ArrayLike<number>, expected: Float64Array) =>
    expected.forEach((value, i) => assert.ok(Math.abs(found[i] - value) < 1e-5, `${i}`));
  close(result.attention.data as Float32Array, attention);
  close(result.codes.data as Float32Array, codes);
  assert.ok(Math.abs((result.squares.data as Float32Array)[0] / squares - 1) < 1e-5);
});

Deno.test("encode() by slots says which tokens each particle reads, and leaves no token unread", async () => {
  const members = [createMember(4, 6, 12), createMember(4, 3, 12, 6)];
  const encoding = await encode(engine, members, parameters);
  encoding.members.forEach(({ attention, nParticles }, m) => {
    const { nTokens } = members[m];
    assert.equal(attention!.length, 4 * nParticles * nTokens);
    const read = new Float64Array(nTokens);
    for (let row = 0; row < 4 * nParticles; row++) {
      let sum = 0;
      for (let t = 0; t < nTokens; t++) {
        sum += attention![row * nTokens + t];
        read[t] += attention![row * nTokens + t] / (4 * nParticles);
      }
      assert.ok(Math.abs(sum - 1) < 1e-5);
    }
    read.forEach((share) => assert.ok(Math.abs(share * nTokens - 1) < 0.25, `${read}`));
  });
});

Deno.test("encode() by slots displaces the particles of a changed token and hardly any other", async () => {
  const [nStates, nTokens, dModel, changed] = [4, 8, 12, 5];
  const member = createMember(nStates, nTokens, dModel);
  const states = member.states.slice();
  const random = createRandom(3);
  for (let s = 0; s < nStates; s++) {
    const at = (s * nTokens + changed) * dModel;
    for (let c = 0; c < dModel; c++) states[at + c] += random.next() - 0.5;
  }
  const both = [member, { ...member, states }];
  const shareOf = async (encoder: "slots" | "pooled") => {
    const { members: [a, b] } = await encode(engine, both, { ...parameters, encoder });
    return shareOutDisplacement({ ...a, nTokens }, { ...b, nTokens })[changed];
  };
  const [slots, pooled] = [await shareOf("slots"), await shareOf("pooled")];
  assert.ok(slots > 0.9, `${slots}`);
  assert.ok(Math.abs(pooled - 1 / nTokens) < 1e-9, `${pooled}`);
});

Deno.test("encode() by slots reads a common beginning alike in members of unequal length", async () => {
  const [nStates, dModel] = [3, 12];
  const long = createMember(nStates, 7, dModel);
  // The fourth token is left out.
  const states = new Float32Array(nStates * 6 * dModel);
  for (let s = 0; s < nStates; s++) {
    for (let t = 0; t < 6; t++) {
      const from = (s * 7 + (t < 3 ? t : t + 1)) * dModel;
      states.set(long.states.subarray(from, from + dModel), (s * 6 + t) * dModel);
    }
  }
  const { members: [a, b] } = await encode(engine, [
    { ...long, tokenIds: [1, 2, 3, 4, 5, 6, 7] },
    { states, nTokens: 6, dModel, tokenIds: [1, 2, 3, 5, 6, 7] },
  ], parameters);
  // Three sevenths of the particles stand before the change; the last of them looks over its edge.
  const before = Math.floor(96 * 2.5 / 7) * parameters.code;
  for (let i = 0; i < before; i++) assert.ok(Math.abs(a.codes[i] - b.codes[i]) < 1e-4, `${i}`);
});

Deno.test("encode() by slots takes layers by turns where a step would need too much memory", () => {
  const members = [createMember(40, 4, 8)];
  const wide = { ...sizes, dModel: 8, particles: 65_536, channels: 16 };
  const states = { ...gatherTokenStates(members), lost: 0 };
  const { spec, dataOf } = planSteps(members, states, 8, wide, 1);
  const { chosen } = dataOf(0, 3);
  const n = chosen.shape[1];
  assert.ok(n > 0 && n < 40, `${n}`);
  const shape = spec.data.find(({ name }) => name === "chosen")!.shape;
  assert.deepEqual(shape, [n]);
  const steps = [0, 1, 2].map((s) => [...chosen.data].slice(s * n, (s + 1) * n).map(Number));
  for (const step of steps) assert.equal(new Set(step).size, n);
  assert.notDeepEqual(steps[0], steps[1]);
  assert.deepEqual(dataOf(0, 3).chosen, chosen);
});

Deno.test("encode() by slots counts what lies outside of the strongest directions as not explained", async () => {
  // Independent tokens in more dimensions than are kept: much of the variance cannot be held.
  const [nStates, nTokens, dModel] = [4, 60, 200];
  const random = createRandom(11);
  const states = Float32Array.from(
    { length: nStates * nTokens * dModel },
    () => random.next() - 0.5,
  );
  const member = { states, nTokens, dModel };
  const gathered = gatherTokenStates([member]);
  const { lost, x, dModel: kept } = await reduceStates(engine, gathered, 128, 1);
  assert.equal(kept, 128);
  const total = gathered.x.reduce((sum, v) => sum + v * v, 0);
  const left = x.reduce((sum, v) => sum + v * v, 0);
  assert.ok(Math.abs(lost + left - total) < 1e-3 * total && lost > 0.03 * total, `${lost / total}`);
  const { explainedVariance, losses } = await encode(engine, [member], parameters);
  assert.ok(explainedVariance > 0 && explainedVariance < 1 - lost / total, `${explainedVariance}`);
  assert.ok(losses.every((loss) => loss > lost / total));
});

Deno.test("reduceStates() comes to the same in blocks of rows as at once", async () => {
  // Members of several lengths, so that some rows are padding; fewer directions than are kept.
  const wide = [createMember(4, 5, 40), createMember(4, 3, 40, 6)];
  const whole = await reduceStates(engine, gatherTokenStates(wide), 8, 1);
  assert.equal(whole.x.length, 2 * 4 * 5 * 8);
  for (const nRows of [1, 7, 39, 40]) {
    const parts = await reduceStates(engine, centreTokenStates(wide), 8, 1, nRows);
    assert.equal(parts.dModel, 8);
    parts.x.forEach((value, i) => {
      assert.ok(Math.abs(value - whole.x[i]) < 1e-2, `${nRows} rows: ${value} ≠ ${whole.x[i]}`);
    });
    assert.ok(Math.abs(parts.lost - whole.lost) < 1e-2 * whole.lost + 1e-3);
  }
});

Deno.test("centreTokenStates() makes the rows that gatherTokenStates() holds, wherever they are cut", () => {
  const members = [createMember(3, 4, 6), createMember(3, 2, 6, 8)];
  const { x } = gatherTokenStates(members);
  const { rows } = centreTokenStates(members);
  for (const nRows of [1, 5, 24, 100]) {
    const made = new Float32Array(x.length);
    for (const { data, first, count } of readBlocks(rows, nRows)) {
      assert.equal(data.length, nRows * 6);
      assert.ok(data.subarray(count * 6).every((value) => value === 0));
      made.set(data.subarray(0, count * 6), first * 6);
    }
    assert.deepEqual(made, x);
  }
  // Past a member's end there is nothing.
  assert.ok(x.subarray((12 + 2) * 6, (12 + 4) * 6).every((value) => value === 0));
});

Deno.test("rowsPerBlock() takes all rows that fit, and one at least", () => {
  const rows = (n: number, d: number) => rowsOf(new Float32Array(n * d), n, d);
  assert.equal(rowsPerBlock(rows(10, 3), 30), 10);
  assert.equal(rowsPerBlock(rows(10, 3), 29), 9);
  assert.equal(rowsPerBlock(rows(10, 3), 2), 1);
});

Deno.test("alignPlaces() matches what members begin and end with alike, and rises", () => {
  const tokens = (ids: string) => ({ nTokens: ids.length, tokenIds: [...ids].map(Number) });
  const cases: [string, string, number[], number[]][] = [
    // Equal lengths: token by token.
    ["12345", "12945", [0, 2, 4], [0, 2, 4]],
    // One token less: its place falls on the edge between its neighbours.
    ["12345", "1245", [0, 1, 2, 3, 4], [0, 1, 1.5, 2, 3]],
    // Two tokens for one.
    ["12845", "1245", [1, 3, 4], [1, 2, 3]],
    ["99", "8", [0, 1], [-0.25, 0.25]],
  ];
  for (const [long, short, places, expected] of cases) {
    const placeOf = alignPlaces(tokens(long), tokens(short));
    assert.deepEqual(places.map(placeOf), expected, `${long} ${short}`);
    for (let place = -0.5; place < long.length - 0.6; place += 0.1) {
      assert.ok(placeOf(place + 0.1) >= placeOf(place) - 1e-9);
    }
  }
  const stretched = alignPlaces({ nTokens: 4 }, { nTokens: 2 });
  assert.deepEqual([-0.5, 1.5, 3.5].map(stretched), [-0.5, 0.5, 1.5]);
});

Deno.test("findPrincipalSubspace() finds the directions with the most variance", async () => {
  const [n, d] = [60, 9];
  const random = createRandom(2);
  // Independent channels of falling size, far apart.
  const x = Float32Array.from(
    { length: n * d },
    (_, i) => (random.next() - 0.5) * 4 ** -(i % d),
  );
  const axes = await findPrincipalSubspace(engine, rowsOf(x, n, d), 3, 1);
  for (let j = 0; j < 3; j++) {
    for (let k = 0; k <= j; k++) {
      let product = 0;
      for (let c = 0; c < d; c++) product += axes[c * 3 + j] * axes[c * 3 + k];
      assert.ok(Math.abs(product - (j === k ? 1 : 0)) < 1e-5);
    }
    assert.ok(Math.abs(axes[j * 3 + j]) > 0.9, `${j}: ${axes[j * 3 + j]}`);
  }
  const none = rowsOf(new Float32Array(n * d), n, d);
  const flat = await findPrincipalSubspace(engine, none, 3, 1);
  assert.ok(flat.every(Number.isFinite));
});

Deno.test("fitReadout() is the least squares solution", async () => {
  const members = [createMember(5, 3, 5)];
  const states = gatherTokenStates(members);
  const start = await createSlotStart(engine, sizes, states, 4);
  const lossOf = async (direct: Float32Array) => {
    const session = await engine.load(buildSlotForward(sizes));
    let squares = 0;
    const weights = Object.fromEntries(
      listSlotParameters(sizes).map(({ name, shape }) => [
        name,
        float32(shape, name === "direct.weight" ? direct : start[name]),
      ]),
    );
    for (const { x, window } of listBatches(members, states, sizes)()) {
      squares += ((await session.run({ ...weights, x, window })).squares.data as Float32Array)[0];
    }
    await session.release();
    return squares;
  };
  const weights = Object.fromEntries(
    listSlotParameters(sizes).map(({ name, shape }) => [name, float32(shape, start[name])]),
  );
  const batches = listBatches(members, states, sizes)();
  const fitted = await fitReadout(engine, sizes, weights, batches);
  const least = await lossOf(fitted);
  const random = createRandom(8);
  for (let trial = 0; trial < 4; trial++) {
    const other = fitted.map((w) => w + 0.3 * (random.next() - 0.5));
    assert.ok(await lossOf(other) > least, `${least}`);
  }
});

Deno.test("solveSymmetric() solves", () => {
  const a = Float64Array.of(4, 1, 0, 1, 3, 1, 0, 1, 2);
  const x = Float64Array.of(1, -2, 3, 0.5, -1, 4);
  const b = Float64Array.from({ length: 6 }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < 3; k++) sum += a[Math.floor(at / 2) * 3 + k] * x[k * 2 + at % 2];
    return sum;
  });
  solveSymmetric(a, b, 3, 2).forEach((value, i) => assert.ok(Math.abs(value - x[i]) < 1e-12));
});
